import type { ImageEncoder, TextEncoder } from "../encoders/encoder.js";
import type { CommonSpace } from "./common-space.js";
import type { StoredItem, Trees } from "./index-builder.js";
import type { ItemFailure } from "./items.js";
import type { AttributeTypes } from "./where.js";

/** The encoders of an index; an index of photos alone or texts alone has one. */
export interface Encoders<Image> {
  /** For photos, as items and as queries. */
  readonly image?: ImageEncoder<Image>;
  /** For texts, as items and as queries. */
  readonly text?: TextEncoder;
}

/** What an index consists of. */
export interface IndexParts<Image, Payload> {
  readonly encoders: Encoders<Image>;
  readonly space: CommonSpace;
  readonly items: readonly StoredItem<Payload>[];
  readonly trees: Trees;
  /** Attributes of the items, for `where`. */
  readonly attributes: AttributeTypes;
  readonly failures: readonly ItemFailure[];
}
