export type { Checkpoint, CheckpointContents, CheckpointTensor } from "../checkpoint/contents.js";
export { decodeCheckpoint } from "../checkpoint/decode-checkpoint.js";
export { encodeCheckpoint } from "../checkpoint/encode-checkpoint.js";
export type { OnnxTensor } from "../onnx/initializers.js";
export { type OnnxModelHeader, readOnnxHeader } from "../onnx/model-header.js";
export type { OnnxData, OnnxType } from "../onnx/types.js";
export { type BatchPredictionOptions, type PredictedBatch, predictInBatches } from "./predict-in-batches.js";
export type {
  Inputs,
  InputTensor,
  Outputs,
  OutputTensor,
  Predictor,
  RunOptions,
  RunProgress,
  TensorSpec,
} from "./predictor.js";
export type {
  OnnxRuntime,
  OnnxSession,
  SessionTensor,
  SessionTensorClass,
  SessionValue,
} from "./session.js";
export { SessionModel } from "./session-model.js";
