export type { PhasedOptions, SingleLossOptions, TrainStepOptions } from "./create-train-step.js";
export { createTrainStep } from "./create-train-step.js";
export type { CompileInfo, Engine } from "./engines/engine.js";
export type { BatchEntry, HostTensor, TensorSpec, TensorType } from "./host-tensor.js";
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
export { type Scalar, type Tensor, tf } from "./tfjs.js";
export type { SaveOptions, StepOptions, TrainStep } from "./train-step.js";
