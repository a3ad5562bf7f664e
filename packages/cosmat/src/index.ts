export {
  CanonicalCorrelation,
  type CanonicalCorrelationConfig,
} from "./baselines/canonical-correlation.js";
export {
  GeneralizedMultiview,
  type GeneralizedMultiviewConfig,
} from "./baselines/generalized-multiview.js";
export { SemanticMatching, type SemanticMatchingConfig } from "./baselines/semantic-matching.js";
export { CorrProj, type CorrProjOptions } from "./corr-proj.js";
export { CoSMat, type CoSMatConfig } from "./cosmat.js";
export { CrossModalModel } from "./cross-modal-model.js";
export { addTower, type BackboneExport, type Modality } from "./export-onnx.js";
export { type ChiSquaredOptions, FeatureMap, type FeatureOptions } from "./feature-map.js";
export { LogsTran, type LogsTranOptions } from "./logs-tran.js";
export type { ModelParts, SystemName } from "./model-parts.js";
export { type Pairs, UNLABELED } from "./pairs.js";
export type { PreprocessingOptions } from "./prepare.js";
export { type SemanticSimilarity, similarities, toUnitVectors } from "./similarity.js";
export { fitLda, LdaModel, type LdaOptions } from "./text/lda.js";
export { createTokenizer, type TokenizerOptions } from "./text/tokenizer.js";
export { TxtNet, type TxtNetOptions } from "./text/txt-net.js";
export { Vocabulary, type VocabularyOptions, type WordCounts } from "./text/vocabulary.js";
export { Tower } from "./tower.js";
