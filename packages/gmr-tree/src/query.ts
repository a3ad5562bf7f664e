import { type Position, ValueError } from "@wayweave/geo-core/foundation";
import type { NoAttributes, Schema } from "./attributes/schema.js";
import { LARGEST_WEIGHT, type PreparedSignal, prepareSignals, type Signal } from "./attributes/signals.js";
import { type Predicate, preparePredicates, type Where } from "./attributes/where.js";
import {
  checkArray,
  checkCallbacks,
  checkId,
  checkInRange,
  checkKeys,
  checkLength,
  checkNonNegative,
  checkPosition,
  checkPositiveInteger,
  checkStringId,
  shown,
} from "./internal/checks.js";
import { checkProximity, type Proximity } from "./proximity.js";

/** An object's id: whole numbers in [0, 2³² − 2], or strings. One tree has ids of one kind. */
export type Id = number | string;

/** What narrows a search down and what weighs in it, but for place and meaning. */
export interface SearchSettings<A = NoAttributes, I extends Id = number> {
  /** Weight μ of the proximity in [0, 1]; the similarity's is 1 − μ. Default 0.5. */
  readonly mu?: number | undefined;
  /** Both weights, ≥ 0, in place of `mu`: where further signals weigh in too, all may add up to 1. */
  readonly weights?: { readonly proximity: number; readonly similarity: number } | undefined;
  /** Up to four further terms of the score, on attributes that are numbers. */
  readonly signals?: readonly Signal<A>[] | undefined;
  /** Default `{ kind: "relative" }`, the paper's. */
  readonly proximity?: Proximity | undefined;
  /** Objects farther away are left out. Infinity leaves none out. */
  readonly maxDistanceMeters?: number | undefined;
  /**
   * Objects less similar are left out. In [−1, 1]. Vectors are stored in float32, which may leave one's similarity with itself
   * up to 2⁻²³ below 1: limits above 1 − 2⁻²³ count as that.
   */
  readonly minSimilarity?: number | undefined;
  /** Objects that score less are left out: the k-th score of one shard, say, when the next is searched. */
  readonly minScore?: number | undefined;
  /** Conditions on attributes, all of which an object must meet. */
  readonly where?: Where<A> | undefined;
  /** Objects for which it returns false are left out; not async. Called only for candidates, in no particular order. */
  readonly filter?: ((id: I) => boolean) | undefined;
}

/** What to look for: a place and a meaning, and how much each counts. */
export interface StreamQuery<A = NoAttributes, I extends Id = number> extends SearchSettings<A, I> {
  /** `[lon, lat]` in degrees, or `[x, y]` on a plane. */
  readonly position: Position;
  /** As long as the tree's vectors; of any length (norm). A zero vector is similar to nothing: similarity 0. */
  readonly vector: ArrayLike<number>;
}

/** A query for the k best objects, or for a page of them. */
export interface SearchQuery<A = NoAttributes, I extends Id = number> extends StreamQuery<A, I> {
  /** How many hits; fewer come back only where fewer objects qualify. Default 10; Infinity for all. */
  readonly k?: number | undefined;
  /** The last hit of the page before: hits that come after it in the order of scores and ids are found. */
  readonly after?: Cursor<I> | undefined;
}

/** Where a page of hits ended: any hit is one. Stays right when objects come and go, also the hit itself. */
export interface Cursor<I extends Id = number> {
  /** The score of the page's last hit. */
  readonly score: number;
  /** The id of the page's last hit, which orders hits of the same score. */
  readonly id: I;
}

/** One object found, with its score taken apart: `score = μ·proximity + (1 − μ)·similarity + Σ weight·signal`. */
export interface Hit<I extends Id = number> {
  /** The object's id, as it was given or handed out. */
  readonly id: I;
  /**
   * What hits are ordered by, best first: in [−1, 1] with `mu` and no signals, in other cases up to the sum of the
   * weights.
   */
  readonly score: number;
  /** Great-circle metres, or the coordinates' unit on a plane. */
  readonly distanceMeters: number;
  /** In [0, 1]. */
  readonly proximity: number;
  /** Cosine, in [−1, 1]. */
  readonly similarity: number;
  /** Each signal's value in [0, 1], before its weight; only where the query has signals. */
  readonly signals?: readonly number[];
}

/** A checked query's settings as plain data, which other threads can take. */
export interface PreparedSettings {
  readonly k: number;
  /** Weight of the proximity. */
  readonly mu: number;
  /** Weight of the similarity. */
  readonly nu: number;
  readonly proximity: Proximity;
  readonly maxDistance: number;
  readonly minSimilarity: number;
  readonly minScore: number;
  readonly after: Cursor<Id> | undefined;
  readonly predicates: readonly Predicate[];
  readonly signals: readonly PreparedSignal[];
}

/** The names of {@link SearchSettings}, as an unknown option is told. */
export const settingNames = [
  "mu",
  "weights",
  "signals",
  "proximity",
  "maxDistanceMeters",
  "minSimilarity",
  "minScore",
  "where",
  "filter",
] as const;
export const queryNames = [...settingNames, "position", "vector", "k", "after"] as const;

/** A limit above this would leave out a vector that equals the query's. */
const SAME_DIRECTION = 1 - 2 ** -23;

/** Checks a query's settings and fills in their defaults. */
export function prepareSettings(
  where: string,
  query: Omit<SearchQuery<never, Id>, "position" | "vector">,
  schema: Schema,
): PreparedSettings {
  const { k = 10, proximity = { kind: "relative" }, filter, after } = query;
  if (k !== Number.POSITIVE_INFINITY) checkPositiveInteger(where, "k", k);
  const { maxDistanceMeters = Number.POSITIVE_INFINITY, minSimilarity = -1 } = query;
  checkNonNegative(where, "maxDistanceMeters", maxDistanceMeters);
  checkInRange(where, "minSimilarity", minSimilarity, -1, 1);
  const { minScore = Number.NEGATIVE_INFINITY } = query;
  if (typeof minScore !== "number" || Number.isNaN(minScore)) {
    throw new ValueError(`${where}: minScore must be a number, got ${shown(minScore)}`);
  }
  checkCallbacks(where, { filter });
  checkProximity(where, proximity);
  return {
    k,
    ...weightsOf(where, query),
    proximity,
    maxDistance: maxDistanceMeters,
    minSimilarity: Math.min(minSimilarity, SAME_DIRECTION),
    minScore,
    after,
    predicates: preparePredicates(where, schema, query.where),
    signals: prepareSignals(where, schema, query.signals),
  };
}

function weightsOf(where: string, { mu, weights }: SearchSettings<never, Id>): { mu: number; nu: number } {
  if (weights === undefined) {
    checkInRange(where, "mu", mu ?? 0.5, 0, 1);
    return { mu: mu ?? 0.5, nu: 1 - (mu ?? 0.5) };
  }
  if (mu !== undefined) throw new ValueError(`${where}: mu must be left out where weights are given`);
  checkKeys(`${where}: weights`, "weights", weights, ["proximity", "similarity"]);
  checkInRange(where, "weights.proximity", weights.proximity, 0, LARGEST_WEIGHT);
  checkInRange(where, "weights.similarity", weights.similarity, 0, LARGEST_WEIGHT);
  return { mu: weights.proximity, nu: weights.similarity };
}

/** Requires a hit of a tree with ids of this kind: compared with another's, none would come after it, or all. */
export function checkCursor(where: string, after: Cursor<Id>, areStrings: boolean): void {
  if (typeof after !== "object" || after === null || Array.isArray(after)) {
    throw new ValueError(`${where}: after must be a hit, or its { score, id }, got ${shown(after)}`);
  }
  if (typeof after.score !== "number" || Number.isNaN(after.score)) {
    throw new ValueError(`${where}: after.score must be a number, got ${shown(after.score)}`);
  }
  if (areStrings) checkStringId(where, "after.id", after.id);
  else checkId(where, "after.id", after.id);
}

/** Checks where and what a query is about. */
export function checkTarget(
  where: string,
  position: Position,
  vector: ArrayLike<number>,
  dimensions: number,
  planar: boolean,
): void {
  checkPosition(where, "position", position, planar);
  checkArray(where, "vector", vector);
  checkLength(where, "vector", vector, dimensions);
}
