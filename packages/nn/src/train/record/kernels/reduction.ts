import { type DataType, tf } from "../../tfjs.js";
import { multiply } from "../elementwise.js";
import { type Kernel, type KernelCall, kernel } from "../kernel.js";
import { onnxTypeOf, type RecordedTensor, type Recorder } from "../recorder.js";
import { castTo } from "./unary.js";

type ReduceOp = "ReduceSum" | "ReduceMean" | "ReduceMax" | "ReduceMin" | "ReduceProd";

interface ReduceAttributes {
  axis?: number | number[];
  /** tfjs's name of `axis` for Max. */
  reductionIndices?: number | number[];
  keepDims?: boolean;
}

/** Reduces axes where they are stored. An axis stored once only multiplies a sum. */
export function reduce(
  recorder: Recorder,
  op: ReduceOp,
  tensor: RecordedTensor,
  axes: readonly number[],
  keepDims: boolean,
): RecordedTensor {
  const x = op === "ReduceProd" ? { ...tensor, value: recorder.full(tensor, tensor.permutation) } : tensor;
  let value = x.value;
  let copies = 1;
  const stored: number[] = [];
  for (const axis of axes) {
    const at = recorder.storedAxis(x, axis);
    if (value.shape[at] === 1) copies *= x.shape[axis]!;
    else stored.push(at);
  }
  if (stored.length > 0) {
    stored.sort((a, b) => a - b);
    const spec = {
      type: value.type,
      shape: value.shape.map((extent, i) => (stored.includes(i) ? 1 : extent)),
    };
    value = recorder.graph.node1(op, [value, recorder.graph.int64(stored)], spec, { keepdims: { i: 1 } });
  }
  const shape = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  const kept: RecordedTensor = { ...x, shape, value };
  const scaled =
    op === "ReduceSum" && copies > 1 ? multiply(recorder, kept, count(recorder, copies, x.dtype)) : kept;
  return keepDims ? scaled : dropAxes(recorder, scaled, axes);
}

function count(recorder: Recorder, copies: number, dtype: DataType): RecordedTensor {
  return recorder.filled(copies, [], dtype);
}

/** Removes axes of extent 1, keeping the stored order of the others. */
export function dropAxes(recorder: Recorder, x: RecordedTensor, axes: readonly number[]): RecordedTensor {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const storedKept = x.permutation.filter((axis) => !axes.includes(axis));
  const shape = kept.map((axis) => x.shape[axis]!);
  const stored = storedKept.map((axis) => x.value.shape[recorder.storedAxis(x, axis)]!);
  const permutation = storedKept.map((axis) => kept.indexOf(axis));
  return { shape, dtype: x.dtype, permutation, value: recorder.reshape(x.value, stored) };
}

function axesOf(x: RecordedTensor, attrs: ReduceAttributes): number[] {
  const axis = attrs.axis ?? attrs.reductionIndices;
  return tf.util.parseAxisParam(axis as number | number[], [...x.shape]);
}

function recordReduction(
  op: ReduceOp,
  { recorder, inputs, attrs }: KernelCall<ReduceAttributes>,
): RecordedTensor {
  const x = inputs.x!;
  return reduce(recorder, op, x, axesOf(x, attrs), attrs.keepDims ?? false);
}

/** ONNX reduces numbers: all is the minimum, any the maximum, of 0 and 1. */
function recordLogical(
  op: ReduceOp,
  { recorder, inputs, attrs }: KernelCall<ReduceAttributes>,
): RecordedTensor {
  const x = castTo(recorder, inputs.x!, "int32");
  return castTo(recorder, reduce(recorder, op, x, axesOf(x, attrs), attrs.keepDims ?? false), "bool");
}

function recordMean({ recorder, inputs, attrs }: KernelCall<ReduceAttributes>): RecordedTensor {
  const x = castTo(recorder, inputs.x!, "float32");
  return reduce(recorder, "ReduceMean", x, axesOf(x, attrs), attrs.keepDims ?? false);
}

/** The first index of the extreme value along one axis; ONNX counts in int64, tfjs in int32. */
function recordArg(
  op: "ArgMax" | "ArgMin",
  { recorder, inputs, attrs }: KernelCall<{ axis: number }>,
): RecordedTensor {
  const [axis] = tf.util.parseAxisParam(attrs.axis, [...inputs.x!.shape]) as [number];
  const x = inputs.x!.dtype === "bool" ? castTo(recorder, inputs.x!, "int32") : inputs.x!;
  const full = recorder.full(x, x.permutation);
  const at = recorder.storedAxis(x, axis);
  const spec = { type: "int64", shape: full.shape.map((extent, i) => (i === at ? 1 : extent)) } as const;
  const index = recorder.graph.node1(op, [full], spec, { axis: { i: at }, keepdims: { i: 1 } });
  const shape = x.shape.map((extent, i) => (i === axis ? 1 : extent));
  const value = recorder.cast(index, onnxTypeOf("int32"));
  return dropAxes(recorder, { ...x, dtype: "int32", shape, value }, [axis]);
}

export const reductionKernels: readonly Kernel[] = [
  kernel<ReduceAttributes>("Sum", (call) => recordReduction("ReduceSum", call)),
  kernel<ReduceAttributes>("Max", (call) => recordReduction("ReduceMax", call)),
  kernel<ReduceAttributes>("Min", (call) => recordReduction("ReduceMin", call)),
  kernel<ReduceAttributes>("Prod", (call) => recordReduction("ReduceProd", call)),
  kernel<ReduceAttributes>("Mean", recordMean),
  kernel<ReduceAttributes>("All", (call) => recordLogical("ReduceMin", call)),
  kernel<ReduceAttributes>("Any", (call) => recordLogical("ReduceMax", call)),
  kernel<{ axis: number }>("ArgMax", (call) => recordArg("ArgMax", call)),
  kernel<{ axis: number }>("ArgMin", (call) => recordArg("ArgMin", call)),
];
