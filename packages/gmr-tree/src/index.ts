export { FormatError, ShapeError, StateError, ValueError } from "@wayweave/geo-core/foundation";
export {
  type AttributeColumn,
  type AttributeColumns,
  type Attributes,
  type AttributesOf,
  type AttributeType,
  type AttributeValues,
  attributeTypes,
  type NoAttributes,
} from "./attributes/schema.js";
export { type Signal, signalKinds } from "./attributes/signals.js";
export type { Condition, Where } from "./attributes/where.js";
export type { ReadOptions } from "./build-tree.js";
export type { GmrObject, GmrTreeColumns, GmrTreeOptions, TreeOptions } from "./columns.js";
export { type Explanation, explainSearch } from "./explain.js";
export { GmrTree } from "./gmr-tree.js";
export type { KernelKind } from "./internal/kernels.js";
export type { Bbox } from "./internal/region.js";
export { type KgmcmsQuery, type KgmcmsResult, kgmcms } from "./kgmcms.js";
export { mergeHits } from "./merge-hits.js";
export type { AlikeQuery, NearQuery } from "./one-sided.js";
export { checkProximity, type Proximity, proximityKinds } from "./proximity.js";
export type { Cursor, Hit, Id, SearchQuery, SearchSettings, StreamQuery } from "./query.js";
export { objectsInBbox, objectsWithin } from "./range.js";
export type { SearchManyOptions, SearchManyQuery, SearchManyResult } from "./search-many.js";
export { type SignatureMatch, type SignatureOptions, signatureKinds } from "./signatures.js";
export type { StoredGmrObject } from "./stored-object.js";
export type { SearchWorker } from "./worker-thread.js";
