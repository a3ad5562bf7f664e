// Exports three models with @wayweave/nn and runs them in onnxruntime-node, for nn_check_onnx.py to check.
//
//   pnpm --filter @wayweave/nn build && node scripts/parity/nn_export_models.mjs <folder>
//
// Writes <name>.onnx and <name>.json (inputs and outputs) for a CNN, a bidirectional two-layer GRU encoder and a
// graph written by hand.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Random } from "../../packages/geo-core/dist/index.js";
import { GraphBuilder, GraphOps, OnnxModel } from "../../packages/nn/dist/index.js";
import { exportOnnx, gruSequence, tf } from "../../packages/nn/dist/train.js";

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: node scripts/parity/nn_export_models.mjs <folder>");
mkdirSync(folder, { recursive: true });
const random = new Random(1);

function normal(shape, scale = 1) {
  const count = shape.reduce((product, size) => product * size, 1);
  return {
    type: "float32",
    shape,
    data: Float32Array.from({ length: count }, () => scale * random.normal()),
  };
}

function gruParams(name, inputs, hidden) {
  return {
    [`${name}/kernel`]: normal([inputs, 3 * hidden], 0.3),
    [`${name}/recurrent`]: normal([hidden, 3 * hidden], 0.3),
    [`${name}/bias`]: normal([3 * hidden], 0.3),
    [`${name}/recurrentBias`]: normal([3 * hidden], 0.3),
  };
}

const gruWeights = (params, name) => ({
  kernel: params[`${name}/kernel`],
  recurrent: params[`${name}/recurrent`],
  bias: params[`${name}/bias`],
  recurrentBias: params[`${name}/recurrentBias`],
});

async function cnn() {
  const { bytes } = await exportOnnx({
    name: "cnn",
    forward: (p, { image }) => {
      const conv = tf.conv2d(image, p["conv/kernel"], 1, "same").add(p["conv/bias"]).relu();
      const pooled = tf.maxPool(conv, 2, 2, "valid");
      return { probabilities: tf.softmax(pooled.reshape([-1, 4 * 4 * 6]).matMul(p["dense/kernel"])) };
    },
    params: {
      "conv/kernel": normal([3, 3, 2, 6], 0.3),
      "conv/bias": normal([6]),
      "dense/kernel": normal([96, 5], 0.1),
    },
    inputs: { image: { type: "float32", shape: ["batch", 8, 8, 2] } },
    metadata: { config: JSON.stringify({ filters: 6 }) },
  });
  return { bytes, inputs: { image: normal([3, 8, 8, 2]) } };
}

async function gruEncoder() {
  const { bytes } = await exportOnnx({
    name: "gru-encoder",
    forward: (p, { x, lengths }) => {
      const layers = [1, 2].map((layer) => ({
        forward: gruWeights(p, `layer${layer}/forward`),
        reverse: gruWeights(p, `layer${layer}/reverse`),
      }));
      const { states, last } = gruSequence(x.transpose([1, 0, 2]), lengths, layers);
      return { states: states.transpose([1, 0, 2]), embedding: last[1] };
    },
    params: {
      ...gruParams("layer1/forward", 3, 4),
      ...gruParams("layer1/reverse", 3, 4),
      ...gruParams("layer2/forward", 8, 4),
      ...gruParams("layer2/reverse", 8, 4),
    },
    inputs: {
      x: { type: "float32", shape: ["batch", "time", 3] },
      lengths: {
        type: "int32",
        shape: ["batch"],
        sample: ([batch], source, { time }) =>
          Int32Array.from({ length: batch }, () => 1 + source.integer(time)),
      },
    },
  });
  const lengths = { type: "int32", shape: [3], data: Int32Array.of(7, 1, 4) };
  return { bytes, inputs: { x: normal([3, 7, 3]), lengths } };
}

async function handwritten() {
  const graph = new GraphBuilder({ name: "handwritten", opset: 20 });
  const ops = new GraphOps(graph);
  const degrees = graph.input("degrees", "float64", ["batch", 2]);
  const cell = ops.cast(ops.floor(ops.div(degrees, 0.5)), "int64");
  const row = ops.max(ops.min(ops.pick(cell, 1, 1), 3), 0);
  const table = ops.constant("float32", [4, 2], [1, 2, 3, 4, 5, 6, 7, 8], "table");
  graph.output(ops.gather(table, row), "features");
  const one = ops.constant("int32", [], [1]);
  graph.output(ops.where(ops.less(ops.pick(degrees, 1, 0), 0), 0, one), "isEast");
  graph.metadata("unit", "degrees");
  const data = Float64Array.of(-1, 0.7, 2, 100, 0, -3);
  return { bytes: graph.toBytes(), inputs: { degrees: { type: "float64", shape: [3, 2], data } } };
}

const plain = (tensors) =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { type, shape, data }]) => [
      name,
      { type, shape, data: Array.from(data, Number) },
    ]),
  );

for (const [name, make] of Object.entries({ cnn, gruEncoder, handwritten })) {
  const { bytes, inputs } = await make();
  const model = await OnnxModel.load(bytes);
  const outputs = await model.run(inputs);
  await model.dispose();
  writeFileSync(path.join(folder, `${name}.onnx`), bytes);
  writeFileSync(
    path.join(folder, `${name}.json`),
    JSON.stringify({ inputs: plain(inputs), outputs: plain(outputs) }),
  );
}
