export {
  CanonicalCorrelation,
  type CanonicalCorrelationConfig,
} from "./baselines/canonical-correlation.js";
export {
  GeneralizedMultiview,
  type GeneralizedMultiviewConfig,
} from "./baselines/generalized-multiview.js";
export { SemanticMatching, type SemanticMatchingConfig } from "./baselines/semantic-matching.js";
export { CorrProj, type CorrProjOptions } from "./model/corr-proj.js";
export { CoSMat, type CoSMatConfig } from "./model/cosmat.js";
export { CrossModalModel } from "./model/cross-modal-model.js";
export { addTower, type BackboneExport, type Modality } from "./model/export-onnx.js";
export { type ChiSquaredOptions, FeatureMap, type FeatureOptions } from "./model/feature-map.js";
export { LogsTran, type LogsTranOptions } from "./model/logs-tran.js";
export type { PreprocessingOptions } from "./model/mapped-pairs.js";
export type { ModelParts, SystemName } from "./model/model-parts.js";
export { type LabeledPairs, type Pairs, UNLABELED } from "./model/pairs.js";
export type { SettingName, Settings } from "./model/settings.js";
export { type SemanticSimilarity, similarities, toUnitVectors } from "./model/similarity.js";
export { Tower } from "./model/tower.js";
export type { FitOptions, TuneOptions, TuningReport } from "./model/tuning/options.js";
export type { Modality as ItemModality } from "./search/common-space.js";
export { GeoMultimediaIndex, type IndexHit } from "./search/geo-multimedia-index.js";
export type { StoredItem } from "./search/index-builder.js";
export type { Encoders } from "./search/index-parts.js";
export type { GeoItem, ItemFailure } from "./search/items.js";
export type { BuildOptions, IndexQuery, SearchQuery } from "./search/options.js";
export { photoPosition } from "./search/photo-position.js";
export type { Attributes, Condition, GivenAttributes, Where } from "./search/where.js";
export { fitLda, LdaModel, type LdaOptions } from "./text/lda.js";
export { createTokenizer, type TokenizerOptions } from "./text/tokenizer.js";
export { TxtNet } from "./text/txt-net.js";
export type { TxtNetOptions } from "./text/txt-net-model.js";
export { Vocabulary, type VocabularyOptions, type WordCounts } from "./text/vocabulary.js";
