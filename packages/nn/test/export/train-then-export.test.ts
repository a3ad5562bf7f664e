import { Random } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { OnnxModel } from "../../src/inference/onnx-model.js";
import {
  adam,
  createInference,
  createTrainStep,
  exportOnnx,
  type Tensor2D,
  type TensorMap,
  tf,
} from "../../src/train/index.js";
import { expectClose, randomWeights } from "../support/export.js";

/** Two layers with a normalised output, as an embedding has. */
function embed(params: TensorMap, { x }: TensorMap) {
  const hidden = tf
    .matMul(x as Tensor2D, params["layer1/kernel"] as Tensor2D)
    .add(params["layer1/bias"]!)
    .tanh();
  const out = tf.matMul(hidden as Tensor2D, params["layer2/kernel"] as Tensor2D);
  return out.div(out.square().sum(1, true).add(1e-6).sqrt());
}

describe("a trained model", () => {
  it("gives the same in training's own inference and as an exported file", async () => {
    const random = new Random(4);
    const step = await createTrainStep({
      params: {
        "layer1/kernel": randomWeights(1, [6, 16]),
        "layer1/bias": randomWeights(2, [16]),
        "layer2/kernel": randomWeights(3, [16, 4]),
      },
      loss: (params, batch) => tf.losses.meanSquaredError(batch.y!, embed(params, batch)),
      optimizer: adam({ learningRate: 0.01 }),
      batchSpec: { x: { type: "float32", shape: [8, 6] }, y: { type: "float32", shape: [8, 4] } },
      engine: "ort-cpu",
    });
    const batch = {
      x: Float32Array.from({ length: 48 }, () => random.normal()),
      y: Float32Array.from({ length: 32 }, () => random.uniform(-0.5, 0.5)),
    };
    const first = await step.step(batch);
    for (let i = 0; i < 30; i++) await step.step(batch);
    expect((await step.step(batch)).loss!).toBeLessThan(first.loss!);

    const params = await step.params();
    await step.dispose();
    const inference = await createInference({
      forward: embed,
      params,
      inputSpec: { x: { type: "float32", shape: [null, 6] } },
      engine: "ort-cpu",
    });
    const { bytes } = await exportOnnx({
      forward: embed,
      params,
      inputs: { x: { type: "float32", shape: ["batch", 6] } },
    });
    const model = await OnnxModel.load(bytes);
    for (const rows of [1, 5]) {
      const x = randomWeights(rows, [rows, 6], 1);
      const expected = (await inference.run({ x: x.data })).output!;
      const actual = (await model.run({ x })).output!;
      expect(actual.shape).toEqual(expected.shape);
      expectClose(actual.data as Float32Array, expected.data);
    }
    await model.dispose();
    await inference.dispose();
  });
});
