import { checkArray, checkGiven } from "@wayweave/geo-core";
import { GraphBuilder, type Value } from "@wayweave/nn";
import type { HostTensor } from "@wayweave/nn/train";

import { readerMetadataKey } from "./line-reader.js";
import type { TrainedReader } from "./train-reader.js";

type Params = Readonly<Record<string, HostTensor>>;
type Shape = readonly (number | string)[];

/** A trained reader as the bytes of an ONNX model, which says how it was made. */
export function exportTrainedReader(reader: TrainedReader): Uint8Array {
  checkGiven("exportTrainedReader", "reader", reader);
  checkGiven("exportTrainedReader", "reader.params", reader.params);
  checkArray("exportTrainedReader", "reader.losses", reader.losses);
  const { params, losses, seed, engine, pictures } = reader;
  const made = { seed, engine, epochs: losses.length, pictures, lastLoss: losses.at(-1) ?? null };
  return exportReader(params, { [readerMetadataKey]: JSON.stringify(made) });
}

/**
 * Writes a reader as an ONNX model for pictures of any size: `pixels` 0 … 255, `[batch, height, width, 3]`, sides multiples of 16, to
 * `line` and `ends` 0 … 1, `[batch, height / 2, width / 2]` each.
 *
 * The graph is written by hand, operator by operator as `readLine` has them, since recording one cannot leave height and width open. A test
 * compares both. Operators are Conv, Relu, Add, DepthToSpace and the like, which every ONNX runtime has, onnxruntime-web's too.
 *
 * @param metadata what the model says of itself
 */
export function exportReader(params: Params, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const graph = new GraphBuilder({ name: "trajcross line reader" });
  for (const [key, value] of Object.entries(metadata)) graph.metadata(key, value);
  const ops = new ReaderOps(graph, params);
  const pixels = graph.input("pixels", "float32", ["batch", "height", "width", 3]);
  const scaled = ops.binary("Sub", ops.binary("Div", pixels, ops.scalar(127.5)), ops.scalar(1));
  const nchw = graph.node1(
    "Transpose",
    [scaled],
    { type: "float32", shape: ["batch", 3, "height", "width"] },
    { perm: { ints: [0, 3, 1, 2] } },
  );
  const half = ops.layer("down1", nchw, 2);
  const quarter = ops.residual("down2b", ops.layer("down2", half, 2));
  const eighth = ops.residual("down3b", ops.layer("down3", quarter, 2));
  let x = ops.residual("down4c", ops.residual("down4b", ops.layer("down4", eighth, 2)));
  x = ops.binary("Add", x, ops.whole(x));
  for (const [level, skipped] of [
    [3, eighth],
    [2, quarter],
    [1, half],
  ] as const) {
    x = ops.binary("Add", ops.enlarged(ops.convolve(`up${level}`, x, 1)), skipped);
    x = ops.residual(`up${level}b`, x);
  }
  const axis = graph.constant("int64", [1], [1]);
  for (const name of ["line", "ends"]) {
    const sure = ops.unary("Sigmoid", ops.convolve(name, x, 1));
    const shape = ["batch", "rows", "columns"];
    graph.output(graph.node1("Squeeze", [sure, axis], { type: "float32", shape }), name);
  }
  return graph.toBytes();
}

/** The layers of a reader as nodes of a graph, channels first. */
class ReaderOps {
  readonly #graph: GraphBuilder;
  readonly #params: Params;

  constructor(graph: GraphBuilder, params: Params) {
    this.#graph = graph;
    this.#params = params;
  }

  scalar(value: number): Value {
    return this.#graph.constant("float32", [], [value]);
  }

  unary(op: string, x: Value): Value {
    return this.#graph.node1(op, [x], { type: "float32", shape: x.shape });
  }

  binary(op: string, a: Value, b: Value): Value {
    return this.#graph.node1(op, [a, b], { type: "float32", shape: a.shape });
  }

  /** Padded as TensorFlow's "same" does for even sides: one more at the end where strides leave a remainder. */
  convolve(name: string, x: Value, stride: number): Value {
    const { shape, data } = this.#params[`${name}/weight`]!;
    const [height, width, inputs, outputs] = shape as [number, number, number, number];
    const weight = this.#graph.constant(
      "float32",
      [outputs, inputs, height, width],
      channelsFirst(data as Float32Array, height * width, inputs, outputs),
      `${name}_weight`,
    );
    const bias = this.#graph.constant(
      "float32",
      [outputs],
      this.#params[`${name}/bias`]!.data as Float32Array,
      `${name}_bias`,
    );
    const padding = Math.max(0, height - stride);
    const before = Math.floor(padding / 2);
    const after = padding - before;
    return this.#graph.node1(
      "Conv",
      [x, weight, bias],
      { type: "float32", shape: placed(name, outputs) },
      { strides: { ints: [stride, stride] }, pads: { ints: [before, before, after, after] } },
    );
  }

  layer(name: string, x: Value, stride = 1): Value {
    return this.unary("Relu", this.convolve(name, x, stride));
  }

  residual(name: string, x: Value): Value {
    return this.binary("Add", x, this.layer(name, x));
  }

  /** Moves channels into space, twice as many rows and columns. */
  enlarged(x: Value): Value {
    return this.#graph.node1(
      "DepthToSpace",
      [x],
      { type: "float32", shape: placed(`${x.name}_large`, (x.shape[1] as number) / 4) },
      { blocksize: { i: 2 }, mode: { s: "DCR" } },
    );
  }

  /** What the whole picture holds: `[batch, channels, 1, 1]`. */
  whole(x: Value): Value {
    const channels = x.shape[1] as number;
    const mean = this.#graph.node1("GlobalAveragePool", [x], {
      type: "float32",
      shape: ["batch", channels, 1, 1],
    });
    const { shape, data } = this.#params["whole/weight"]!;
    const [inputs, outputs] = shape as [number, number];
    const weight = this.#graph.constant(
      "float32",
      [outputs, inputs, 1, 1],
      channelsFirst(data as Float32Array, 1, inputs, outputs),
      "whole_weight",
    );
    const bias = this.#graph.constant(
      "float32",
      [outputs],
      this.#params["whole/bias"]!.data as Float32Array,
      "whole_bias",
    );
    const dense = this.#graph.node1("Conv", [mean, weight, bias], {
      type: "float32",
      shape: ["batch", outputs, 1, 1],
    });
    return this.unary("Relu", dense);
  }
}

function placed(name: string, channels: number): Shape {
  return ["batch", channels, `${name}_rows`, `${name}_columns`];
}

/** `[places, inputs, outputs]` → `[outputs, inputs, places]`. */
function channelsFirst(data: Float32Array, places: number, inputs: number, outputs: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let place = 0; place < places; place++) {
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o++)
        out[(o * inputs + i) * places + place] = data[(place * inputs + i) * outputs + o]!;
    }
  }
  return out;
}
