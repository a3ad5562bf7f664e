import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adam, createTrainStep, digestOf, openRun } from "../../src/train/index.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "wayweave-nn-"));
});
afterAll(() => rm(folder, { recursive: true }));

const descent = (seed = 1) =>
  createTrainStep({
    params: { w: { type: "float32", shape: [2], data: Float32Array.of(1, 2) } },
    loss: ({ w }) => w!.square().sum(),
    optimizer: adam({ learningRate: 0.1 }),
    batchSpec: {},
    seed,
    engine: "tfjs-cpu",
  });

describe("openRun", () => {
  const where = "train";

  it("continues the run that the file holds", async () => {
    const file = path.join(folder, "new", "run.safetensors");
    const first = await descent();
    const run = await openRun<number[]>(first, { file, identity: "a", where });
    expect(run.state).toBeUndefined();
    const { loss } = await first.step({});
    await run.save([loss!]);
    const saved = await first.params();

    const second = await descent();
    const resumed = await openRun<number[]>(second, { file, identity: "a", where });
    expect(resumed.state).toEqual([5]);
    expect(await second.params()).toEqual(saved);
    expect(second.stepCount()).toBe(1);
    await Promise.all([first.dispose(), second.dispose()]);
  });

  it("refuses another identity, another seed and what is no save", async () => {
    const file = path.join(folder, "refused.safetensors");
    const step = await descent();
    await (await openRun(step, { file, identity: "a", where })).save(null);
    await step.step({});
    const params = await step.params();
    await expect(openRun(step, { file, identity: "b", where })).rejects.toThrow(
      `train: checkpointDir must hold a run of this data and configuration, ${file} is of another`,
    );
    expect(await step.params()).toEqual(params); // the refused save has replaced nothing
    expect(step.stepCount()).toBe(1);
    const other = await descent(2);
    await expect(openRun(other, { file, identity: "a", where })).rejects.toThrow("seed must be 1");
    await writeFile(file, "none");
    await expect(openRun(step, { file, identity: "a", where })).rejects.toThrow(file);
    await Promise.all([step.dispose(), other.dispose()]);
  });

  it("saves nothing without a file", async () => {
    const step = await descent();
    const run = await openRun(step, { file: undefined, identity: "a", where });
    await run.save(1);
    expect(run.state).toBeUndefined();
    expect(existsSync("undefined")).toBe(false);
    await step.dispose();
  });
});

describe("digestOf", () => {
  it("is SHA-256 of lengths and bytes", () => {
    expect(digestOf(Uint8Array.of(1, 2), Uint8Array.of(3))).not.toBe(
      digestOf(Uint8Array.of(1), Uint8Array.of(2, 3)),
    );
    const floats = Float64Array.of(0, 1, 2);
    expect(digestOf(floats.subarray(1))).toBe(digestOf(Float64Array.of(1, 2)));
    expect(digestOf(floats)).not.toBe(digestOf(Float64Array.of(0, 1, -2)));
  });
});
