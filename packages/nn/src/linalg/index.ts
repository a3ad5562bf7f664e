export { type Cca, type CcaOptions, type CcaView, cca, ccaTransform } from "./cca.js";
export { type LbfgsOptions, type LbfgsResult, lbfgs, type Objective } from "./lbfgs.js";
export {
  type LogisticRegression,
  type LogisticRegressionOptions,
  logisticProbabilities,
  logisticRegression,
} from "./logistic-regression.js";
export type { Matrix64, RowMatrix } from "./matrix.js";
export { type Pca, pca, pcaTransform } from "./pca.js";
export { type RidgeOptions, type RidgeSolution, ridgePredict, ridgeSolve } from "./ridge.js";
export { type SymmetricEigen, symmetricEigen } from "./symmetric-eigen.js";
