import { elementwise } from "../elementwise.js";
import { type Kernel, type KernelCall, kernel } from "../kernel.js";
import type { RecordedTensor } from "../recorder.js";
import { reduce } from "./reduction.js";

function recordTopK({
  recorder,
  inputs,
  attrs,
}: KernelCall<{ k: number; sorted: boolean }>): RecordedTensor[] {
  const x = recorder.full(inputs.x!);
  const { graph } = recorder;
  const shape = [...x.shape.slice(0, -1), attrs.k];
  const specs = [
    { type: x.type, shape },
    { type: "int64", shape },
  ] as const;
  const attributes = { axis: { i: -1 }, largest: { i: 1 }, sorted: { i: attrs.sorted === false ? 0 : 1 } };
  const [values, indices] = graph.node("TopK", [x, graph.int64([attrs.k])], specs, attributes);
  return [recorder.wrap(values!, inputs.x!.dtype), recorder.wrap(recorder.cast(indices!, "int32"), "int32")];
}

interface CumulativeAttributes {
  axis: number;
  exclusive: boolean;
  reverse: boolean;
}

function recordCumsum({ recorder, inputs, attrs }: KernelCall<CumulativeAttributes>): RecordedTensor {
  const x = inputs.x!;
  const value = recorder.full(x, x.permutation);
  const axis = recorder.storedAxis(x, attrs.axis < 0 ? attrs.axis + x.shape.length : attrs.axis);
  const attributes = { exclusive: { i: attrs.exclusive ? 1 : 0 }, reverse: { i: attrs.reverse ? 1 : 0 } };
  const spec = { type: value.type, shape: value.shape };
  const sum = recorder.graph.node1("CumSum", [value, recorder.graph.scalar(axis, "int32")], spec, attributes);
  return { ...x, value: sum };
}

/** ONNX has no cumulative product: element i is the product of a row whose factors past i are replaced by 1. */
function recordCumprod({ recorder, inputs, attrs }: KernelCall<CumulativeAttributes>): RecordedTensor {
  const x = inputs.x!;
  const rank = x.shape.length;
  const axis = attrs.axis < 0 ? attrs.axis + rank : attrs.axis;
  const n = x.shape[axis]!;
  const counted = Uint8Array.from({ length: n * n }, (_, at) => {
    const [to, from] = [Math.floor(at / n), at % n];
    const ahead = attrs.reverse ? from - to : to - from;
    return ahead > 0 || (ahead === 0 && !attrs.exclusive) ? 1 : 0;
  });
  // [.., to, from, ..]: the factors stand on the axis after `axis`.
  const full = recorder.full(x);
  const shape = [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)];
  const factors = recorder.wrap(recorder.reshape(full, shape), x.dtype);
  const maskShape = [n, n, ...x.shape.slice(axis + 1).map(() => 1)];
  const mask = recorder.constant(counted, maskShape, "bool");
  const one = recorder.filled(1, [], x.dtype);
  const kept = elementwise(recorder, "Where", [mask, factors, one], x.dtype);
  return reduce(recorder, "ReduceProd", kept, [axis + 1], false);
}

export const sortKernels: readonly Kernel[] = [
  kernel<{ k: number; sorted: boolean }>("TopK", recordTopK),
  kernel<CumulativeAttributes>("Cumsum", recordCumsum),
  kernel<CumulativeAttributes>("Cumprod", recordCumprod),
];
