import { type Kernel, type KernelCall, kernel } from "../kernel.js";
import type { RecordedTensor } from "../recorder.js";

/** The kernel that `gru` asks for where ONNX's operator is wanted. */
export const GRU_KERNEL = "WayweaveGru";

/**
 * Where `gru` becomes ONNX's GRU operator: `"never"`; `"whereExact"`, when the sequences have lengths rather than any mask (it
 * has a gradient then); `"always"`, for inference (exported models are compared with the training engine).
 */
export type OnnxGruUse = "never" | "whereExact" | "always";

let use: OnnxGruUse = "never";

/** Runs synchronous code that records `gru` so. */
export function withOnnxGru<Result>(wanted: OnnxGruUse, run: () => Result): Result {
  const before = use;
  use = wanted;
  try {
    return run();
  } finally {
    use = before;
  }
}

export function onnxGruUse(): OnnxGruUse {
  return use;
}

interface GruAttributes {
  hidden: number;
  direction: "forward" | "reverse";
}

/**
 * Inputs x [time, batch, inputs], kernel [1, 3·hidden, inputs], recurrent [1, 3·hidden, hidden], bias [1, 6·hidden]
 * (gates in ONNX's order: update, reset, candidate), initial [1, batch, hidden] and lengths [batch].
 *
 * @returns states [time, 1, batch, hidden], zero past a sequence's end, and last states [1, batch, hidden]
 */
function recordGru({ recorder, inputs, attrs }: KernelCall<GruAttributes>): RecordedTensor[] {
  const { hidden, direction } = attrs;
  const x = recorder.full(inputs.x!);
  const [time, batch] = x.shape as [number, number];
  const full = (name: string) => recorder.full(inputs[name]!);
  const outputs = recorder.graph.node(
    "GRU",
    [x, full("kernel"), full("recurrent"), full("bias"), full("lengths"), full("initial")],
    [
      { type: "float32", shape: [time, 1, batch, hidden] },
      { type: "float32", shape: [1, batch, hidden] },
    ],
    { hidden_size: { i: hidden }, linear_before_reset: { i: 1 }, direction: { s: direction } },
  );
  return outputs.map((output) => recorder.wrap(output, "float32"));
}

export const gruKernels: readonly Kernel[] = [kernel<GruAttributes>(GRU_KERNEL, recordGru)];
