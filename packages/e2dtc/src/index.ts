export { type CellHistograms, cellHistogramFeatures, centroidFeatures } from "./features/features.js";
export {
  type AuthorsLabels,
  type AuthorsLabelsFiles,
  parseAuthorsLabels,
  parseClusterCenters,
} from "./ground-truth/authors-labels.js";
export {
  type GroundTruth,
  type GroundTruthOptions,
  type GroundTruthStatistics,
  generateGroundTruth,
} from "./ground-truth/ground-truth.js";
export {
  type Preprocessed,
  type PreprocessOptions,
  preprocess,
  preprocessing,
} from "./ground-truth/preprocess.js";
export { type SelectCentersOptions, selectCenters } from "./ground-truth/select-centers.js";
export { type Assignment, assign, targetDistribution } from "./model/assignment.js";
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
  type SizeName,
  sizes,
  type TokenConfig,
} from "./model/config.js";
export { E2DTC } from "./model/e2dtc.js";
export type { ModelInfo } from "./model/model-file.js";
export { type Prediction, type RunOptions, TripModel } from "./model/trip-model.js";
export {
  type IndexProgress,
  type NearestTripsOptions,
  type TripEmbedder,
  type TripEmbeddings,
  type TripHit,
  TripIndex,
} from "./similarity/trip-index.js";
export { type SeedingOptions, type Seeds, seedClusters } from "./starts/seeding.js";
export { type TokenizeOptions, type TokenSequences, tokenize } from "./tokens/tokens.js";
export {
  buildVocabulary,
  type CellNeighbors,
  nearestCells,
  type Vocabulary,
  type VocabularyOptions,
} from "./tokens/vocabulary.js";
