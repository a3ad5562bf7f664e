import { ValueError } from "@wayweave/geo-core";
import { tf } from "../../tfjs.js";
import { type GraphValue, sizeOf } from "../graph.js";
import { type Kernel, type KernelCall, kernel } from "../kernel.js";
import type { RecordedTensor, Recorder } from "../recorder.js";

interface GatherAttributes {
  axis: number;
  batchDims: number;
}

function recordGather({ recorder, inputs, attrs }: KernelCall<GatherAttributes>): RecordedTensor {
  const x = inputs.x!;
  const [axis] = tf.util.parseAxisParam(attrs.axis, [...x.shape]) as [number];
  const batchDims = attrs.batchDims ?? 0;
  if (batchDims > 0) return gatherInBatch(recorder, x, inputs.indices!, axis, batchDims);
  const indices = recorder.full(inputs.indices!);
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  const spec = { type: recorder.full(x).type, shape };
  const value = recorder.graph.node1("Gather", [recorder.full(x), indices], spec, { axis: { i: axis } });
  return recorder.wrap(value, x.dtype);
}

/** One list of indices for each leading row; ONNX's GatherND counts in int64. */
function gatherInBatch(
  recorder: Recorder,
  x: RecordedTensor,
  indices: RecordedTensor,
  axis: number,
  batchDims: number,
): RecordedTensor {
  if (axis !== batchDims) {
    throw new ValueError(
      `recording: gather's axis must equal batchDims where that is set, got ${axis} and ${batchDims}`,
    );
  }
  const flat = recorder.full(indices);
  const pointers = recorder.cast(recorder.reshape(flat, [...flat.shape, 1]), "int64");
  const shape = [...flat.shape, ...x.shape.slice(axis + 1)];
  const spec = { type: recorder.full(x).type, shape };
  const attributes = { batch_dims: { i: batchDims } };
  return recorder.wrap(
    recorder.graph.node1("GatherND", [recorder.full(x), pointers], spec, attributes),
    x.dtype,
  );
}

function recordGatherNd({ recorder, inputs }: KernelCall<unknown>): RecordedTensor {
  const params = recorder.full(inputs.params!);
  const indices = recorder.cast(recorder.full(inputs.indices!), "int64");
  const depth = indices.shape[indices.shape.length - 1]!;
  const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)];
  const value = recorder.graph.node1("GatherND", [params, indices], { type: params.type, shape });
  return recorder.wrap(value, inputs.params!.dtype);
}

/** Adds the updates into `base` at the indices; equal indices add up. */
export function scatterAdd(
  recorder: Recorder,
  base: GraphValue,
  indices: GraphValue,
  updates: GraphValue,
): GraphValue {
  const spec = { type: base.type, shape: base.shape };
  return recorder.graph.node1("ScatterND", [base, indices, updates], spec, { reduction: { s: "add" } });
}

function zeros(recorder: Recorder, x: RecordedTensor, shape: readonly number[]): GraphValue {
  return recorder.full(recorder.filled(0, shape, x.dtype));
}

/** The gradient of gather: rows of x added up by segment. */
function recordSegmentSum({ recorder, inputs, attrs }: KernelCall<{ numSegments: number }>): RecordedTensor {
  const x = inputs.x!;
  const ids = recorder.full(inputs.segmentIds!);
  const indices = recorder.cast(recorder.reshape(ids, [sizeOf(ids.shape), 1]), "int64");
  const base = zeros(recorder, x, [attrs.numSegments, ...x.shape.slice(1)]);
  return recorder.wrap(scatterAdd(recorder, base, indices, recorder.full(x)), x.dtype);
}

function recordScatterNd({ recorder, inputs, attrs }: KernelCall<{ shape: number[] }>): RecordedTensor {
  const updates = inputs.updates!;
  const indices = recorder.cast(recorder.full(inputs.indices!), "int64");
  const base = zeros(recorder, updates, attrs.shape);
  return recorder.wrap(scatterAdd(recorder, base, indices, recorder.full(updates)), updates.dtype);
}

function recordScatterUpdate({ recorder, inputs }: KernelCall<unknown>): RecordedTensor {
  const base = recorder.full(inputs.tensor!);
  const indices = recorder.cast(recorder.full(inputs.indices!), "int64");
  const operands = [base, indices, recorder.full(inputs.updates!)];
  return recorder.wrap(recorder.graph.node1("ScatterND", operands, base), inputs.tensor!.dtype);
}

export const gatherKernels: readonly Kernel[] = [
  kernel<GatherAttributes>("GatherV2", recordGather),
  kernel("GatherNd", recordGatherNd),
  kernel<{ numSegments: number }>("UnsortedSegmentSum", recordSegmentSum),
  kernel<{ shape: number[] }>("ScatterNd", recordScatterNd),
  kernel("TensorScatterUpdate", recordScatterUpdate),
];
