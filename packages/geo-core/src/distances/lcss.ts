import { distanceBetween } from "../internal/distances/prepare.js";
import type { LcssOptions } from "./distance-metric.js";

/**
 * Longest common subsequence distance: how much of the shorter trajectory has no counterpart within ε, in order, in the
 * other.
 *
 * Source: Vlachos, Kollios & Gunopulos 2002, "Discovering similar multidimensional trajectories", definitions 1–3:
 * LCSS = LCSS(n−1, m−1) + 1 where the last points match, else max(LCSS(n−1, m), LCSS(n, m−1)); S1 = LCSS / min(n, m);
 * D1 = 1 − S1. The paper matches per axis and strictly (< ε); here it is ≤ ε, and the index limit δ is optional.
 * Not a metric: trajectories at distance 0 may differ, and the triangle inequality fails.
 *
 * Exact, by 32 cells at a time in bit vectors: O(n ⌈m / 32⌉) steps beside the matching of points.
 *
 * @param a interleaved positions, `[n × 2]`, n ≥ 1
 * @param b interleaved positions, `[m × 2]`, m ≥ 1
 * @returns by default D1 in [0, 1]; `Infinity` above `maxDistance`
 * @throws {ShapeError} an odd number of coordinates
 * @throws {ValueError} no points, a coordinate that is not finite or out of range, an option out of its range, or
 *   `maxDistance` with a `value` that is no distance
 * @example
 * // One of the two points of a has a counterpart: 1 − 1/2.
 * lcss(Float64Array.of(0, 0, 5, 5), Float64Array.of(0, 0, 1, 0, 9, 0), { epsilon: 0.5, pointMetric: "euclidean" }) // 0.5
 */
export function lcss(a: Float64Array, b: Float64Array, options: LcssOptions): number {
  return distanceBetween("lcss", a, b, options);
}
