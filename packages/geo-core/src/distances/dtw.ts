import { distanceBetween } from "../internal/distances/prepare.js";
import type { DtwOptions } from "./distance-metric.js";

/**
 * Dynamic time warping distance: the least sum of point distances over all ways to walk both trajectories from start to
 * end without going back.
 *
 * Source: Sakoe & Chiba 1978, "Dynamic programming algorithm optimization for spoken word recognition", with symmetric
 * steps of weight 1: D(p, q) = d(p, q) + min(D(p−1, q), D(p, q−1), D(p−1, q−1)). The sum is not normalised by the path's
 * length (by the points of both where `value` asks for it), and the distances are not squared. Not a metric: the triangle inequality fails.
 *
 * O(n m) time, O(m) memory.
 *
 * @param a interleaved positions, `[n × 2]`, n ≥ 1
 * @param b interleaved positions, `[m × 2]`, m ≥ 1
 * @returns metres (or the plane's unit), ≥ 0; `Infinity` above `maxDistance`
 * @throws {ShapeError} an odd number of coordinates
 * @throws {ValueError} no points, a coordinate that is not finite or out of range, an option out of its range
 * @example
 * // The second point of a meets both later points of b: 0 + 0 + 1 = 1.
 * dtw(Float64Array.of(0, 0, 1, 0), Float64Array.of(0, 0, 1, 0, 2, 0), { pointMetric: "euclidean" }) // 1
 */
export function dtw(a: Float64Array, b: Float64Array, options: DtwOptions = {}): number {
  return distanceBetween("dtw", a, b, options);
}
