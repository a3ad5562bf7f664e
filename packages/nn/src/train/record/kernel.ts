import type { RecordedTensor, Recorder } from "./recorder.js";

/** One call of a tfjs kernel while recording. Inputs that tfjs passes as a list are named "0", "1", … */
export interface KernelCall<Attributes> {
  readonly recorder: Recorder;
  readonly inputs: Readonly<Record<string, RecordedTensor>>;
  readonly attrs: Attributes;
}

/** How a tfjs kernel is recorded as ONNX nodes. */
export interface Kernel {
  /** tfjs's name of the kernel. */
  readonly name: string;
  record(call: KernelCall<unknown>): RecordedTensor | RecordedTensor[];
}

/** Declares a kernel; `Attributes` are those that tfjs documents for it in `kernel_names.d.ts`. */
export function kernel<Attributes = Record<string, never>>(
  name: string,
  record: (call: KernelCall<Attributes>) => RecordedTensor | RecordedTensor[],
): Kernel {
  return { name, record: (call) => record(call as KernelCall<Attributes>) };
}
