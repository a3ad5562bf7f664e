export { type Assignment, assign, targetDistribution } from "./assignment.js";
export {
  type AuthorsLabels,
  type AuthorsLabelsFiles,
  parseAuthorsLabels,
  parseClusterCenters,
} from "./authors-labels.js";
export {
  type ConfigOverrides,
  type Departure,
  type E2DTCConfig,
  type NetworkConfig,
  type PresetName,
  type PretrainConfig,
  presets,
  resolveConfig,
  type Seeding,
  type SelfTrainConfig,
  type TokenConfig,
} from "./config.js";
export { E2DTC, type Prediction, type RunOptions } from "./e2dtc.js";
export { type CellHistograms, cellHistogramFeatures, centroidFeatures } from "./features.js";
export {
  type GroundTruth,
  type GroundTruthOptions,
  type GroundTruthStatistics,
  generateGroundTruth,
} from "./ground-truth.js";
export type { ModelInfo } from "./model-file.js";
export { type Preprocessed, type PreprocessOptions, preprocess, preprocessing } from "./preprocess.js";
export { type SeedingOptions, type Seeds, seedClusters } from "./seeding.js";
export { type SelectCentersOptions, selectCenters } from "./select-centers.js";
export { type TokenizeOptions, type TokenSequences, tokenize } from "./tokens.js";
export {
  buildVocabulary,
  type CellNeighbors,
  nearestCells,
  type Vocabulary,
  type VocabularyOptions,
} from "./vocabulary.js";
