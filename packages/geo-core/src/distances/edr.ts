import { distanceBetween } from "../internal/distances/prepare.js";
import type { EdrOptions } from "./distance-metric.js";

/**
 * Edit distance on real sequences: the fewest insertions, deletions and replacements of points that turn one trajectory
 * into the other, where points within ε count as equal.
 *
 * Source: Chen, Özsu & Oria 2005, "Robust and fast similarity search for moving object trajectories", definition 2:
 * EDR(n, m) = min(EDR(n−1, m−1) + [no match], EDR(n−1, m) + 1, EDR(n, m−1) + 1), EDR(n, 0) = n, EDR(0, m) = m. The
 * paper matches per axis and does not normalise; see {@link EdrOptions}. Coordinates are not standardised first.
 *
 * Exact, by 32 cells at a time in bit vectors: O(n ⌈m / 32⌉) steps beside the matching of points.
 *
 * @param a interleaved positions, `[n × 2]`, n ≥ 1
 * @param b interleaved positions, `[m × 2]`, m ≥ 1
 * @returns edits in [0, max(n, m)], or their share of it; `Infinity` above `maxDistance`
 * @throws {ShapeError} an odd number of coordinates
 * @throws {ValueError} no points, a coordinate that is not finite or out of range, an option out of its range
 * @example
 * // Both points of a match the first two of b; one insertion remains.
 * edr(Float64Array.of(0, 0, 1, 0), Float64Array.of(0, 0, 1, 0, 9, 0), { epsilon: 0.5, pointMetric: "euclidean" }) // 1
 */
export function edr(a: Float64Array, b: Float64Array, options: EdrOptions): number {
  return distanceBetween("edr", a, b, options);
}
