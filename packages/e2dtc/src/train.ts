import { E2DTC as E2DTCModel } from "./model/e2dtc.js";
import { fitE2DTC } from "./training/fit.js";

export { exportModel, type ModelParts } from "./model/export.js";
export { decode, type Encoded, encode, softAssign } from "./model/forward.js";
export { initParams, type Params } from "./model/params.js";
export {
  type FitHistory,
  type FitOptions,
  type FitProgress,
  type FitResult,
  fitE2DTC,
} from "./training/fit.js";
export {
  clusterLoss,
  type DrawnCells,
  reconstructionLoss,
  sampledReconstructionLoss,
  tripletLoss,
} from "./training/loss.js";
export type { PretrainEpoch, Pretrained, PretrainProgress } from "./training/pretrain.js";
export type { SelfTrainEpoch, SelfTrainProgress } from "./training/self-train.js";
export { fitT2vec } from "./training/t2vec.js";

/** The model class of the default entry, with `E2DTC.fit`. */
export class E2DTC extends E2DTCModel {
  /** {@link fitE2DTC} */
  static readonly fit = fitE2DTC;
}
