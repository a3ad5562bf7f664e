import { checkArray, checkGiven, FormatError } from "@wayweave/geo-core";
import { GraphBuilder, type Value } from "@wayweave/nn";

/** Weights of SqueezeNet 1.1: float32 in one array, and where each layer's lie. */
export interface SqueezeNetWeights {
  /** All weights, one layer's after another's. */
  readonly values: Float32Array;
  /** Which of the values are which layer's. */
  readonly manifest: SqueezeNetManifest;
}

/** Where each layer's weights lie: `layer` is `convrelu_0` … `convrelu_25`, `kind` is `weight` or `bias`. */
export interface SqueezeNetManifest {
  /** In the order of the network: `[out, in, height, width]` kernels and `[out]` biases; offsets count bytes. */
  readonly tensors: readonly {
    readonly layer: string;
    readonly kind: string;
    readonly shape: readonly number[];
    readonly offset: number;
  }[];
}

/** Fire modules, with the pooling that stands before some; squeeze and expand widths follow from the weights. */
const fires = [{ pool: true }, {}, { pool: true }, {}, { pool: true }, {}, {}, {}] as const;

/**
 * Adds SqueezeNet 1.1 to a graph.
 *
 * Source: Iandola et al., "SqueezeNet" (2016), in version 1.1 of the authors' repository, without dropout.
 *
 * @param pixels float32 `[batch, 3, side, side]`, normalised as `readPixels` does
 * @returns `features`, the last fire module averaged over the image, `[batch, 512]`; `logits`, `[batch, classes]`
 * @throws {FormatError} weights that are not this network's
 */
export function addSqueezeNet(
  graph: GraphBuilder,
  weights: SqueezeNetWeights,
  pixels: Value,
): { readonly features: Value; readonly logits: Value } {
  checkSqueezeNetWeights("addSqueezeNet", weights);
  const net = new SqueezeNetBuilder(graph, weights);
  let value = net.convolve(pixels, 0, { stride: 2 });
  fires.forEach((fire, i) => {
    if ("pool" in fire) value = net.maxPool(value);
    const squeezed = net.convolve(value, 3 * i + 1);
    const three = net.convolve(squeezed, 3 * i + 2, { pad: 1 });
    const one = net.convolve(squeezed, 3 * i + 3);
    value = net.concatenate(one, three);
  });
  return { features: net.average(value), logits: net.average(net.convolve(value, 3 * fires.length + 1)) };
}

/** SqueezeNet 1.1 as a model: `pixels` → `features`, `logits`. */
export function squeezeNetOnnx(weights: SqueezeNetWeights, side = 224): Uint8Array {
  checkSqueezeNetWeights("squeezeNetOnnx", weights);
  const graph = new GraphBuilder({ name: "SqueezeNet 1.1" });
  const pixels = graph.input("pixels", "float32", ["batch", 3, side, side]);
  const { features, logits } = addSqueezeNet(graph, weights, pixels);
  graph.output(features, "features");
  graph.output(logits, "logits");
  return graph.toBytes();
}

class SqueezeNetBuilder {
  readonly #graph: GraphBuilder;
  readonly #weights: SqueezeNetWeights;

  constructor(graph: GraphBuilder, weights: SqueezeNetWeights) {
    this.#graph = graph;
    this.#weights = weights;
  }

  /** Convolution and ReLU. */
  convolve(x: Value, layer: number, { stride = 1, pad = 0 } = {}): Value {
    const kernel = this.#tensor(layer, "weight");
    const bias = this.#tensor(layer, "bias");
    const [filters, , size] = kernel.shape as [number, number, number];
    const side = Math.floor((sideOf(x) + 2 * pad - size) / stride) + 1;
    const shape = [x.shape[0]!, filters, side, side];
    const attributes = {
      kernel_shape: { ints: [size, size] },
      strides: { ints: [stride, stride] },
      pads: { ints: [pad, pad, pad, pad] },
    };
    const convolved = this.#graph.node1("Conv", [x, kernel, bias], { type: "float32", shape }, attributes);
    return this.#graph.node1("Relu", [convolved], { type: "float32", shape });
  }

  /** 3 × 3 with stride 2; the last window may hang over the edge. */
  maxPool(x: Value): Value {
    const side = Math.ceil((sideOf(x) - 3) / 2) + 1;
    const attributes = {
      kernel_shape: { ints: [3, 3] },
      strides: { ints: [2, 2] },
      ceil_mode: { i: 1 },
    };
    const shape = [x.shape[0]!, x.shape[1]!, side, side];
    return this.#graph.node1("MaxPool", [x], { type: "float32", shape }, attributes);
  }

  concatenate(a: Value, b: Value): Value {
    const shape = [a.shape[0]!, Number(a.shape[1]) + Number(b.shape[1]), a.shape[2]!, a.shape[3]!];
    return this.#graph.node1("Concat", [a, b], { type: "float32", shape }, { axis: { i: 1 } });
  }

  average(x: Value): Value {
    const axes = this.#graph.constant("int64", [2], [2, 3]);
    const shape = [x.shape[0]!, x.shape[1]!];
    return this.#graph.node1("ReduceMean", [x, axes], { type: "float32", shape }, { keepdims: { i: 0 } });
  }

  #tensor(layer: number, kind: string): Value {
    const name = `convrelu_${layer}`;
    const { values, manifest } = this.#weights;
    const entry = manifest.tensors.find((tensor) => tensor.layer === name && tensor.kind === kind);
    const count = entry?.shape.reduce((product, axis) => product * axis, 1) ?? 0;
    const start = (entry?.offset ?? 0) / Float32Array.BYTES_PER_ELEMENT;
    if (entry === undefined || !Number.isInteger(start) || start + count > values.length) {
      throw new FormatError(`SqueezeNet's weights must hold the ${kind} of ${name}`);
    }
    const data = values.subarray(start, start + count);
    return this.#graph.constant("float32", [...entry.shape], data, `${name}.${kind}`);
  }
}

function sideOf(x: Value): number {
  return Number(x.shape[3]);
}

function checkSqueezeNetWeights(where: string, weights: SqueezeNetWeights): void {
  checkGiven(where, "weights", weights);
  checkGiven(where, "weights.manifest", weights.manifest);
  checkArray(where, "weights.values", weights.values);
}
