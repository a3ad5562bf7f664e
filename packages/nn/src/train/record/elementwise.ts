import type { DataType } from "../tfjs.js";
import { type GraphValue, scalarConstant, sizeOf } from "./graph.js";
import { identityPermutation, NCHW, type Permutation, samePermutation } from "./permutation.js";
import { maskBeforeScatter } from "./pool-rewrite.js";
import { onnxTypeOf, type RecordedTensor, type Recorder } from "./recorder.js";

/** numpy's broadcasting, for shapes already known to fit. */
export function broadcastShapes(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    const extents = shapes.map((shape) => shape[i - rank + shape.length] ?? 1);
    return extents.find((extent) => extent !== 1) ?? 1;
  });
}

/** An operator applied element by element, with broadcasting, in whatever order most of the data is stored. */
export function elementwise(
  recorder: Recorder,
  op: string,
  inputs: readonly RecordedTensor[],
  dtype: DataType,
  domain = "",
): RecordedTensor {
  const { values, shape, permutation } = align(recorder, inputs);
  const stored = broadcastShapes(...values.map((value) => value.shape));
  const type = onnxTypeOf(dtype);
  const value = recorder.graph.node1(op, values, { type, shape: stored }, {}, domain);
  return { shape, dtype, permutation, value: toRank(recorder, value, shape.length) };
}

/** A function of one tensor that keeps its shape and storage. */
export function mapValue(
  tensor: RecordedTensor,
  dtype: DataType,
  f: (value: GraphValue) => GraphValue,
): RecordedTensor {
  return { ...tensor, dtype, value: f(tensor.value) };
}

/**
 * Brings operands to one rank and one order of axes: the order in which the most elements are stored, so that the
 * fewest are moved. Single numbers stay scalars.
 */
export function align(
  recorder: Recorder,
  inputs: readonly RecordedTensor[],
): { values: GraphValue[]; shape: number[]; permutation: Permutation } {
  const shape = broadcastShapes(...inputs.map((input) => input.shape));
  const lifted = inputs.map((input) => lift(recorder, input, shape.length));
  const permutation = commonOrder(lifted, shape.length);
  const values = lifted.map((input) =>
    sizeOf(input.value.shape) === 1 && input.value.data !== undefined
      ? recorder.reshape(input.value, [])
      : recorder.ordered(input, permutation),
  );
  return { values, shape, permutation };
}

/** Adds leading axes of extent 1. */
export function lift(recorder: Recorder, tensor: RecordedTensor, rank: number): RecordedTensor {
  const added = rank - tensor.shape.length;
  if (added === 0) return tensor;
  const ones = new Array<number>(added).fill(1);
  return {
    dtype: tensor.dtype,
    shape: [...ones, ...tensor.shape],
    permutation: [...identityPermutation(added), ...tensor.permutation.map((axis) => axis + added)],
    value: recorder.reshape(tensor.value, [...ones, ...tensor.value.shape]),
  };
}

function commonOrder(tensors: readonly RecordedTensor[], rank: number): Permutation {
  let best: Permutation = identityPermutation(rank);
  let bestSize = 0;
  for (const { permutation } of tensors) {
    let size = 0;
    for (const other of tensors) {
      if (samePermutation(other.permutation, permutation)) size += sizeOf(other.value.shape);
    }
    if (size > bestSize) {
      best = permutation;
      bestSize = size;
    }
  }
  return best;
}

function toRank(recorder: Recorder, value: GraphValue, rank: number): GraphValue {
  if (value.shape.length === rank) return value;
  const added = new Array<number>(rank - value.shape.length).fill(1);
  return recorder.reshape(value, [...added, ...value.shape]);
}

/** The tensor as if it had a larger shape: nothing is stored for the new copies. */
export function broadcastTo(
  recorder: Recorder,
  tensor: RecordedTensor,
  shape: readonly number[],
): RecordedTensor {
  return { ...lift(recorder, tensor, shape.length), shape };
}

/** The number that every element of the tensor equals, if that is known. */
export function uniformValue(tensor: RecordedTensor): number | undefined {
  return scalarConstant(tensor.value);
}

/**
 * Adds two float tensors. A vector added to the channels of a convolution, or to the rows of a product, becomes
 * that operator's own bias.
 */
export function add(recorder: Recorder, a: RecordedTensor, b: RecordedTensor): RecordedTensor {
  const shape = broadcastShapes(a.shape, b.shape);
  if (uniformValue(a) === 0) return broadcastTo(recorder, b, shape);
  if (uniformValue(b) === 0) return broadcastTo(recorder, a, shape);
  return (
    withBias(recorder, a, b) ?? withBias(recorder, b, a) ?? elementwise(recorder, "Add", [a, b], a.dtype)
  );
}

export function multiply(recorder: Recorder, a: RecordedTensor, b: RecordedTensor): RecordedTensor {
  const shape = broadcastShapes(a.shape, b.shape);
  if (uniformValue(a) === 1) return broadcastTo(recorder, b, shape);
  if (uniformValue(b) === 1) return broadcastTo(recorder, a, shape);
  return maskBeforeScatter(recorder, a, b) ?? elementwise(recorder, "Mul", [a, b], a.dtype);
}

function withBias(recorder: Recorder, sum: RecordedTensor, bias: RecordedTensor): RecordedTensor | undefined {
  const { node } = sum.value;
  if (node === undefined || node.inputs.length !== 2 || bias.dtype !== "float32") return undefined;
  const isConv = node.op === "Conv" && samePermutation(sum.permutation, NCHW);
  const isProduct = node.op === "Gemm" && sum.permutation[0] === 0;
  if (!isConv && !isProduct) return undefined;
  const channels = sum.shape[sum.shape.length - 1]!;
  const isVector = bias.shape.slice(0, -1).every((extent) => extent === 1);
  if (!isVector || sizeOf(bias.value.shape) !== channels || bias.shape.length > sum.shape.length)
    return undefined;
  const vector = recorder.reshape(bias.value, [channels]);
  const inputs = [node.inputs[0], node.inputs[1], vector];
  const value = recorder.graph.node1(node.op, inputs, sum.value, node.attributes);
  return { ...sum, value };
}
