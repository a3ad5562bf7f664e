export {
  type AuthorsLabels,
  type AuthorsLabelsFiles,
  parseAuthorsLabels,
  parseClusterCenters,
} from "./authors-labels.js";
export { type CellHistograms, cellHistogramFeatures, centroidFeatures } from "./features.js";
export {
  type GroundTruth,
  type GroundTruthOptions,
  type GroundTruthStatistics,
  generateGroundTruth,
} from "./ground-truth.js";
export type { CondensedDistances } from "./internal/condensed.js";
export { type KMeansOptions, type KMeansResult, kMeans } from "./k-means.js";
export { type KMedoidsOptions, type KMedoidsResult, kMedoids } from "./k-medoids.js";
export type { DenseMatrix, Matrix, SparseMatrix } from "./matrix.js";
export { type Preprocessed, type PreprocessOptions, preprocess, preprocessing } from "./preprocess.js";
export { type SelectCentersOptions, selectCenters } from "./select-centers.js";
export {
  searchThreshold,
  type ThresholdSearch,
  type ThresholdSearchResult,
} from "./threshold-search.js";
