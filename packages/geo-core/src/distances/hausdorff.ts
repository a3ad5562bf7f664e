import { distanceBetween } from "../internal/distances/prepare.js";
import type { TrajectoryDistanceOptions } from "./distance-metric.js";

/**
 * Hausdorff distance between two trajectories as sets of points (the segments between them do not count): how far the
 * most remote point of either lies from the other.
 *
 * Source: Hausdorff 1914, H(A, B) = max(h(A, B), h(B, A)) with h of {@link directedHausdorff}. A metric on finite sets of
 * points; the order of the points does not matter.
 *
 * Exact; O(n m) at worst, usually far less (early break and bounding boxes).
 *
 * @param a interleaved positions, `[n × 2]`, n ≥ 1
 * @param b interleaved positions, `[m × 2]`, m ≥ 1
 * @returns metres (or the plane's unit), ≥ 0; `Infinity` above `maxDistance`
 * @throws {ShapeError} an odd number of coordinates
 * @throws {ValueError} no points, a coordinate that is not finite or out of range, an option out of its range
 * @example
 * // (2, 0) is 1 away from the nearest point of a.
 * hausdorff(Float64Array.of(0, 0, 1, 0), Float64Array.of(0, 0, 2, 0), { pointMetric: "euclidean" }) // 1
 */
export function hausdorff(a: Float64Array, b: Float64Array, options: TrajectoryDistanceOptions = {}): number {
  return distanceBetween("hausdorff", a, b, options);
}

/**
 * Directed Hausdorff distance, h(A, B) = max over p in A of min over q in B of d(p, q). Not symmetric.
 *
 * Parameters and errors are those of {@link hausdorff}.
 *
 * @example
 * // Every point of a is a point of b.
 * directedHausdorff(Float64Array.of(0, 0), Float64Array.of(0, 0, 2, 0), { pointMetric: "euclidean" }) // 0
 */
export function directedHausdorff(
  a: Float64Array,
  b: Float64Array,
  options: TrajectoryDistanceOptions = {},
): number {
  return distanceBetween("directedHausdorff", a, b, options);
}
