export { E2DTC } from "./model/e2dtc.js";
export { exportModel, type ModelParts } from "./model/export.js";
export { decode, type Encoded, encode, softAssign } from "./model/forward.js";
export { initParams, type Params } from "./model/params.js";
export type { Prediction, RunOptions } from "./model/trip-model.js";
export {
  type FitHistory,
  type FitOptions,
  type FitResult,
  fitE2DTC,
  type TokenSummary,
} from "./training/fit.js";
export {
  clusterLoss,
  type DrawnCells,
  reconstructionLoss,
  sampledReconstructionLoss,
  tripletLoss,
} from "./training/loss.js";
export type { PretrainEpoch, Pretrained } from "./training/pretrain.js";
export type { SelfTrainEpoch } from "./training/self-train.js";
export { fitT2vec } from "./training/t2vec.js";
export type { FitPhase, FitProgress } from "./training/training-data.js";
