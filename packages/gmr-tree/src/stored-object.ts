import type { Position } from "@wayweave/geo-core/foundation";
import type { AttributeValues } from "./attributes/schema.js";
import type { Id } from "./query.js";

/** An object as the tree has it. */
export interface StoredGmrObject<A, I extends Id> {
  readonly id: I;
  readonly position: Position;
  /** Of length 1, or zeros: what the given vector was scaled to. */
  readonly vector: Float32Array;
  readonly attributes: AttributeValues<A>;
}
