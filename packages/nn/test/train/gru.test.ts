import { Random } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { createInference } from "../../src/train/create-inference.js";
import type { HostTensor } from "../../src/train/host-tensor.js";
import {
  createTrainStep,
  type Engine,
  type GruLayer,
  type GruWeights,
  gru,
  gruSequence,
  type Loss,
  sgd,
  type Tensor,
  type TensorMap,
  tf,
} from "../../src/train/index.js";
import { expectClose, randomWeights } from "../support/export.js";

const FEATURES = 3;
const HIDDEN = 4;
const BATCH = 5;

function weightsOf(params: TensorMap, name: string): GruWeights {
  return {
    kernel: params[`${name}/kernel`]!,
    recurrent: params[`${name}/recurrent`]!,
    bias: params[`${name}/bias`]!,
    recurrentBias: params[`${name}/recurrentBias`]!,
  };
}

function layerParams(name: string, seed: number, inputs: number): Record<string, HostTensor> {
  return {
    [`${name}/kernel`]: randomWeights(seed, [inputs, 3 * HIDDEN]),
    [`${name}/recurrent`]: randomWeights(seed + 1, [HIDDEN, 3 * HIDDEN]),
    [`${name}/bias`]: randomWeights(seed + 2, [3 * HIDDEN]),
    [`${name}/recurrentBias`]: randomWeights(seed + 3, [3 * HIDDEN]),
  };
}

const params = {
  ...layerParams("bottom/forward", 1, FEATURES),
  ...layerParams("bottom/reverse", 11, FEATURES),
  ...layerParams("top/forward", 21, 2 * HIDDEN),
  ...layerParams("top/reverse", 31, 2 * HIDDEN),
};

/** Gradients of a loss on an engine, read off one step of plain gradient descent of rate 1. */
async function gradientsOf(engine: Engine, loss: Loss, batch: Record<string, HostTensor>) {
  const step = await createTrainStep({
    params,
    loss,
    optimizer: sgd({ learningRate: 1 }),
    batchSpec: batch,
    engine,
    threads: 1,
  });
  await step.step(batch);
  const after = await step.params();
  const nodes = step.compileInfo.nodeCount;
  await step.dispose();
  const gradients = Object.entries(params).map(
    ([name, { data }]) => [name, data.map((value, i) => value - after[name]!.data[i]!)] as const,
  );
  return { gradients: new Map(gradients), nodes };
}

const bothDirections = (inputs: Tensor, lengths: Tensor, all: TensorMap) => {
  const layers = ["bottom", "top"].map(
    (name): GruLayer => ({
      forward: weightsOf(all, `${name}/forward`),
      reverse: weightsOf(all, `${name}/reverse`),
    }),
  );
  return gruSequence(inputs, lengths, layers);
};

const sequenceLoss: Loss = (all, { x, lengths, weights }) => {
  const { states, last } = bothDirections(x!, lengths!, all);
  return states
    .mul(weights!)
    .sum()
    .add(tf.addN(last.map((each) => each.square().sum())))
    .asScalar();
};

function sequences(time: number): Record<"x" | "lengths" | "weights", HostTensor> {
  const random = new Random(time);
  return {
    x: randomWeights(41, [time, BATCH, FEATURES], 1),
    lengths: {
      type: "int32",
      shape: [BATCH],
      data: Int32Array.from({ length: BATCH }, () => 1 + random.integer(time)),
    },
    weights: randomWeights(42, [time, BATCH, 2 * HIDDEN], 1),
  };
}

describe("the gradient of a GRU", () => {
  for (const time of [1, 2, 9, 40]) {
    it(`over ${time} steps in both directions: compiled ≡ tfjs cpu`, async () => {
      const batch = sequences(time);
      const { gradients: expected } = await gradientsOf("tfjs-cpu", sequenceLoss, batch);
      const { gradients } = await gradientsOf("ort-cpu", sequenceLoss, batch);
      for (const [name, values] of expected)
        expectClose(gradients.get(name)! as Float32Array, values as Float32Array);
    });
  }

  it("≡ finite differences", async () => {
    const { x, lengths, weights } = sequences(4);
    const { gradients } = await gradientsOf("tfjs-cpu", sequenceLoss, { x, lengths, weights });
    const inference = await createInference({
      forward: (_, all) => sequenceLoss(all, all, undefined as never) as Tensor,
      params: {},
      inputSpec: { ...params, x, lengths, weights },
      engine: "tfjs-cpu",
    });
    const lossAt = async (name: string, index: number, shift: number) => {
      const moved = params[name as keyof typeof params]!;
      const data = (moved.data as Float32Array).slice();
      data[index]! += shift;
      const { output } = await inference.run({ ...params, x, lengths, weights, [name]: { ...moved, data } });
      return output!.data[0]!;
    };
    for (const name of Object.keys(params)) {
      const step = 1e-2;
      const slope = ((await lossAt(name, 5, step)) - (await lossAt(name, 5, -step))) / (2 * step);
      expect(gradients.get(name)![5]!).toBeCloseTo(slope, 2);
    }
    await inference.dispose();
  });

  it("follows a mask with holes, which ONNX's operator cannot", async () => {
    const mask: HostTensor = {
      type: "float32",
      shape: [4, BATCH],
      data: Float32Array.from({ length: 4 * BATCH }, (_, i) => (i % 3 === 0 ? 0 : 1)),
    };
    const { x } = sequences(4);
    const weights = randomWeights(43, [4, BATCH, HIDDEN], 1);
    const loss: Loss = (all, batch) =>
      tf
        .addN(
          ["bottom/forward", "bottom/reverse", "top/forward", "top/reverse"].map((name) => {
            const layer = weightsOf(all, name);
            const inputs = name.startsWith("top") ? tf.concat([batch.x!, batch.x!, batch.x!], 2) : batch.x!;
            const cut = inputs.slice([0, 0, 0], [4, BATCH, layer.kernel.shape[0]!]);
            return gru(cut, tf.zeros([BATCH, HIDDEN]), layer, batch.mask!)
              .mul(batch.weights!)
              .sum();
          }),
        )
        .asScalar();
    const { gradients: expected } = await gradientsOf("tfjs-cpu", loss, { x, mask, weights });
    const { gradients } = await gradientsOf("ort-cpu", loss, { x, mask, weights });
    for (const [name, values] of expected)
      expectClose(gradients.get(name)! as Float32Array, values as Float32Array);
  });

  it("adds few nodes for each step of a long sequence", async () => {
    const nodes = async (time: number) => (await gradientsOf("ort-cpu", sequenceLoss, sequences(time))).nodes;
    const [short, long] = [await nodes(40), await nodes(48)];
    // Four GRUs, each with an addition, a product of gates, a matrix product and what is kept, and reshapes between them.
    expect(long - short).toBeLessThanOrEqual(8 * 4 * 8);
  });
});
