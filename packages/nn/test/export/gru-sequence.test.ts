import { Random, ShapeError, ValueError } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { exportOnnx } from "../../src/export/export-onnx.js";
import { OnnxModel } from "../../src/inference/onnx-model.js";
import type { HostTensor } from "../../src/train/host-tensor.js";
import { type GruLayer, type GruWeights, gruSequence, type Tensor, tf } from "../../src/train/index.js";
import { expectClose, onCpu, randomWeights } from "../support/export.js";

const HIDDEN = 5;
const FEATURES = 3;

function layerParams(name: string, seed: number, inputs: number): Record<string, HostTensor> {
  return {
    [`${name}/kernel`]: randomWeights(seed, [inputs, 3 * HIDDEN]),
    [`${name}/recurrent`]: randomWeights(seed + 1, [HIDDEN, 3 * HIDDEN]),
    [`${name}/bias`]: randomWeights(seed + 2, [3 * HIDDEN]),
    [`${name}/recurrentBias`]: randomWeights(seed + 3, [3 * HIDDEN]),
  };
}

const params = {
  ...layerParams("layer1/forward", 1, FEATURES),
  ...layerParams("layer1/reverse", 11, FEATURES),
  ...layerParams("layer2/forward", 21, 2 * HIDDEN),
  ...layerParams("layer2/reverse", 31, 2 * HIDDEN),
};

function gruWeights(tensors: Record<string, Tensor>, name: string): GruWeights {
  return {
    kernel: tensors[`${name}/kernel`]!,
    recurrent: tensors[`${name}/recurrent`]!,
    bias: tensors[`${name}/bias`]!,
    recurrentBias: tensors[`${name}/recurrentBias`]!,
  };
}

/** Two layers in both directions; x is [batch, time, features]. */
function forward(tensors: Record<string, Tensor>, { x, lengths }: Record<string, Tensor>) {
  const layers: GruLayer[] = ["layer1", "layer2"].map((name) => ({
    forward: gruWeights(tensors, `${name}/forward`),
    reverse: gruWeights(tensors, `${name}/reverse`),
  }));
  const { states, last } = gruSequence(x!.transpose([1, 0, 2]), lengths!, layers);
  return { states: states.transpose([1, 0, 2]), first: last[0]!, second: last[1]! };
}

function example(seed: number, batch: number, time: number) {
  const random = new Random(seed);
  const lengths: HostTensor = {
    type: "int32",
    shape: [batch],
    data: Int32Array.from({ length: batch }, () => 1 + random.integer(time)),
  };
  return { x: randomWeights(seed, [batch, time, FEATURES], 1), lengths };
}

describe("gruSequence", () => {
  it("does not depend on the padding", () => {
    const { x, lengths } = example(1, 4, 6);
    const padded = randomWeights(2, [4, 9, FEATURES], 1);
    for (let i = 0; i < 4; i++) {
      padded.data.set(x.data.subarray(i * 6 * FEATURES, (i + 1) * 6 * FEATURES), i * 9 * FEATURES);
    }
    for (const name of ["first", "second"] as const) {
      const short = onCpu((p, i) => forward(p, i)[name], params, { x, lengths });
      const long = onCpu((p, i) => forward(p, i)[name], params, { x: padded, lengths });
      expectClose(long, short, 1e-6);
    }
  });

  it("exports both directions as ONNX GRUs over any batch and time", async () => {
    const { bytes } = await exportOnnx({
      forward,
      params,
      inputs: {
        x: { type: "float32", shape: ["batch", "time", FEATURES] },
        lengths: {
          type: "int32",
          shape: ["batch"],
          sample: ([batch], random, { time }) =>
            Int32Array.from({ length: batch! }, () => 1 + random.integer(time!)),
        },
      },
    });
    const model = await OnnxModel.load(bytes);
    for (const [batch, time] of [
      [1, 1],
      [3, 4],
      [2, 25],
    ] as const) {
      const inputs = example(batch, batch, time);
      const outputs = await model.run(inputs);
      for (const name of ["states", "first", "second"] as const) {
        const expected = onCpu((p, i) => forward(p, i)[name], params, inputs);
        expectClose(outputs[name]!.data as Float32Array, expected);
      }
    }
    await model.dispose();
  });

  it("refuses lengths that do not fit, and no layers", () => {
    const x = tf.zeros([4, 2, FEATURES]);
    expect(() => gruSequence(x, tf.zeros([3], "int32"), [{ forward: {} as GruWeights }])).toThrow(
      new ShapeError("gruSequence: lengths must have shape [2], got [3]"),
    );
    expect(() => gruSequence(x, tf.zeros([2], "int32"), [])).toThrow(
      new ValueError("gruSequence: layers must name at least one layer"),
    );
  });
});
