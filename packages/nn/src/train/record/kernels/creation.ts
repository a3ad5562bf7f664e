import type { DataType } from "../../tfjs.js";
import { elementwise } from "../elementwise.js";
import { type Kernel, type KernelCall, kernel } from "../kernel.js";
import type { RecordedTensor } from "../recorder.js";
import { binary, castTo } from "./unary.js";

interface OneHotAttributes {
  depth: number;
  onValue: number;
  offValue: number;
  dtype: DataType;
}

/** Compares each index with 0 … depth − 1; an index out of range matches nothing. */
function recordOneHot({ recorder, inputs, attrs }: KernelCall<OneHotAttributes>): RecordedTensor {
  const indices = recorder.full(inputs.indices!);
  const column = recorder.wrap(recorder.reshape(indices, [...indices.shape, 1]), "int32");
  const classes = recorder.constant(
    Int32Array.from({ length: attrs.depth }, (_, i) => i),
    [attrs.depth],
    "int32",
  );
  const isHot = elementwise(recorder, "Equal", [column, classes], "bool");
  const dtype = attrs.dtype ?? "float32";
  if (attrs.onValue === 1 && attrs.offValue === 0) return castTo(recorder, isHot, dtype);
  const hot = binary(recorder, "Mul", castTo(recorder, isHot, "float32"), attrs.onValue - attrs.offValue);
  return castTo(recorder, binary(recorder, "Add", hot, attrs.offValue), dtype);
}

function inferDtype(value: number | boolean): DataType {
  return typeof value === "boolean" ? "bool" : "float32";
}

export const creationKernels: readonly Kernel[] = [
  kernel("Identity", ({ inputs }) => inputs.x!),
  kernel("ZerosLike", ({ recorder, inputs }) => recorder.filled(0, inputs.x!.shape, inputs.x!.dtype)),
  kernel("OnesLike", ({ recorder, inputs }) => recorder.filled(1, inputs.x!.shape, inputs.x!.dtype)),
  kernel<{ shape: number[]; value: number | boolean; dtype?: DataType }>("Fill", ({ recorder, attrs }) =>
    recorder.filled(Number(attrs.value), attrs.shape, attrs.dtype ?? inferDtype(attrs.value)),
  ),
  kernel<{ start: number; stop: number; step: number; dtype: "float32" | "int32" }>(
    "Range",
    ({ recorder, attrs }) => {
      const { start, stop, step, dtype } = attrs;
      const length = Math.max(0, Math.ceil((stop - start) / step));
      const values = Array.from({ length }, (_, i) => start + i * step);
      const data = dtype === "int32" ? Int32Array.from(values) : Float32Array.from(values);
      return recorder.constant(data, [length], dtype ?? "float32");
    },
  ),
  kernel<{ start: number; stop: number; num: number }>("LinSpace", ({ recorder, attrs }) => {
    const step = attrs.num > 1 ? (attrs.stop - attrs.start) / (attrs.num - 1) : 0;
    const data = Float32Array.from({ length: attrs.num }, (_, i) => attrs.start + i * step);
    return recorder.constant(data, [attrs.num], "float32");
  }),
  kernel<OneHotAttributes>("OneHot", recordOneHot),
];
