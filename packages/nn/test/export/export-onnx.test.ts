import { Random, StateError, ValueError } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { exportOnnx } from "../../src/export/export-onnx.js";
import { OnnxModel } from "../../src/inference/onnx-model.js";
import { readOnnxInitializers } from "../../src/onnx/initializers.js";
import type { HostTensor } from "../../src/train/host-tensor.js";
import {
  type GruWeights,
  gru,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tf,
} from "../../src/train/index.js";
import { expectClose, onCpu, randomWeights as weights } from "../support/export.js";

const cnnParams = {
  "encoder/conv1/kernel": weights(1, [3, 3, 1, 8]),
  "encoder/conv1/bias": weights(2, [8]),
  "encoder/conv2/kernel": weights(3, [3, 3, 8, 16]),
  "head/dense/kernel": weights(4, [4 * 4 * 16, 5]),
  "head/dense/bias": weights(5, [5]),
};

function cnn(params: Record<string, Tensor>, { image }: Record<string, Tensor>): Tensor {
  let x = tf.conv2d(image as Tensor4D, params["encoder/conv1/kernel"] as Tensor4D, 1, "same");
  x = tf.maxPool(x.add(params["encoder/conv1/bias"]!).relu() as Tensor4D, 2, 2, "valid");
  x = tf.conv2d(x, params["encoder/conv2/kernel"] as Tensor4D, 1, "same").relu();
  x = tf.maxPool(x, 2, 2, "valid");
  const flat = x.reshape([-1, 4 * 4 * 16]) as Tensor2D;
  return flat.matMul(params["head/dense/kernel"] as Tensor2D).add(params["head/dense/bias"]!);
}

describe("exportOnnx of a CNN", () => {
  it("agrees with tfjs cpu at any batch size, with names that say what is where", async () => {
    const { bytes, agreement } = await exportOnnx({
      forward: cnn,
      params: cnnParams,
      inputs: { image: { type: "float32", shape: ["batch", 16, 16, 1] } },
      output: "logits",
      metadata: { trainedOn: "nothing" },
    });
    expect(agreement.relativeDifference).toBeLessThan(1e-5);
    const model = await OnnxModel.load(bytes);
    expect(model.inputs).toEqual([{ name: "image", type: "float32", shape: ["batch", 16, 16, 1] }]);
    expect(model.outputs).toEqual([{ name: "logits", type: "float32", shape: ["batch", 5] }]);
    expect(model.metadata).toEqual({ trainedOn: "nothing" });
    for (const batch of [1, 2, 9]) {
      const image = weights(batch, [batch, 16, 16, 1], 1);
      const { logits } = await model.run({ image });
      expectClose(logits!.data as Float32Array, onCpu(cnn, cnnParams, { image }));
    }
    await model.dispose();
    const stored = readOnnxInitializers(bytes);
    expect([...stored.keys()]).toEqual(expect.arrayContaining(Object.keys(cnnParams)));
    // Kernels are stored in ONNX's order, output channels first, and not transposed at run time.
    expect(stored.get("encoder/conv1/kernel")!.shape).toEqual([8, 1, 3, 3]);
  });
});

const HIDDEN = 6;
const layer = (index: number, inputs: number): Record<string, HostTensor> => ({
  [`gru${index}/kernel`]: weights(10 * index, [inputs, 3 * HIDDEN]),
  [`gru${index}/recurrent`]: weights(10 * index + 1, [HIDDEN, 3 * HIDDEN]),
  [`gru${index}/bias`]: weights(10 * index + 2, [3 * HIDDEN]),
  [`gru${index}/recurrentBias`]: weights(10 * index + 3, [3 * HIDDEN]),
});
const gruParams = { embedding: weights(7, [20, 4], 1), ...layer(1, 4), ...layer(2, HIDDEN) };

/** Tokens → embedding → two GRU layers → the last state of each sequence. */
function encoder(params: Record<string, Tensor>, { tokens, lengths }: Record<string, Tensor>): Tensor {
  const [batch, time] = tokens!.shape as [number, number];
  const embedded = tf.gather(params.embedding!, tokens!.toInt() as Tensor2D).transpose([1, 0, 2]);
  const mask = tf.range(0, time, 1, "int32").expandDims(1).less(lengths!.expandDims(0)).toFloat();
  const layerOf = (index: number): GruWeights => ({
    kernel: params[`gru${index}/kernel`]!,
    recurrent: params[`gru${index}/recurrent`]!,
    bias: params[`gru${index}/bias`]!,
    recurrentBias: params[`gru${index}/recurrentBias`]!,
  });
  const initial = tf.zeros([batch, HIDDEN]);
  const states = gru(gru(embedded, initial, layerOf(1), mask), initial, layerOf(2), mask);
  return states.slice([time - 1, 0, 0], [1, batch, HIDDEN]).reshape([batch, HIDDEN]);
}

describe("exportOnnx of a GRU encoder", () => {
  it("has dynamic batch and time, uses ONNX's GRU, and agrees with tfjs cpu", async () => {
    const { bytes, nodeCount } = await exportOnnx({
      forward: encoder,
      params: gruParams,
      inputs: {
        tokens: {
          type: "int32",
          shape: ["batch", "time"],
          sample: ([b, t], random) => Int32Array.from({ length: b! * t! }, () => random.integer(20)),
        },
        lengths: {
          type: "int32",
          shape: ["batch"],
          sample: ([b], random, { time }) => Int32Array.from({ length: b! }, () => 1 + random.integer(time!)),
        },
      },
      output: "embedding",
    });
    expect(nodeCount).toBeLessThan(45);
    const model = await OnnxModel.load(bytes);
    for (const [batch, time] of [
      [1, 1],
      [2, 9],
      [5, 40],
    ] as const) {
      const random = new Random(batch);
      const tokens: HostTensor = {
        type: "int32",
        shape: [batch, time],
        data: Int32Array.from({ length: batch * time }, () => random.integer(20)),
      };
      const lengths: HostTensor = {
        type: "int32",
        shape: [batch],
        data: Int32Array.from({ length: batch }, () => 1 + random.integer(time)),
      };
      const { embedding } = await model.run({ tokens, lengths });
      expectClose(embedding!.data as Float32Array, onCpu(encoder, gruParams, { tokens, lengths }));
    }
    await model.dispose();
  });
});

describe("exportOnnx refuses", () => {
  const x = { type: "float32" as const, shape: ["batch", 3] };

  it("a function whose form depends on the batch size", async () => {
    const forward = (_: unknown, { x }: Record<string, Tensor>) => tf.addN(tf.unstack(x!));
    await expect(exportOnnx({ forward, params: {}, inputs: { x } })).rejects.toThrow(StateError);
    const table = (_: unknown, { x }: Record<string, Tensor>) =>
      x!.add(
        tf.tensor2d(
          Array.from({ length: x!.shape[0]! }, (_, i) => i * i),
          [x!.shape[0]!, 1],
        ),
      );
    await expect(exportOnnx({ forward: table, params: {}, inputs: { x } })).rejects.toThrow(
      "a constant follows the sizes by no known formula",
    );
  });

  it("a GRU whose mask is no length, which ONNX's GRU cannot follow", async () => {
    const forward = (params: Record<string, Tensor>, { x, mask }: Record<string, Tensor>) => {
      const layer = { ...params } as unknown as GruWeights;
      return gru(x!, tf.zeros([x!.shape[1]!, HIDDEN]), layer, mask!);
    };
    const params = Object.fromEntries(
      Object.entries(layer(1, 4)).map(([name, value]) => [name.replace("gru1/", ""), value]),
    );
    const inputs = {
      x: { type: "float32" as const, shape: ["time", "batch", 4] },
      mask: {
        type: "float32" as const,
        shape: ["time", "batch"],
        // 0, 1, 0, 1, …: pauses in the middle.
        sample: ([time, batch]: readonly number[]) =>
          Float32Array.from({ length: time! * batch! }, (_, i) => Math.floor(i / batch!) % 2),
      },
    };
    await expect(exportOnnx({ forward, params, inputs })).rejects.toThrow(
      /^exportOnnx: output output differs from the training engine by [\d.]+ of its largest entry/,
    );
  });

  it("bad options", async () => {
    const forward = (_: unknown, { x }: Record<string, Tensor>) => x!;
    await expect(exportOnnx({ forward, params: {}, inputs: {} })).rejects.toThrow(
      new ValueError("exportOnnx: inputs must name at least one input"),
    );
    await expect(
      exportOnnx({ forward, params: {}, inputs: { x: { type: "float32", shape: ["batch", 0] } } }),
    ).rejects.toThrow(
      new ValueError("exportOnnx: shape of input x must hold positive counts or names, got [batch, 0]"),
    );
  });
});

describe("constants that depend on the sizes", () => {
  it("are computed: means, ranges, tiles, slices, one-hot rows and flattened axes", async () => {
    const forward = (_: unknown, { x }: Record<string, Tensor>) => {
      const [batch, time, features] = x!.shape as [number, number, number];
      const flat = x!.reshape([batch * time, features]);
      const ranks = tf
        .range(0, batch * time, 1, "int32")
        .toFloat()
        .expandDims(1);
      return {
        mean: x!.mean([0, 1]),
        scaled: x!
          .sum(1)
          .div(tf.scalar(time))
          .mul(tf.scalar(1 / batch)),
        ranked: flat.mul(ranks).reshape([batch, time, features]),
        tail: x!.slice([0, time - 1, 0], [batch, 1, features]),
        padded: tf.concat([x!, tf.zeros([batch, 2, features])], 1),
        tiled: tf.tile(x!.mean(1, true), [1, time, 1]),
        ordered: x!.transpose([1, 0, 2]).reshape([time, batch * features]),
      };
    };
    const { bytes } = await exportOnnx({
      forward,
      params: {},
      inputs: { x: { type: "float32", shape: ["batch", "time", 3] } },
    });
    const model = await OnnxModel.load(bytes);
    const x = weights(3, [2, 5, 3]);
    const outputs = await model.run({ x });
    for (const name of Object.keys(outputs)) {
      const expected = onCpu((p, i) => forward(p, i)[name as "mean"], {}, { x });
      expectClose(outputs[name]!.data as Float32Array, expected);
    }
    expect(model.outputs.find(({ name }) => name === "ordered")!.shape).toEqual(["time", "3*batch"]);
    await model.dispose();
  });
});

describe("exportOnnx of small things", () => {
  it("needs no dynamic axis, and keeps a parameter apart from an output of its name", async () => {
    const { bytes, agreement } = await exportOnnx({
      forward: (params, { x }) => ({ w: x!.mul(params.w!), same: x!, stored: params.w! }),
      params: { w: { type: "float32", shape: [2], data: Float32Array.of(2, 3) } },
      inputs: { x: { type: "float32", shape: [2] } },
      opset: 21,
    });
    expect(agreement).toEqual({ relativeDifference: 0, sizes: [{}] });
    const model = await OnnxModel.load(bytes);
    expect(model.header.opsets).toEqual({ "": 21 });
    const { w, same, stored } = await model.run({ x: { data: [10, 100], shape: [2] } });
    expect([w, same, stored].map((output) => [...(output!.data as Float32Array)])).toEqual([
      [20, 300],
      [10, 100],
      [2, 3],
    ]);
    await model.dispose();
  });

  it("computes what follows from parameters alone once", async () => {
    const { bytes, nodeCount } = await exportOnnx({
      forward: (params, { x }) => {
        const joined = tf.concat([params["dense/a"]!, params["dense/b"]!.transpose()], 1);
        return x!.matMul(joined as Tensor2D);
      },
      params: {
        "dense/a": { type: "float32", shape: [2, 1], data: Float32Array.of(1, 2) },
        "dense/b": { type: "float32", shape: [3, 2], data: Float32Array.of(3, 4, 5, 6, 7, 8) },
      },
      inputs: { x: { type: "float32", shape: ["batch", 2] } },
    });
    expect(nodeCount).toBe(1);
    expect([...readOnnxInitializers(bytes).keys()]).toEqual(["dense/a+b"]);
    const model = await OnnxModel.load(bytes);
    const { output } = await model.run({ x: { data: [1, 10], shape: [1, 2] } });
    // [1, 10] · [[1, 3, 5, 7], [2, 4, 6, 8]]
    expect([...(output!.data as Float32Array)]).toEqual([21, 43, 65, 87]);
    await model.dispose();
  });
});

describe("prepend and append", () => {
  it("put hand-written nodes before and after the model", async () => {
    const { bytes } = await exportOnnx({
      forward: (params, { x }) => (x as Tensor2D).matMul(params.w as Tensor2D),
      params: { w: { type: "float32", shape: [2, 2], data: Float32Array.of(1, 0, 0, 2) } },
      inputs: { x: { type: "float32", shape: ["batch", 2] } },
      output: "scores",
      prepend: (graph) => {
        const raw = graph.input("degrees", "float64", ["batch", 2]);
        return { x: graph.node1("Cast", [raw], { type: "float32", shape: ["batch", 2] }, { to: { i: 1 } }) };
      },
      append: (graph, { scores }) => ({
        scores: scores!,
        label: graph.node1(
          "ArgMax",
          [scores],
          { type: "int64", shape: ["batch"] },
          { axis: { i: 1 }, keepdims: { i: 0 } },
        ),
      }),
    });
    const model = await OnnxModel.load(bytes);
    const { scores, label } = await model.run({ degrees: { data: [3, 1, 1, 4], shape: [2, 2] } });
    expect([...(scores!.data as Float32Array)]).toEqual([3, 2, 1, 8]);
    expect([...(label!.data as BigInt64Array)]).toEqual([0n, 1n]);
    await model.dispose();
  });
});
