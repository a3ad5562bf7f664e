import type { Position } from "@wayweave/geo-core/foundation";
import type { AttributeValues } from "./attributes/schema.js";
import type { Id } from "./query.js";

/** An object as the tree has it. */
export interface StoredGmrObject<A, I extends Id> {
  /** The id under which it was asked for. */
  readonly id: I;
  /** `[lon, lat]` in degrees, or `[x, y]` on a plane, as it was given. */
  readonly position: Position;
  /** Of length 1, or zeros: what the given vector was scaled to. */
  readonly vector: Float32Array;
  /** Those that are missing have no key. */
  readonly attributes: AttributeValues<A>;
}
