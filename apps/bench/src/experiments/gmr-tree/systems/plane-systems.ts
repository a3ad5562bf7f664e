import { GmrTree } from "@wayweave/gmr-tree";
import Flatbush from "flatbush";
import { convexHull, visitNearestFirst } from "./nearest-first.js";
import type { SearchObjects } from "./objects.js";

/** Scores of eq. (3) to (6) on the plane, by plain loops. */
export class PlaneScores {
  readonly #set: SearchObjects;
  readonly #mu: number;
  readonly #hull: Float64Array;

  /** @param mu weight of proximity in eq. (3) */
  constructor(set: SearchObjects, mu: number) {
    this.#set = set;
    this.#mu = mu;
    this.#hull = convexHull(set.positions);
  }

  /** δmax of eq. (6), in degrees, for every system alike: the farthest object is a corner of the objects' convex hull. */
  #farthest(x: number, y: number): number {
    const positions = this.#hull;
    let squared = 0;
    for (let i = 0; i < positions.length; i += 2) {
      squared = Math.max(squared, (positions[i]! - x) ** 2 + (positions[i + 1]! - y) ** 2);
    }
    return Math.sqrt(squared);
  }

  /** The k best of some candidates, or of the first `count` objects. */
  best(
    q: number,
    k: number,
    count: number,
    candidates: readonly number[] | undefined,
  ): { readonly ids: Uint32Array } {
    const { positions, vectors, queryPositions, queryVectors, spec } = this.#set;
    const { dimensions } = spec;
    const mu = this.#mu;
    const [x, y] = [queryPositions[2 * q]!, queryPositions[2 * q + 1]!];
    const farthest = this.#farthest(x, y);
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
      insert(scores, ids, score, i);
    }
    return { ids };
  }

  /** The R-Tree baseline: objects by distance, one after the other, until the best that a farther one could score is not enough. */
  nearestFirst(index: Flatbush, q: number, k: number): Uint32Array {
    const { vectors, queryPositions, queryVectors, spec } = this.#set;
    const { dimensions } = spec;
    const mu = this.#mu;
    const [x, y] = [queryPositions[2 * q]!, queryPositions[2 * q + 1]!];
    const farthest = this.#farthest(x, y);
    const scores = new Float64Array(k).fill(Number.NEGATIVE_INFINITY);
    const ids = new Uint32Array(k);
    visitNearestFirst(index, x, y, (object, squared) => {
      const near = mu * (1 - Math.sqrt(squared) / farthest);
      if (near + (1 - mu) <= scores[k - 1]!) return false;
      let product = 0;
      for (let j = 0; j < dimensions; j++) {
        product += queryVectors[q * dimensions + j]! * vectors[object * dimensions + j]!;
      }
      insert(scores, ids, near + (1 - mu) * product, object);
      return true;
    });
    return ids;
  }
}

/** Puts a score in its place among the best, highest first, if it belongs there. */
function insert(scores: Float64Array, ids: Uint32Array, score: number, object: number): void {
  let place = scores.length - 1;
  if (score <= scores[place]!) return;
  for (; place > 0 && scores[place - 1]! < score; place--) {
    scores[place] = scores[place - 1]!;
    ids[place] = ids[place - 1]!;
  }
  scores[place] = score;
  ids[place] = object;
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
