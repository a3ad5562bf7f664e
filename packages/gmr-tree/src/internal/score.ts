import { haversineMeters } from "@wayweave/geo-core";
import type { Hit, PreparedQuery } from "../query.js";
import { proximityAt } from "./proximity-kernel.js";

/*
 * The arithmetic of a score, in one place: the search, the tail of new objects and the exhaustive search all use
 * these functions, so that their results are equal to the last bit.
 */

/**
 * Cosine similarity of a float64 query and a stored float32 vector, both of length 1 (or 0): their scalar product,
 * without its rounding excess over ±1.
 */
export function similarityOf(query: Float64Array, vectors: Float32Array, offset: number): number {
  const length = query.length;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let j = 0;
  // Four sums that do not wait for each other.
  for (; j + 3 < length; j += 4) {
    a += query[j]! * vectors[offset + j]!;
    b += query[j + 1]! * vectors[offset + j + 1]!;
    c += query[j + 2]! * vectors[offset + j + 2]!;
    d += query[j + 3]! * vectors[offset + j + 3]!;
  }
  for (; j < length; j++) a += query[j]! * vectors[offset + j]!;
  const product = a + b + (c + d);
  return Math.max(-1, Math.min(1, product));
}

/** Distance in metres on the sphere, or in the coordinates' unit on the plane. */
export function distanceBetween(planar: boolean, ax: number, ay: number, bx: number, by: number): number {
  if (!planar) return haversineMeters(ax, ay, bx, by);
  const dx = ax - bx;
  const dy = ay - by;
  return Math.sqrt(dx * dx + dy * dy);
}

/**
 * Scores one object against a query by eq. (3) of the paper, F = μ·proximity + (1 − μ)·similarity.
 *
 * @param vectors holds the object's unit vector from `offset` on
 * @returns undefined where the query's distance or similarity limit leaves the object out
 */
export function scoreObject(
  query: PreparedQuery,
  planar: boolean,
  id: number,
  x: number,
  y: number,
  vectors: Float32Array,
  offset: number,
): Hit | undefined {
  const distanceMeters = distanceBetween(planar, query.x, query.y, x, y);
  if (distanceMeters > query.maxDistance) return undefined;
  const similarity = similarityOf(query.unit, vectors, offset);
  if (similarity < query.minSimilarity) return undefined;
  const proximity = proximityAt(query.proximity, distanceMeters);
  const score = query.mu * proximity + (1 - query.mu) * similarity;
  return { id, score, distanceMeters, proximity, similarity };
}
