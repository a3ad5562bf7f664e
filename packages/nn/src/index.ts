export { loadCheckpoint, saveCheckpoint } from "./checkpoint/checkpoint.js";
export type { Checkpoint, CheckpointContents, CheckpointTensor } from "./checkpoint/contents.js";
export { ENGINES, type Engine } from "./inference/engine.js";
export { type ModelSource, OnnxModel } from "./inference/onnx-model.js";
export { OnnxModelPool, type PoolOptions, type PoolRunOptions } from "./inference/onnx-model-pool.js";
export {
  type BatchPredictionOptions,
  type PredictedBatch,
  predictInBatches,
} from "./inference/predict-in-batches.js";
export type {
  Inputs,
  InputTensor,
  Outputs,
  OutputTensor,
  Predictor,
  RunOptions,
  RunProgress,
  TensorSpec,
} from "./inference/predictor.js";
export {
  describeProviders,
  type Provider,
  type ProviderReport,
  type SessionOptions,
} from "./inference/providers.js";
export { appendOnnx } from "./onnx/append-onnx.js";
export {
  GraphBuilder,
  type GraphBuilderOptions,
  type OnnxAttribute,
  type OnnxType,
  type OutputSpec,
  type TensorValues,
  type Value,
} from "./onnx/graph-builder.js";
export { GraphOps } from "./onnx/graph-ops.js";
export { type OnnxTensor, readOnnxInitializers } from "./onnx/initializers.js";
export type { OnnxModelHeader } from "./onnx/model-header.js";
export { readOnnxHeaderOf as readOnnxHeader } from "./onnx/model-header-file.js";
export type { OnnxData } from "./onnx/types.js";
