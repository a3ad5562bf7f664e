import { add, elementwise } from "../elementwise.js";
import type { GraphValue } from "../graph.js";
import { type Kernel, type KernelCall, kernel } from "../kernel.js";
import { identityPermutation, isIdentity } from "../permutation.js";
import type { RecordedTensor, Recorder } from "../recorder.js";
import { transposeTensor } from "./shape.js";
import { clip, unary } from "./unary.js";

interface MatMulAttributes {
  transposeA: boolean;
  transposeB: boolean;
}

/** The matrix product of the last two axes. */
export function matMul(
  recorder: Recorder,
  a: RecordedTensor,
  b: RecordedTensor,
  { transposeA, transposeB }: MatMulAttributes,
): RecordedTensor {
  return a.shape.length === 2 && b.shape.length === 2
    ? gemm(recorder, a, b, transposeA, transposeB)
    : batchMatMul(recorder, transposeA ? swapLast(a) : a, transposeB ? swapLast(b) : b);
}

/** Two dimensions: ONNX's Gemm reads either operand transposed, so a stored transpose costs nothing. */
function gemm(
  recorder: Recorder,
  a: RecordedTensor,
  b: RecordedTensor,
  transposeA: boolean,
  transposeB: boolean,
): RecordedTensor {
  const rows = a.shape[transposeA ? 1 : 0]!;
  const columns = b.shape[transposeB ? 0 : 1]!;
  const transA = transposeA === isIdentity(a.permutation) ? 1 : 0;
  const transB = transposeB === isIdentity(b.permutation) ? 1 : 0;
  const inputs = [recorder.full(a, a.permutation), recorder.full(b, b.permutation)];
  const spec = { type: "float32", shape: [rows, columns] } as const;
  const value = recorder.graph.node1("Gemm", inputs, spec, { transA: { i: transA }, transB: { i: transB } });
  return recorder.wrap(value, "float32");
}

function swapLast(x: RecordedTensor): RecordedTensor {
  const order = identityPermutation(x.shape.length);
  const last = order.length - 1;
  [order[last - 1], order[last]] = [order[last]!, order[last - 1]!];
  return transposeTensor(x, order);
}

/** A leading batch: a transpose of the last two axes is left to ONNX Runtime, which fuses it into the product. */
function batchMatMul(recorder: Recorder, a: RecordedTensor, b: RecordedTensor): RecordedTensor {
  const rank = Math.max(a.shape.length, b.shape.length);
  const batch = Array.from({ length: rank - 2 }, (_, i) =>
    Math.max(a.shape[i + a.shape.length - rank] ?? 1, b.shape[i + b.shape.length - rank] ?? 1),
  );
  const shape = [...batch, a.shape[a.shape.length - 2]!, b.shape[b.shape.length - 1]!];
  const inputs: GraphValue[] = [recorder.full(a), recorder.full(b)];
  return recorder.wrap(recorder.graph.node1("MatMul", inputs, { type: "float32", shape }), "float32");
}

/** tfjs's fused activations, applied as their own operators (ONNX Runtime fuses again where it can). */
export function activate(
  recorder: Recorder,
  x: RecordedTensor,
  activation: string,
  options: {
    readonly preluWeights?: RecordedTensor | undefined;
    readonly leakyreluAlpha?: number | undefined;
  },
): RecordedTensor {
  switch (activation) {
    case "linear":
      return x;
    case "relu":
      return unary(recorder, "Relu", x);
    case "relu6":
      return clip(recorder, x, 0, 6);
    case "elu":
      return unary(recorder, "Elu", x);
    case "sigmoid":
      return unary(recorder, "Sigmoid", x);
    case "leakyrelu":
      return unary(recorder, "LeakyRelu", x, { alpha: { f: options.leakyreluAlpha ?? 0.2 } });
    default: {
      const negative = elementwise(recorder, "Min", [x, recorder.filled(0, [], "float32")], "float32");
      const scaled = elementwise(recorder, "Mul", [options.preluWeights!, negative], "float32");
      return elementwise(recorder, "Add", [unary(recorder, "Relu", x), scaled], "float32");
    }
  }
}

type FusedAttributes = MatMulAttributes & { activation: string; leakyreluAlpha?: number };

function recordFusedMatMul({ recorder, inputs, attrs }: KernelCall<FusedAttributes>): RecordedTensor {
  const product = matMul(recorder, inputs.a!, inputs.b!, attrs);
  const biased = inputs.bias === undefined ? product : add(recorder, product, inputs.bias);
  return activate(recorder, biased, attrs.activation, {
    preluWeights: inputs.preluActivationWeights,
    leakyreluAlpha: attrs.leakyreluAlpha,
  });
}

function recordEinsum({ recorder, inputs, attrs }: KernelCall<{ equation: string }>): RecordedTensor {
  const equation = attrs.equation.replace(/\s/g, "");
  const [left, right = ""] = equation.split("->") as [string, string | undefined];
  const tensors = Object.values(inputs);
  const extents = new Map<string, number>();
  left.split(",").forEach((term, i) => {
    [...term].forEach((letter, axis) => {
      extents.set(letter, tensors[i]!.shape[axis]!);
    });
  });
  const spec = { type: "float32", shape: [...right].map((letter) => extents.get(letter)!) } as const;
  const values = tensors.map((tensor) => recorder.full(tensor));
  return recorder.wrap(
    recorder.graph.node1("Einsum", values, spec, { equation: { s: equation } }),
    "float32",
  );
}

export const matrixKernels: readonly Kernel[] = [
  kernel<MatMulAttributes>("BatchMatMul", ({ recorder, inputs, attrs }) =>
    matMul(recorder, inputs.a!, inputs.b!, attrs),
  ),
  kernel<FusedAttributes>("_FusedMatMul", recordFusedMatMul),
  kernel<{ equation: string }>("Einsum", recordEinsum),
];
