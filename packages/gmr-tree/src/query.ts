import type { Position } from "@wayweave/geo-core";
import {
  checkInRange,
  checkLength,
  checkNonNegative,
  checkPosition,
  checkPositiveInteger,
} from "./internal/checks.js";
import { type PreparedProximity, prepareProximity } from "./internal/proximity-kernel.js";
import { writeUnitVector } from "./internal/unit-vector.js";
import { checkProximity, type Proximity } from "./proximity.js";

/** What to look for: a place and a meaning, and how much each counts. */
export interface StreamQuery {
  /** `[lon, lat]` in degrees, or `[x, y]` on a plane. */
  readonly position: Position;
  /** As long as the tree's vectors; of any length (norm). A zero vector is similar to nothing: similarity 0. */
  readonly vector: ArrayLike<number>;
  /** Weight μ of the proximity in [0, 1]; the similarity's is 1 − μ. Default 0.5. */
  readonly mu?: number;
  /** Default `{ kind: "relative" }`, the paper's. */
  readonly proximity?: Proximity;
  /** Objects farther away are left out. */
  readonly maxDistanceMeters?: number;
  /** Objects less similar are left out. In [−1, 1]. */
  readonly minSimilarity?: number;
  /** Objects for which it returns false are left out. Called only for candidates, in no particular order. */
  readonly filter?: (id: number) => boolean;
}

export interface SearchQuery extends StreamQuery {
  /** How many hits; fewer come back only where fewer objects qualify. Default 10. */
  readonly k?: number;
}

/** One object found, with its score taken apart: `score = μ·proximity + (1 − μ)·similarity`. */
export interface Hit {
  readonly id: number;
  readonly score: number;
  /** Great-circle metres, or the coordinates' unit on a plane. */
  readonly distanceMeters: number;
  /** In [0, 1]. */
  readonly proximity: number;
  /** Cosine, in [−1, 1]. */
  readonly similarity: number;
}

/** A checked query in the form that searches use. */
export interface PreparedQuery {
  readonly k: number;
  readonly x: number;
  readonly y: number;
  /** Unit vector, or zeros. */
  readonly unit: Float64Array;
  readonly hasDirection: boolean;
  readonly mu: number;
  readonly proximity: PreparedProximity;
  readonly maxDistance: number;
  readonly minSimilarity: number;
  readonly filter: ((id: number) => boolean) | undefined;
}

/**
 * Checks a query and fills in its defaults.
 *
 * @param farthest δmax of a position; called only for the `relative` proximity
 */
export function prepareQuery(
  where: string,
  query: SearchQuery,
  dimensions: number,
  planar: boolean,
  farthest: (x: number, y: number) => number,
): PreparedQuery {
  const { position, vector, k = 10, mu = 0.5, proximity = { kind: "relative" }, filter } = query;
  checkPosition(where, "position", position, planar);
  checkLength(where, "vector", vector, dimensions);
  checkPositiveInteger(where, "k", k);
  checkInRange(where, "mu", mu, 0, 1);
  checkProximity(where, proximity);
  if (query.maxDistanceMeters !== undefined) {
    checkNonNegative(where, "maxDistanceMeters", query.maxDistanceMeters);
  }
  if (query.minSimilarity !== undefined) checkInRange(where, "minSimilarity", query.minSimilarity, -1, 1);
  const unit = new Float64Array(dimensions);
  writeUnitVector(where, "vector", vector, 0, dimensions, unit, 0);
  const [x, y] = position;
  return {
    k,
    x,
    y,
    unit,
    hasDirection: unit.some((entry) => entry !== 0),
    mu,
    proximity: prepareProximity(proximity, () => farthest(x, y)),
    maxDistance: query.maxDistanceMeters ?? Number.POSITIVE_INFINITY,
    minSimilarity: query.minSimilarity ?? -1,
    filter,
  };
}
