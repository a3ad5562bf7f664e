import { describe, expect, it } from "vitest";
import { describeProviders } from "../../src/inference/providers.js";
import { adam, createTrainStep, type Engine, type TrainStepOptions } from "../../src/train/index.js";
import { type Batch, cnnTwoTower, gruSeq2Seq } from "./models.js";
import { expectClose } from "./parity.js";

const linear = (engine: Engine) =>
  createTrainStep({
    params: { w: { type: "float32", shape: [2], data: Float32Array.of(1, 2) } },
    loss: ({ w }, { x }) => w!.mul(x!).square().sum(),
    optimizer: adam({ learningRate: 0.1 }),
    batchSpec: { x: { type: "float32", shape: [2] } },
    engine,
  });

describe("TrainStep.traffic", () => {
  it("counts on the CPU what a GPU would copy: parameters, moments and batch in, all but the batch out", async () => {
    const step = await linear("ort-cpu");
    expect(step.traffic).toEqual({ fedBytes: 0, fetchedBytes: 0 });
    await step.step({ x: Float32Array.of(3, 4) });
    const values = 3 * 2 * 4; // w, and Adam's m and v
    const { fedBytes, fetchedBytes } = step.traffic;
    expect(fetchedBytes).toBe(values + 4); // and the loss
    // And the batch, and at most a handful of numbers of the optimizer.
    expect(fedBytes).toBeGreaterThanOrEqual(values + 2 * 4 + 4);
    expect((fedBytes - values - 2 * 4) / 4).toBeLessThan(6);
    await step.dispose();
  });

  it("is nothing for an eager engine", async () => {
    const step = await linear("tfjs-cpu");
    await step.step({ x: Float32Array.of(3, 4) });
    expect(step.traffic).toEqual({ fedBytes: 0, fetchedBytes: 0 });
    await step.dispose();
  });
});

// A GPU, or Mesa's lavapipe, which is one in software. Elsewhere there is nothing to test.
const [webgpu] = await describeProviders(["webgpu"]);

describe.runIf(webgpu!.available)("ort-webgpu", () => {
  const models = { cnnTwoTower, gruSeq2Seq };
  for (const [name, make] of Object.entries(models)) {
    it(`${name}: values stay on the device between steps, and are the CPU's`, {
      timeout: 300_000,
    }, async () => {
      const { options, batch } = make() as { options: TrainStepOptions; batch: Batch };
      const run = async (engine: Engine) => {
        const step = await createTrainStep({ ...options, engine, seed: 3 });
        expect(step.engine).toBe(engine);
        const losses: number[] = [];
        for (let i = 0; i < 3; i++) losses.push((await step.step(batch)).loss!);
        const { traffic } = step;
        const params = await step.params();
        // Reading changes nothing: the next step goes on from the same values.
        losses.push((await step.step(batch)).loss!);
        await step.dispose();
        return { losses, traffic, params };
      };
      const [device, host] = [await run("ort-webgpu"), await run("ort-cpu")];
      expectClose(device.losses, host.losses, 1e-3, "losses");
      for (const [parameter, { data }] of Object.entries(host.params)) {
        expectClose(device.params[parameter]!.data, data, 5e-3, parameter);
      }
      const size = Object.values(host.params).reduce((sum, { data }) => sum + data.byteLength, 0);
      expect(device.traffic.fetchedBytes).toBeLessThan(100); // the loss and its terms
      expect(device.traffic.fedBytes).toBeLessThan(host.traffic.fedBytes - size);
    });
  }
});
