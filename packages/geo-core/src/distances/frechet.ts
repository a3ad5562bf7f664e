import { distanceBetween } from "../internal/distances/prepare.js";
import type { TrajectoryDistanceOptions } from "./distance-metric.js";

/**
 * Discrete Fréchet distance: the shortest leash with which two walkers can each step through the points of one
 * trajectory, from start to end without going back.
 *
 * Source: Eiter & Mannila 1994, "Computing discrete Fréchet distance":
 * C(p, q) = max(d(p, q), min(C(p−1, q), C(p, q−1), C(p−1, q−1))). A metric once repeated points are merged; never below
 * the Hausdorff distance.
 *
 * O(n m) time, O(m) memory.
 *
 * @param a interleaved positions, `[n × 2]`, n ≥ 1
 * @param b interleaved positions, `[m × 2]`, m ≥ 1
 * @returns metres (or the plane's unit), ≥ 0; `Infinity` above `maxDistance`
 * @throws {ShapeError} an odd number of coordinates
 * @throws {ValueError} no points, a coordinate that is not finite or out of range, an option out of its range
 * @example
 * // Parallel lines, 3 apart.
 * frechet(Float64Array.of(0, 0, 1, 0), Float64Array.of(0, 3, 1, 3), { pointMetric: "euclidean" }) // 3
 */
export function frechet(a: Float64Array, b: Float64Array, options: TrajectoryDistanceOptions = {}): number {
  return distanceBetween("frechet", a, b, options);
}
