import { EARTH_RADIUS_METERS } from "@wayweave/geo-core";
import type { RunContext } from "../../experiment.js";
import { BestK } from "./best-k.js";
import { type ExhaustiveSearch, proximityOf, type QuerySettings, unitPoint } from "./exhaustive.js";
import type { ObjectSet } from "./objects.js";

/** Of so many groups each holds about as many objects: a condition on one passes one object in so many. */
export const GROUPS = 10_000;
/** What a third term weighs, taken from the two others alike. */
export const RECENCY_WEIGHT = 0.2;
/** After so many days the recency has fallen to 1/e. */
export const RECENCY_SCALE_DAYS = 30;

/** What a query asks beside place and meaning: objects of its group only, or recent ones first. */
export type Extra = "filter" | "recency";

/** Two attributes of each object. */
export interface ObjectAttributes {
  /** Whole numbers below {@link GROUPS}. */
  readonly group: Float64Array;
  /** Up to a year, in days. */
  readonly age: Float64Array;
}

export function drawAttributes(context: RunContext, { spec }: ObjectSet): ObjectAttributes {
  const random = context.random.split("attributes");
  const groups = random.split("group");
  const ages = random.split("age");
  return {
    group: Float64Array.from({ length: spec.objects }, () => groups.integer(GROUPS)),
    age: Float64Array.from({ length: spec.objects }, () => ages.uniform(0, 365)),
  };
}

/** The group that query q asks for. */
export function groupOf(q: number): number {
  return (q * 7919) % GROUPS;
}

/** Weights of proximity and similarity beside the recency's. */
export function weightsBesideRecency(mu: number): { proximity: number; similarity: number } {
  const rest = 1 - RECENCY_WEIGHT;
  return { proximity: mu * rest, similarity: (1 - mu) * rest };
}

/**
 * The baseline with attributes: a pass over all objects that leaves out those of other groups, or adds their recency; or over
 * a list of those that pass, made beforehand.
 */
export class ExhaustiveWithAttributes {
  readonly #set: ObjectSet;
  readonly #points: Float64Array;
  readonly #attributes: ObjectAttributes;

  constructor(set: ObjectSet, { points }: ExhaustiveSearch, attributes: ObjectAttributes) {
    this.#set = set;
    this.#points = points;
    this.#attributes = attributes;
  }

  /** The objects of query q's group. */
  passing(q: number): Uint32Array {
    const { group } = this.#attributes;
    const wanted = groupOf(q);
    const passing: number[] = [];
    for (let i = 0; i < group.length; i++) if (group[i] === wanted) passing.push(i);
    return Uint32Array.from(passing);
  }

  /**
   * The k best objects of query q; fewer are followed by zeros.
   *
   * @param list the objects that pass, where they are known
   */
  search(q: number, { mu, proximity, k }: QuerySettings, extra: Extra, list?: Uint32Array): Uint32Array {
    const { vectors, queryVectors, queryPositions, spec } = this.#set;
    const { dimensions, objects } = spec;
    const { group, age } = this.#attributes;
    const points = this.#points;
    const [px, py, pz] = unitPoint(queryPositions[2 * q]!, queryPositions[2 * q + 1]!);
    const query = Float64Array.from(queryVectors.subarray(q * dimensions, (q + 1) * dimensions));
    const isFilter = extra === "filter";
    const wanted = groupOf(q);
    const weights = isFilter ? { proximity: mu, similarity: 1 - mu } : weightsBesideRecency(mu);
    const best = new BestK(k);
    const count = list?.length ?? objects;
    for (let c = 0; c < count; c++) {
      const i = list === undefined ? c : list[c]!;
      if (isFilter && group[i] !== wanted) continue;
      let product = 0;
      for (let j = 0, at = i * dimensions; j < dimensions; j++) product += query[j]! * vectors[at + j]!;
      let known = weights.similarity * product;
      // As if the object were new, and here.
      const most = known + weights.proximity + (isFilter ? 0 : RECENCY_WEIGHT);
      if (most <= best.worst) continue;
      if (!isFilter) known += RECENCY_WEIGHT * Math.exp(-age[i]! / RECENCY_SCALE_DAYS);
      if (known + weights.proximity <= best.worst) continue;
      const dx = px - points[3 * i]!;
      const dy = py - points[3 * i + 1]!;
      const dz = pz - points[3 * i + 2]!;
      const half = Math.min(1, Math.sqrt(dx * dx + dy * dy + dz * dz) / 2);
      const meters = 2 * EARTH_RADIUS_METERS * Math.asin(half);
      best.offer(i, weights.proximity * proximityOf(proximity, meters, 0) + known);
    }
    return best.ids;
  }
}
