export { type AgglomerativeOptions, agglomerative, type Linkage } from "./clustering/agglomerative.js";
export { type ChosenK, checkKRange, chooseK, type KRange } from "./clustering/choose-k.js";
export {
  type ClusterStability,
  type ClusterStabilityOptions,
  clusterStability,
} from "./clustering/cluster-stability.js";
export { Dendrogram, type DendrogramCut } from "./clustering/dendrogram.js";
export { type DensityPeaksOptions, densityPeaks } from "./clustering/density-peaks.js";
export { type FarthestFirstOptions, farthestFirst, farthestFirstAsync } from "./clustering/farthest-first.js";
export { type Hdbscan, type HdbscanOptions, hdbscan, hdbscanRows } from "./clustering/hdbscan.js";
export { type KMeansOptions, type KMeansResult, kMeans } from "./clustering/k-means.js";
export { type KMedoidsOptions, type KMedoidsResult, kMedoids } from "./clustering/k-medoids.js";
export { type LocalAffinityOptions, localAffinities } from "./clustering/local-affinities.js";
export {
  type SpectralClustering,
  type SpectralClusteringOptions,
  spectralClustering,
} from "./clustering/spectral-clustering.js";
export {
  searchThreshold,
  type ThresholdSearch,
  type ThresholdSearchOptions,
  type ThresholdSearchResult,
} from "./clustering/threshold-search.js";
export type { PacedOptions } from "./internal/steps.js";
export {
  type Cca,
  type CcaOptions,
  type CcaView,
  cca,
  ccaAsync,
  ccaTransform,
  prepareCca,
} from "./linear-algebra/cca.js";
export {
  type LbfgsAsyncOptions,
  type LbfgsOptions,
  type LbfgsResult,
  lbfgs,
  lbfgsAsync,
  type Objective,
} from "./linear-algebra/lbfgs.js";
export {
  type LeadingEigen,
  type LeadingEigenOptions,
  leadingEigen,
} from "./linear-algebra/leading-eigen.js";
export {
  type FitLogisticRegressionOptions,
  fitLogisticRegression,
  type LogisticRegression,
  type LogisticRegressionOptions,
  logisticProbabilities,
  logisticRegression,
} from "./linear-algebra/logistic-regression.js";
export { type Pca, pca, pcaAsync, pcaTransform } from "./linear-algebra/pca.js";
export { type PivotWhitening, pivotWhitening } from "./linear-algebra/pivot-whitening.js";
export {
  type RidgeOptions,
  type RidgeSolution,
  ridgePredict,
  ridgeSolve,
  ridgeSolveAsync,
} from "./linear-algebra/ridge.js";
export {
  type SymmetricEigen,
  symmetricEigen,
  symmetricEigenAsync,
} from "./linear-algebra/symmetric-eigen.js";
export { countClasses } from "./matrix/class-labels.js";
export { affineColumns, columnMeans } from "./matrix/columns.js";
export {
  type CondensedDistances,
  condensedIndex,
  euclideanDistances,
  selectDistances,
} from "./matrix/condensed.js";
export {
  checkColumns,
  checkDimensions,
  checkMatrix,
  checkSameRows,
  type Matrix,
  type Matrix64,
  zeros,
} from "./matrix/matrix.js";
export {
  gram,
  times,
  timesLowerTransposed,
  timesTransposed,
  transposed,
  transposedTimes,
} from "./matrix/products.js";
export { selectRows, unitRows } from "./matrix/rows.js";
export { isSparse, type SparseMatrix } from "./matrix/sparse-matrix.js";
export type { SymmetricOperator } from "./matrix/symmetric-operator.js";
