export {
  type ConfusionMatrix,
  type ContingencyTable,
  confusionMatrix,
  contingencyTable,
} from "./confusion-matrix.js";
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
export { matchClusters, uacc } from "./uacc.js";
