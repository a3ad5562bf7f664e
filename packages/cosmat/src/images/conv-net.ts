import { FormatError } from "@wayweave/geo-core";
import type { GraphBuilder, Value } from "@wayweave/nn";
import type { TorchTensor, TorchWeights } from "../encoders/torch-weights.js";

export interface ConvolutionOptions {
  readonly stride?: number;
  /** Rows and columns of zeros around the image; `"same"` as TensorFlow does, more below and right. @defaultValue 0 */
  readonly pad?: number | "same";
  readonly groups?: number;
  /** After it. @defaultValue none */
  readonly activation?: "relu" | "relu6";
}

/** The layers of convolutional networks, with weights by PyTorch's names. */
export class ConvNetBuilder {
  readonly graph: GraphBuilder;
  readonly #weights: TorchWeights;
  readonly #network: string;

  constructor(graph: GraphBuilder, weights: TorchWeights, network: string) {
    this.graph = graph;
    this.#weights = weights;
    this.#network = network;
  }

  /** @throws {FormatError} no tensor of that name and shape; names both */
  tensor(name: string, shape: readonly (number | undefined)[]): TorchTensor {
    const found = this.#weights.get(name);
    if (found === undefined) {
      throw new FormatError(
        `${this.#network}'s weights must hold ${name}, got ${this.#weights.size} other tensors`,
      );
    }
    if (
      found.shape.length !== shape.length ||
      shape.some((axis, i) => axis !== undefined && axis !== found.shape[i])
    ) {
      const wanted = shape.map((axis) => axis ?? "any").join(", ");
      throw new FormatError(
        `${this.#network}'s ${name} must have shape [${wanted}], got [${found.shape.join(", ")}]`,
      );
    }
    return found;
  }

  /** @param kernel `[filters, channels in a group, size, size]` @param bias `[filters]` */
  convolve(x: Value, kernel: TorchTensor, bias: Float32Array, options: ConvolutionOptions = {}): Value {
    const { stride = 1, pad = 0, groups = 1, activation } = options;
    const [filters, , size] = kernel.shape as [number, number, number];
    const side = Number(x.shape[3]);
    const out = pad === "same" ? Math.ceil(side / stride) : Math.floor((side + 2 * pad - size) / stride) + 1;
    const shape = [x.shape[0]!, filters, out, out];
    const padding =
      pad === "same" ? { auto_pad: { s: "SAME_UPPER" } } : { pads: { ints: [pad, pad, pad, pad] } };
    const attributes = {
      kernel_shape: { ints: [size, size] },
      strides: { ints: [stride, stride] },
      group: { i: groups },
      ...padding,
    };
    const inputs = [
      x,
      this.graph.constant("float32", [...kernel.shape], kernel.data),
      this.graph.constant("float32", [filters], bias),
    ];
    return this.activate(
      this.graph.node1("Conv", inputs, { type: "float32", shape }, attributes as never),
      activation,
    );
  }

  activate(x: Value, activation: ConvolutionOptions["activation"]): Value {
    if (activation === undefined) return x;
    const spec = { type: "float32", shape: x.shape } as const;
    if (activation === "relu") return this.graph.node1("Relu", [x], spec);
    const limits = [0, 6].map((limit) => this.graph.constant("float32", [], [limit]));
    return this.graph.node1("Clip", [x, ...limits], spec);
  }

  maxPool(x: Value, size: number, stride: number): Value {
    const side = Math.floor((Number(x.shape[3]) - size) / stride) + 1;
    const attributes = { kernel_shape: { ints: [size, size] }, strides: { ints: [stride, stride] } };
    const shape = [x.shape[0]!, x.shape[1]!, side, side];
    return this.graph.node1("MaxPool", [x], { type: "float32", shape }, attributes);
  }

  /** The mean over height and width, `[batch, channels]`. */
  average(x: Value): Value {
    const axes = this.graph.constant("int64", [2], [2, 3]);
    const spec = { type: "float32", shape: [x.shape[0]!, x.shape[1]!] } as const;
    return this.graph.node1("ReduceMean", [x, axes], spec, { keepdims: { i: 0 } });
  }

  /** x · weightᵀ + bias, by name. */
  linear(x: Value, name: string, columns: number, activation?: "relu"): Value {
    const weight = this.tensor(`${name}.weight`, [undefined, columns]);
    const rows = weight.shape[0]!;
    const bias = this.tensor(`${name}.bias`, [rows]);
    const inputs = [
      x,
      this.graph.constant("float32", [rows, columns], weight.data),
      this.graph.constant("float32", [rows], bias.data),
    ];
    const spec = { type: "float32", shape: [x.shape[0]!, rows] } as const;
    return this.activate(this.graph.node1("Gemm", inputs, spec, { transB: { i: 1 } }), activation);
  }
}
