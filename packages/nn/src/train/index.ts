export {
  type Agreement,
  type ExportedModel,
  type ExportInput,
  type ExportOptions,
  exportOnnx,
  type GraphPart,
} from "../export/export-onnx.js";
export { loadOnnxParams, type WeightSource } from "../export/load-onnx-params.js";
export type { Engine } from "../inference/engine.js";
export { createInference, type Forward, type Inference, type InferenceOptions } from "./create-inference.js";
export type { PhasedOptions, SingleLossOptions, TrainStepOptions } from "./create-train-step.js";
export { createTrainStep } from "./create-train-step.js";
export type { CompileInfo, StepTraffic } from "./engines/engine.js";
export type {
  Carried,
  EpochBatch,
  EpochEnd,
  EpochPlan,
  EpochRecord,
  EpochStart,
  RunEpochsOptions,
  ScheduleStep,
  TrainedEpochs,
} from "./epochs/options.js";
export type { TrainProgress } from "./epochs/progress.js";
export { runEpochs } from "./epochs/run-epochs.js";
export { digestOf, type OpenRunOptions, openRun, type SavedRun } from "./epochs/saved-run.js";
export { type HalfCosineOptions, halfCosine } from "./epochs/schedules.js";
export { shuffledBatches } from "./epochs/shuffled-batches.js";
export type { BatchEntry, HostTensor, TensorSpec, TensorType } from "./host-tensor.js";
export { gelu } from "./layers/activation.js";
export { dilatedConv2d } from "./layers/dilated-convolution.js";
export { dropout } from "./layers/dropout.js";
export { einsum } from "./layers/einsum.js";
export { gradientReversal } from "./layers/gradient-reversal.js";
export { type GruWeights, gru, gruCell } from "./layers/gru.js";
export { type GruLayer, type GruSequence, gruSequence } from "./layers/gru-sequence.js";
export {
  type BatchNormResult,
  type BatchNormWeights,
  batchNorm,
  l2Normalize,
  layerNorm,
} from "./layers/normalization.js";
export { topK } from "./layers/top-k.js";
export { type AdamOptions, type AdamWOptions, adam, adamW } from "./optimizers/adam.js";
export type { Optimizer, OptimizerOptions, UpdateInputs, UpdateResult } from "./optimizers/optimizer.js";
export { type SgdOptions, sgd } from "./optimizers/sgd.js";
export type {
  Loss,
  LossAndMetrics,
  LossContext,
  LossResult,
  MovingAverage,
  ParameterChoice,
  TensorMap,
  TrainPhase,
} from "./step-definition.js";
export type { StepRandom } from "./step-random.js";
export {
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tf,
} from "./tfjs.js";
export type { SaveOptions, StepOptions, TrainStep } from "./train-step.js";
