import type { Provider } from "../../inference/providers.js";
import type { OnnxGruUse } from "../record/kernels/gru.js";

/**
 * Where a provider's graphs hold ONNX's GRU operator. The CPU's is faster than its steps one by one and compiles in no time,
 * whatever the sequences' length; WebGPU has none, and CUDA's follows other rules about lengths.
 */
export function gruOperatorOf(provider: Provider): OnnxGruUse {
  return provider === "cpu" ? "whereExact" : "never";
}
