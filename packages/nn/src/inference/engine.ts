/** Where ONNX Runtime computes. Which of them exist depends on the platform; see `describeProviders`. */
export type Provider = "cpu" | "cuda" | "webgpu" | "tensorrt" | "dml" | "coreml";

/** The engines a caller can ask for. */
export type Engine =
  | "auto"
  | "ort-cpu"
  | "ort-cuda"
  | "ort-webgpu"
  | "tfjs-node"
  | "tfjs-node-gpu"
  | "tfjs-cpu";

/** The names that an {@link Engine} may have. */
export const ENGINES: readonly Engine[] = [
  "auto",
  "ort-cpu",
  "ort-cuda",
  "ort-webgpu",
  "tfjs-node",
  "tfjs-node-gpu",
  "tfjs-cpu",
];

const PROVIDERS_OF: Readonly<Record<Engine, readonly Provider[]>> = {
  auto: ["cuda", "cpu"],
  "ort-cpu": ["cpu"],
  "ort-cuda": ["cuda", "cpu"],
  "ort-webgpu": ["webgpu", "cpu"],
  // An exported model runs in ONNX Runtime, whatever trained it: on the same kind of device where there is one.
  "tfjs-node-gpu": ["cuda", "cpu"],
  "tfjs-node": ["cpu"],
  "tfjs-cpu": ["cpu"],
};

/** The providers on which an exported model runs for an engine, the first that works. */
export function providersOf(engine: Engine): readonly Provider[] {
  return PROVIDERS_OF[engine];
}
