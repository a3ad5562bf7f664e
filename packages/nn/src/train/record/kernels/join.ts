import { tf } from "../../tfjs.js";
import { sizeOf } from "../graph.js";
import { type Kernel, type KernelCall, kernel } from "../kernel.js";
import type { RecordedTensor, Recorder } from "../recorder.js";
import { reshapeTensor } from "./shape.js";

/** Joins tensors along an axis, in the stored order of the largest. */
export function concatenate(
  recorder: Recorder,
  tensors: readonly RecordedTensor[],
  axis: number,
): RecordedTensor {
  const parts = tensors.filter(({ shape }) => sizeOf(shape) > 0);
  const first = parts[0] ?? tensors[0]!;
  if (parts.length <= 1) return first;
  const largest = parts.reduce((a, b) => (sizeOf(b.value.shape) > sizeOf(a.value.shape) ? b : a));
  const { permutation } = largest;
  const values = parts.map((part) => recorder.full(part, permutation));
  const shape = [...first.shape];
  shape[axis] = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
  const stored = permutation.map((a) => shape[a]!);
  const at = permutation.indexOf(axis);
  const spec = { type: values[0]!.type, shape: stored };
  const value = recorder.graph.node1("Concat", values, spec, { axis: { i: at } });
  return { shape, dtype: first.dtype, value, permutation };
}

/** Cuts a tensor along an axis into parts of the given extents. */
function splitAxis(
  recorder: Recorder,
  x: RecordedTensor,
  axis: number,
  extents: readonly number[],
): RecordedTensor[] {
  const shapes = extents.map((extent) => x.shape.map((whole, i) => (i === axis ? extent : whole)));
  const at = recorder.storedAxis(x, axis);
  if (extents.length === 1 || x.value.shape[at] === 1) return shapes.map((shape) => ({ ...x, shape }));
  const specs = extents.map((extent) => ({
    type: x.value.type,
    shape: x.value.shape.map((whole, i) => (i === at ? extent : whole)),
  }));
  const values = recorder.graph.node("Split", [x.value, recorder.graph.int64(extents)], specs, {
    axis: { i: at },
  });
  return values.map((value, i) => ({ ...x, value, shape: shapes[i]! }));
}

function positive(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

function recordConcat({ recorder, inputs, attrs }: KernelCall<{ axis: number }>): RecordedTensor {
  const tensors = Object.values(inputs);
  return concatenate(recorder, tensors, positive(attrs.axis, tensors[0]!.shape.length));
}

function recordSplit({
  recorder,
  inputs,
  attrs,
}: KernelCall<{ numOrSizeSplits: number | number[]; axis: number }>): RecordedTensor[] {
  const x = inputs.x!;
  const axis = positive(attrs.axis, x.shape.length);
  const asTensor = { shape: [...x.shape] } as unknown as Parameters<
    typeof tf.backend_util.prepareSplitSize
  >[0];
  return splitAxis(
    recorder,
    x,
    axis,
    tf.backend_util.prepareSplitSize(asTensor, attrs.numOrSizeSplits, axis),
  );
}

function recordPack({ recorder, inputs, attrs }: KernelCall<{ axis: number }>): RecordedTensor {
  const tensors = Object.values(inputs);
  const axis = positive(attrs.axis, tensors[0]!.shape.length + 1);
  const expanded = tensors.map((x) =>
    reshapeTensor(recorder, x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]),
  );
  return concatenate(recorder, expanded, axis);
}

function recordUnpack({ recorder, inputs, attrs }: KernelCall<{ axis: number }>): RecordedTensor[] {
  const x = inputs.value!;
  const axis = positive(attrs.axis, x.shape.length);
  const ones = new Array<number>(x.shape[axis]!).fill(1);
  return splitAxis(recorder, x, axis, ones).map((part) =>
    reshapeTensor(recorder, part, [...x.shape.slice(0, axis), ...x.shape.slice(axis + 1)]),
  );
}

export const joinKernels: readonly Kernel[] = [
  kernel<{ axis: number }>("Concat", recordConcat),
  kernel<{ numOrSizeSplits: number | number[]; axis: number }>("SplitV", recordSplit),
  kernel<{ axis: number }>("Pack", recordPack),
  kernel<{ axis: number }>("Unpack", recordUnpack),
];
