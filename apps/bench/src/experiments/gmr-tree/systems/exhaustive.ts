import { EARTH_RADIUS_METERS } from "@wayweave/geo-core";
import type { Proximity } from "@wayweave/gmr-tree";
import type { ObjectSet } from "./objects.js";

const RADIANS = Math.PI / 180;

/** What a query weighs, and how many objects it wants. */
export interface QuerySettings {
  readonly mu: number;
  readonly proximity: Proximity;
  readonly k: number;
}

/**
 * The baseline: scores every object and keeps the k best. As fast as plain loops allow: unit vectors of the positions are
 * made beforehand, so that a distance is one square root and one arcsine, and an object that could not make the list at
 * distance 0 is not measured at all.
 */
export class ExhaustiveSearch {
  readonly #set: ObjectSet;
  /** Unit vectors of the positions: [objects, 3]. */
  readonly points: Float64Array;

  constructor(set: ObjectSet) {
    this.#set = set;
    this.points = new Float64Array(3 * set.spec.objects);
    for (let i = 0; i < set.spec.objects; i++) {
      this.points.set(unitPoint(set.positions[2 * i]!, set.positions[2 * i + 1]!), 3 * i);
    }
  }

  get bytes(): number {
    return this.points.byteLength + this.#set.vectors.byteLength;
  }

  /** δmax of eq. (6). */
  farthest(x: number, y: number): number {
    const points = this.points;
    const [px, py, pz] = unitPoint(x, y);
    let least = 1;
    for (let i = 0; i < points.length; i += 3) {
      const cosine = px * points[i]! + py * points[i + 1]! + pz * points[i + 2]!;
      if (cosine < least) least = cosine;
    }
    return EARTH_RADIUS_METERS * Math.acos(Math.max(-1, least));
  }

  /** The k best objects of query q, best first. */
  search(q: number, settings: QuerySettings): Uint32Array {
    const { queryPositions, spec } = this.#set;
    const farthest =
      settings.proximity.kind === "relative"
        ? this.farthest(queryPositions[2 * q]!, queryPositions[2 * q + 1]!)
        : 0;
    return this.best(q, settings, farthest, spec.objects, undefined);
  }

  /** The k best of some candidates, or of the first `count` objects. */
  best(
    q: number,
    { mu, proximity, k }: QuerySettings,
    farthest: number,
    count: number,
    candidates: ArrayLike<number> | undefined,
  ): Uint32Array {
    const { vectors, queryVectors, queryPositions, spec } = this.#set;
    const points = this.points;
    const { dimensions } = spec;
    const [px, py, pz] = unitPoint(queryPositions[2 * q]!, queryPositions[2 * q + 1]!);
    const query = Float64Array.from(queryVectors.subarray(q * dimensions, (q + 1) * dimensions));
    const scores = new Float64Array(k).fill(Number.NEGATIVE_INFINITY);
    const best = new Uint32Array(k);
    let worst = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < count; c++) {
      const i = candidates === undefined ? c : candidates[c]!;
      let product = 0;
      for (let j = 0, at = i * dimensions; j < dimensions; j++) product += query[j]! * vectors[at + j]!;
      const semantic = (1 - mu) * product;
      if (mu + semantic <= worst) continue;
      const dx = px - points[3 * i]!;
      const dy = py - points[3 * i + 1]!;
      const dz = pz - points[3 * i + 2]!;
      const half = Math.min(1, Math.sqrt(dx * dx + dy * dy + dz * dz) / 2);
      const meters = 2 * EARTH_RADIUS_METERS * Math.asin(half);
      const score = mu * proximityOf(proximity, meters, farthest) + semantic;
      if (score <= worst) continue;
      let place = k - 1;
      for (; place > 0 && scores[place - 1]! < score; place--) {
        scores[place] = scores[place - 1]!;
        best[place] = best[place - 1]!;
      }
      scores[place] = score;
      best[place] = i;
      worst = scores[k - 1]!;
    }
    return best;
  }
}

export function unitPoint(lon: number, lat: number): [number, number, number] {
  const cosLat = Math.cos(lat * RADIANS);
  return [cosLat * Math.cos(lon * RADIANS), cosLat * Math.sin(lon * RADIANS), Math.sin(lat * RADIANS)];
}

export function proximityOf(proximity: Proximity, meters: number, farthest: number): number {
  if (proximity.kind === "relative") return 1 - meters / farthest;
  const t = meters / proximity.scaleMeters;
  if (proximity.kind === "linear") return Math.max(0, 1 - t);
  return proximity.kind === "exponential" ? Math.exp(-t) : Math.exp(-0.5 * t * t);
}
