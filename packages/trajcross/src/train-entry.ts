export { exportTowers } from "./export.js";
export { encodeImages, encodeTrajectories, type ImageInputs, type TrajectoryInputs } from "./forward.js";
export { infoNce, modalityLoss } from "./loss.js";
export { initParams } from "./params.js";
export { pairLoss, type TrainedTowers, type TrainOptions, type TrainProgress, trainTowers } from "./train.js";
export { type Trained, trainTrajCross } from "./train-trajcross.js";
