import { GmrTree } from "@wayweave/gmr-tree";
import Flatbush from "flatbush";
import type { SearchObjects } from "./objects.js";

/** Scores of eq. (3) to (6) on the plane, by plain loops. */
export class PlaneScores {
  readonly #set: SearchObjects;
  readonly #mu: number;

  /** @param mu weight of proximity in eq. (3) */
  constructor(set: SearchObjects, mu: number) {
    this.#set = set;
    this.#mu = mu;
  }

  /** δmax of eq. (6), in degrees. */
  #farthest(x: number, y: number): number {
    const { positions } = this.#set;
    let squared = 0;
    for (let i = 0; i < positions.length; i += 2) {
      squared = Math.max(squared, (positions[i]! - x) ** 2 + (positions[i + 1]! - y) ** 2);
    }
    return Math.sqrt(squared);
  }

  /** The k best of some candidates, or of the first `count` objects, with the k-th score and δmax. */
  best(q: number, k: number, count: number, candidates: readonly number[] | undefined, known?: number) {
    const { positions, vectors, queryPositions, queryVectors, spec } = this.#set;
    const { dimensions } = spec;
    const mu = this.#mu;
    const [x, y] = [queryPositions[2 * q]!, queryPositions[2 * q + 1]!];
    const farthest = known ?? this.#farthest(x, y);
    const scores = new Float64Array(k).fill(Number.NEGATIVE_INFINITY);
    const ids = new Uint32Array(k);
    for (let c = 0; c < count; c++) {
      const i = candidates === undefined ? c : candidates[c]!;
      let product = 0;
      for (let j = 0; j < dimensions; j++)
        product += queryVectors[q * dimensions + j]! * vectors[i * dimensions + j]!;
      const dx = positions[2 * i]! - x;
      const dy = positions[2 * i + 1]! - y;
      const score = mu * (1 - Math.sqrt(dx * dx + dy * dy) / farthest) + (1 - mu) * product;
      if (score <= scores[k - 1]!) continue;
      let place = k - 1;
      for (; place > 0 && scores[place - 1]! < score; place--) {
        scores[place] = scores[place - 1]!;
        ids[place] = ids[place - 1]!;
      }
      scores[place] = score;
      ids[place] = i;
    }
    return { ids, worst: scores[k - 1]!, farthest };
  }

  /** The R-Tree baseline: objects by distance, until the best that a farther one could score is not enough. */
  nearestFirst(index: Flatbush, q: number, k: number): Uint32Array {
    const { positions, queryPositions, spec } = this.#set;
    const [x, y] = [queryPositions[2 * q]!, queryPositions[2 * q + 1]!];
    const farthest = this.#farthest(x, y);
    for (let fetched = 16 * k; ; fetched *= 2) {
      const candidates = index.neighbors(x, y, fetched);
      const { ids, worst } = this.best(q, k, candidates.length, candidates, farthest);
      const last = candidates.at(-1)!;
      const reached = Math.hypot(positions[2 * last]! - x, positions[2 * last + 1]! - y);
      if (candidates.length === spec.objects || this.#mu * (1 - reached / farthest) + (1 - this.#mu) <= worst)
        return ids;
    }
  }
}

export function buildPlaneTree({ spec, positions, vectors }: SearchObjects): GmrTree {
  return GmrTree.build({
    dimensions: spec.dimensions,
    coordinateSystem: "planar",
    positions,
    vectors,
    signature: { kind: "largest", count: 2 },
  });
}

export function buildFlatbush({ spec, positions }: SearchObjects): Flatbush {
  const index = new Flatbush(spec.objects);
  for (let i = 0; i < spec.objects; i++) index.add(positions[2 * i]!, positions[2 * i + 1]!);
  index.finish();
  return index;
}
