import { E2DTC as E2DTCModel } from "./e2dtc.js";
import { fitE2DTC } from "./fit.js";

export { exportModel, type ModelParts } from "./export.js";
export { type FitHistory, type FitOptions, type FitProgress, type FitResult, fitE2DTC } from "./fit.js";
export { decode, type Encoded, encode, softAssign } from "./forward.js";
export {
  clusterLoss,
  type DrawnCells,
  reconstructionLoss,
  sampledReconstructionLoss,
  tripletLoss,
} from "./loss.js";
export { initParams, type Params } from "./params.js";
export type { PretrainEpoch, Pretrained, PretrainProgress } from "./pretrain.js";
export type { SelfTrainEpoch, SelfTrainProgress } from "./self-train.js";
export { fitT2vec } from "./t2vec.js";

/** The model class of the default entry, with `E2DTC.fit`. */
export class E2DTC extends E2DTCModel {
  /** {@link fitE2DTC} */
  static readonly fit = fitE2DTC;
}
