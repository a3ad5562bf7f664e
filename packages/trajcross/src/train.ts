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
export {
  type EncodedImages,
  encodeImages,
  encodeTrajectories,
  type ImageInputs,
  type TrajectoryInputs,
} from "./model/forward.js";
export { infoNce, modalityLoss } from "./model/loss.js";
export { initParams } from "./model/params.js";
export {
  type CalibrateOptions,
  type Calibration,
  calibrateConfidence,
} from "./tracing/calibrate-confidence.js";
export { exportReader, exportTrainedReader } from "./tracing/export-reader.js";
export { type TrainedReader, type TrainReaderOptions, trainReader } from "./tracing/train-reader.js";
export {
  pairLoss,
  type TrainedTowers,
  type TrainOptions,
} from "./training/train-towers.js";
export { type Trained, trainTrajCross } from "./training/train-trajcross.js";
