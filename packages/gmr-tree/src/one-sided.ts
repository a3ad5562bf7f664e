import type { Position } from "@wayweave/geo-core/foundation";
import type { NoAttributes } from "./attributes/schema.js";
import { preparePredicates, type Where } from "./attributes/where.js";
import {
  answering,
  checkCallbacks,
  checkKeys,
  checkNonNegative,
  checkPosition,
  checkPositiveInteger,
} from "./internal/checks.js";
import { nearestObjects } from "./internal/nearest-objects.js";
import { prepareSearch, type TreeContents } from "./internal/prepare-search.js";
import { noCounts, searchPrepared } from "./internal/search-forest.js";
import type { Id } from "./query.js";

/** The nearest objects, whatever they mean. */
export interface NearQuery<A = NoAttributes, I extends Id = number> {
  /** Where to look: `[lon, lat]` in degrees, or `[x, y]` on a plane. */
  readonly position: Position;
  /** Default 10; Infinity for all. */
  readonly k?: number | undefined;
  /** Objects farther away are left out: metres, or the coordinates' unit on a plane, ≥ 0. Default Infinity. */
  readonly maxDistanceMeters?: number | undefined;
  /** Conditions on attributes, all of which an object must meet. */
  readonly where?: Where<A> | undefined;
  /** Objects for which it returns false are left out; not async; called for candidates only. */
  readonly filter?: ((id: I) => boolean) | undefined;
}

/** The most similar objects, wherever they are. */
export interface AlikeQuery<A = NoAttributes, I extends Id = number> {
  /** What to look for: as long as the tree's vectors, of any length (norm). */
  readonly vector: ArrayLike<number>;
  /** Default 10; Infinity for all. */
  readonly k?: number | undefined;
  /** Objects less similar are left out, as in {@link SearchSettings.minSimilarity}. In [−1, 1], default −1. */
  readonly minSimilarity?: number | undefined;
  /** Conditions on attributes, all of which an object must meet. */
  readonly where?: Where<A> | undefined;
  /** Objects for which it returns false are left out; not async; called for candidates only. */
  readonly filter?: ((id: I) => boolean) | undefined;
}

export function findNear(
  where: string,
  { forest, ids }: TreeContents,
  query: NearQuery<never, Id>,
): { readonly id: Id; readonly distanceMeters: number }[] {
  checkKeys(where, "query", query, ["position", "k", "maxDistanceMeters", "where", "filter"]);
  const { position, k = 10, maxDistanceMeters = Number.POSITIVE_INFINITY, filter } = query;
  checkPosition(where, "position", position, forest.options.planar);
  if (k !== Number.POSITIVE_INFINITY) checkPositiveInteger(where, "k", k);
  checkNonNegative(where, "maxDistanceMeters", maxDistanceMeters);
  checkCallbacks(where, { filter });
  const found = nearestObjects(forest, {
    x: position[0],
    y: position[1],
    k,
    maxDistance: maxDistanceMeters,
    predicates: preparePredicates(where, forest.options.schema, query.where),
    filter: answering(where, filter),
    names: ids?.names,
  });
  return found.map(({ id, distance }) => ({ id, distanceMeters: distance }));
}

/** Somewhere, where everything is equally near. */
const anywhere = {
  position: [0, 0],
  mu: 0,
  proximity: { kind: "linear", scaleMeters: 1, offsetMeters: Number.POSITIVE_INFINITY },
} as const;

export function findAlike(
  where: string,
  contents: TreeContents,
  query: AlikeQuery<never, Id>,
): { readonly id: Id; readonly similarity: number }[] {
  checkKeys(where, "query", query, ["vector", "k", "minSimilarity", "where", "filter"]);
  const prepared = prepareSearch(where, contents, { ...query, ...anywhere });
  return searchPrepared(contents.forest, prepared, noCounts()).map(({ id, similarity }) => ({
    id,
    similarity,
  }));
}
