export { type Baseline, type BaselineOptions, trainBaseline } from "./baselines/baseline.js";
export {
  type AcmrConfig,
  type BaselineConfigs,
  type BaselineName,
  baselineNames,
  baselinePresets,
  type CcaConfig,
  type CorrAeConfig,
  type DbrlmConfig,
  type MocoConfig,
  resolveBaselineConfig,
} from "./baselines/config.js";
export type { BaselineProgress, EpochLosses } from "./baselines/train-deep.js";
export { exportTowers } from "./export.js";
export {
  type EncodedImages,
  encodeImages,
  encodeTrajectories,
  type ImageInputs,
  type TrajectoryInputs,
} from "./forward.js";
export { infoNce, modalityLoss } from "./loss.js";
export { initParams } from "./params.js";
export { pairLoss, type TrainedTowers, type TrainOptions, type TrainProgress, trainTowers } from "./train.js";
export { type Trained, trainTrajCross } from "./train-trajcross.js";
