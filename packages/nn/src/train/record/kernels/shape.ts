import { tf } from "../../tfjs.js";
import { sizeOf } from "../graph.js";
import { type Kernel, type KernelCall, kernel } from "../kernel.js";
import { identityPermutation, inversePermutation, isIdentity } from "../permutation.js";
import type { RecordedTensor, Recorder } from "../recorder.js";

/**
 * Gives a tensor another shape. Adding or dropping axes of extent 1 keeps the stored order; anything else needs
 * tfjs's own order first.
 */
export function reshapeTensor(
  recorder: Recorder,
  x: RecordedTensor,
  shape: readonly number[],
): RecordedTensor {
  if (isIdentity(x.permutation) && sizeOf(x.value.shape) === sizeOf(x.shape)) {
    return recorder.wrap(recorder.reshape(x.value, shape), x.dtype);
  }
  if (sizeOf(x.value.shape) === 1) {
    const value = recorder.reshape(
      x.value,
      shape.map(() => 1),
    );
    return { shape, dtype: x.dtype, value, permutation: identityPermutation(shape.length) };
  }
  return (
    keepingOrder(recorder, x, shape) ?? recorder.wrap(recorder.reshape(recorder.full(x), shape), x.dtype)
  );
}

/** The reshape when only axes of extent 1 come or go. */
function keepingOrder(
  recorder: Recorder,
  x: RecordedTensor,
  shape: readonly number[],
): RecordedTensor | undefined {
  const longAxes = (extents: readonly number[]) =>
    identityPermutation(extents.length).filter((i) => extents[i] !== 1);
  const before = longAxes(x.shape);
  const after = longAxes(shape);
  if (before.length !== after.length || before.some((axis, i) => x.shape[axis] !== shape[after[i]!]))
    return undefined;
  const storedLong = x.permutation.filter((axis) => x.shape[axis] !== 1);
  const moved = storedLong.map((axis) => after[before.indexOf(axis)]!);
  const unit = identityPermutation(shape.length).filter((axis) => shape[axis] === 1);
  const isSorted = moved.every((axis, i) => i === 0 || moved[i - 1]! < axis);
  const permutation = isSorted ? identityPermutation(shape.length) : [...unit, ...moved];
  const extentOf = new Map(
    moved.map((axis, i) => [axis, x.value.shape[recorder.storedAxis(x, storedLong[i]!)]!]),
  );
  const stored = permutation.map((axis) => extentOf.get(axis) ?? 1);
  return { shape, dtype: x.dtype, value: recorder.reshape(x.value, stored), permutation };
}

/** Only renames axes: the data moves when an operator insists, if one does. */
export function transposeTensor(x: RecordedTensor, order: readonly number[]): RecordedTensor {
  const inverse = inversePermutation(order);
  return {
    ...x,
    shape: order.map((axis) => x.shape[axis]!),
    permutation: x.permutation.map((axis) => inverse[axis]!),
  };
}

function recordReshape({ recorder, inputs, attrs }: KernelCall<{ shape: number[] }>): RecordedTensor {
  const x = inputs.x!;
  return reshapeTensor(recorder, x, tf.util.inferFromImplicitShape(attrs.shape, sizeOf(x.shape)));
}

function recordExpandDims({ recorder, inputs, attrs }: KernelCall<{ dim: number }>): RecordedTensor {
  const x = inputs.input!;
  const axis = attrs.dim < 0 ? x.shape.length + 1 + attrs.dim : attrs.dim;
  return reshapeTensor(recorder, x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]);
}

/** Copies of an axis of extent 1 are free; others need ONNX's Tile. */
function recordTile({ recorder, inputs, attrs }: KernelCall<{ reps: number[] }>): RecordedTensor {
  const x = inputs.x!;
  const shape = x.shape.map((extent, i) => extent * attrs.reps[i]!);
  const isFree = (axis: number) =>
    attrs.reps[axis] === 1 || x.value.shape[recorder.storedAxis(x, axis)] === 1;
  if (x.shape.every((_, axis) => isFree(axis))) return { ...x, shape };
  const full = recorder.full(x);
  const value = recorder.graph.node1("Tile", [full, recorder.graph.int64(attrs.reps)], {
    type: full.type,
    shape,
  });
  return recorder.wrap(value, x.dtype);
}

export const shapeKernels: readonly Kernel[] = [
  kernel<{ shape: number[] }>("Reshape", recordReshape),
  kernel<{ dim: number }>("ExpandDims", recordExpandDims),
  kernel<{ perm: number[] }>("Transpose", ({ inputs, attrs }) => transposeTensor(inputs.x!, attrs.perm)),
  kernel<{ reps: number[] }>("Tile", recordTile),
];
