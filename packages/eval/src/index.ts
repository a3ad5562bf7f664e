export { type BootstrapOptions, bootstrapInterval, type Interval } from "./bootstrap.js";
export {
  type ConfusionMatrix,
  type ContingencyTable,
  confusionMatrix,
  contingencyTable,
} from "./confusion-matrix.js";
export { elbow } from "./elbow.js";
export type { Labels } from "./labels.js";
export {
  adjustedMutualInformation,
  type MutualInformationOptions,
  mutualInformation,
  type Normalization,
  nmi,
} from "./mutual-information.js";
export { adjustedRandIndex, type PairCounts, pairCounts, randIndex } from "./pair-counting.js";
export { purity } from "./purity.js";
export {
  averagePrecision,
  meanAveragePrecision,
  meanNdcg,
  type NdcgOptions,
  type NoneRelevant,
  ndcg,
  precisionAtK,
  type Ranking,
  rankByScore,
  recallAtK,
  relevanceRankings,
} from "./rankings.js";
export {
  type Embeddings,
  meanReciprocalRank,
  type PairedRanks,
  pairedRanks,
  type Similarity,
  type SimilarityOptions,
  targetRanks,
  topK,
} from "./ranks.js";
export {
  type SilhouetteDistances,
  type SilhouetteOptions,
  type SilhouettePoints,
  type SilhouetteSamples,
  silhouette,
  silhouetteSamples,
} from "./silhouette.js";
export { matchClusters, uacc } from "./uacc.js";
