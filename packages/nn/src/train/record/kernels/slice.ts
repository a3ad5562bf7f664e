import { ValueError } from "@wayweave/geo-core";
import { tf } from "../../tfjs.js";
import { type Kernel, type KernelCall, kernel } from "../kernel.js";
import type { RecordedTensor, Recorder } from "../recorder.js";

/** A range of one axis: from `begin` while before `end` (or after it, for a negative step). */
interface AxisRange {
  readonly axis: number;
  readonly begin: number;
  readonly end: number;
  readonly step: number;
  /** The number of elements taken. */
  readonly count: number;
}

/** ONNX's sign for "to the very beginning" when stepping backwards. */
const BEFORE_START = -(2 ** 31);

/** Takes ranges of some axes; an axis stored once needs nothing done. */
export function sliceAxes(
  recorder: Recorder,
  x: RecordedTensor,
  ranges: readonly AxisRange[],
): RecordedTensor {
  const shape = [...x.shape];
  for (const { axis, count } of ranges) shape[axis] = count;
  const stored = [...x.value.shape];
  const moved = ranges
    .filter(({ axis, count, step }) => !(count === x.shape[axis] && step === 1))
    .map((range) => ({ ...range, at: recorder.storedAxis(x, range.axis) }))
    .filter(({ at, count }) => stored[at] !== 1 || count === 0);
  if (moved.length === 0) return { ...x, shape };
  for (const { at, count } of moved) stored[at] = count;
  const { graph } = recorder;
  const inputs = [
    x.value,
    graph.int64(moved.map(({ begin }) => begin)),
    graph.int64(moved.map(({ end }) => end)),
    graph.int64(moved.map(({ at }) => at)),
    graph.int64(moved.map(({ step }) => step)),
  ];
  return { ...x, shape, value: graph.node1("Slice", inputs, { type: x.value.type, shape: stored }) };
}

type SliceAttributes = { begin: number | number[]; size: number | number[] };

function recordSlice({ recorder, inputs, attrs }: KernelCall<SliceAttributes>): RecordedTensor {
  const x = inputs.x!;
  const info = { shape: [...x.shape], dtype: x.dtype, dataId: {} } as unknown as Parameters<
    typeof tf.slice_util.parseSliceParams
  >[0];
  const [begin, size] = tf.slice_util.parseSliceParams(info, attrs.begin, attrs.size) as [number[], number[]];
  const ranges = begin.map((start, axis) => ({
    axis,
    begin: start,
    end: start + size[axis]!,
    step: 1,
    count: size[axis]!,
  }));
  return sliceAxes(recorder, x, ranges);
}

interface StridedSliceAttributes {
  begin: number[];
  end: number[];
  strides: number[];
  beginMask: number;
  endMask: number;
  ellipsisMask: number;
  newAxisMask: number;
  shrinkAxisMask: number;
}

function recordStridedSlice({ recorder, inputs, attrs }: KernelCall<StridedSliceAttributes>): RecordedTensor {
  const x = inputs.x!;
  const info = tf.slice_util.sliceInfo(
    [...x.shape],
    attrs.begin,
    attrs.end,
    attrs.strides,
    attrs.beginMask,
    attrs.endMask,
    attrs.ellipsisMask,
    attrs.newAxisMask,
    attrs.shrinkAxisMask,
  );
  const counts = tf.slice_util.computeOutShape(info.begin, info.end, info.strides);
  const ranges = info.begin.map((begin, axis) => ({
    axis,
    begin,
    end: info.end[axis]! < 0 ? BEFORE_START : info.end[axis]!,
    step: info.strides[axis]!,
    count: counts[axis]!,
  }));
  const taken = sliceAxes(recorder, x, ranges);
  return recorder.wrap(recorder.reshape(recorder.full(taken), info.finalShape), x.dtype);
}

function recordReverse({ recorder, inputs, attrs }: KernelCall<{ dims: number | number[] }>): RecordedTensor {
  const x = inputs.x!;
  const ranges = tf.util.parseAxisParam(attrs.dims, [...x.shape]).map((axis) => ({
    axis,
    begin: -1,
    end: BEFORE_START,
    step: -1,
    count: x.shape[axis]!,
  }));
  return sliceAxes(recorder, x, ranges);
}

function pad(
  recorder: Recorder,
  x: RecordedTensor,
  paddings: readonly (readonly [number, number])[],
  mode: "constant" | "reflect",
  fill: number,
): RecordedTensor {
  if (paddings.every(([before, after]) => before === 0 && after === 0)) return x;
  const value = recorder.full(x, x.permutation);
  const shape = x.shape.map((extent, axis) => extent + paddings[axis]![0] + paddings[axis]![1]);
  const stored = x.permutation.map((axis) => shape[axis]!);
  const amounts = [
    ...x.permutation.map((axis) => paddings[axis]![0]),
    ...x.permutation.map((axis) => paddings[axis]![1]),
  ];
  const { graph } = recorder;
  const filler = mode === "constant" ? [recorder.cast(graph.scalar(fill), value.type)] : [];
  const inputs = [value, graph.int64(amounts), ...filler];
  const padded = graph.node1("Pad", inputs, { type: value.type, shape: stored }, { mode: { s: mode } });
  return { ...x, shape, value: padded };
}

type PadAttributes = { paddings: [number, number][]; constantValue: number };

type MirrorPadAttributes = { paddings: [number, number][]; mode: "reflect" | "symmetric" };

export const sliceKernels: readonly Kernel[] = [
  kernel<SliceAttributes>("Slice", recordSlice),
  kernel<StridedSliceAttributes>("StridedSlice", recordStridedSlice),
  kernel<{ dims: number | number[] }>("Reverse", recordReverse),
  kernel<PadAttributes>("PadV2", ({ recorder, inputs, attrs }) =>
    pad(recorder, inputs.x!, attrs.paddings, "constant", attrs.constantValue ?? 0),
  ),
  kernel<MirrorPadAttributes>("MirrorPad", ({ recorder, inputs, attrs }) => {
    if (attrs.mode !== "reflect") {
      throw new ValueError(`recording: mirrorPad's mode must be "reflect", got "${attrs.mode}"`);
    }
    return pad(recorder, inputs.x!, attrs.paddings, "reflect", 0);
  }),
];
