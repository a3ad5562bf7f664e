import { checkOptions } from "../foundation/check-options.js";
import { ValueError } from "../foundation/errors.js";
import { checkOneOf } from "../foundation/validate.js";
import { type PartMatch, partKernel } from "../internal/distances/part-kernel.js";
import { abandonBeyond, metresOf, type PreparedPoints } from "../internal/distances/points.js";
import { preparePair } from "../internal/distances/prepare.js";
import type { TrajectoryDistanceOptions } from "./distance-metric.js";

/** The part of a trajectory that comes nearest to a query. */
export interface SubtrajectoryMatch {
  /** From the query to the part; `Infinity` above `maxDistance`. */
  readonly distance: number;
  /** The part's first point. */
  readonly start: number;
  /** Past the part's last point, as in `slice`; 0, as `start`, where the distance is `Infinity`. */
  readonly end: number;
}

/** Options of {@link subtrajectoryDtw}. */
export interface SubtrajectoryDtwOptions extends TrajectoryDistanceOptions {
  /**
   * `sum`: as of `dtw`. `perPoint`: that divided by the query's number of points, so that queries of different lengths can be
   * compared. `maxDistance` is in the same terms.
   * @defaultValue "sum"
   */
  readonly value?: "sum" | "perPoint" | undefined;
}

/** Which distance {@link mutualSubtrajectory} uses, with the options of its function. */
export type SubtrajectoryMetric =
  | ({ readonly name: "dtw" } & SubtrajectoryDtwOptions)
  | ({ readonly name: "frechet" } & TrajectoryDistanceOptions);

/** What {@link mutualSubtrajectory} finds. */
export interface MutualSubtrajectoryMatch extends SubtrajectoryMatch {
  /** The trajectory of which the other one matches a part: `start` and `end` count its points. */
  readonly whole: "a" | "b";
}

/**
 * DTW between a query and the contiguous part of a trajectory that comes nearest to it: the least of `dtw(query, part)` over
 * all parts.
 *
 * Source: Müller 2007, "Information Retrieval for Music and Motion", §4.4 (subsequence DTW): the recurrence of `dtw`, which
 * may begin at any point of the trajectory and end at any. O(n m) time, O(m) memory.
 *
 * Of several equally near parts the one that ends first is taken, and of those the shortest that the recurrence finds.
 *
 * @param query interleaved positions, `[n × 2]`, n ≥ 1
 * @param whole interleaved positions, `[m × 2]`, m ≥ 1
 * @throws {ShapeError} an odd number of coordinates
 * @throws {ValueError} no points, a coordinate that is not finite or out of range, an option out of its range
 * @example
 * const whole = Float64Array.of(0, 0, 1, 0, 2, 0, 3, 0);
 * subtrajectoryDtw(Float64Array.of(1, 1, 2, 1), whole, { pointMetric: "euclidean" }) // { distance: 2, start: 1, end: 3 }
 */
export function subtrajectoryDtw(
  query: Float64Array,
  whole: Float64Array,
  options: SubtrajectoryDtwOptions = {},
): SubtrajectoryMatch {
  const where = "subtrajectoryDtw";
  checkOptions(where, options, ["pointMetric", "maxDistance", "value"]);
  const { points, maxDistance } = preparePair(where, ["query", query], ["whole", whole], options);
  return nearestPart({ name: "dtw", ...options }, where, points, 0, 1, maxDistance);
}

/**
 * Discrete Fréchet distance between a query and the contiguous part of a trajectory that comes nearest to it: the least of
 * `frechet(query, part)` over all parts. Everything else as {@link subtrajectoryDtw}.
 *
 * @example
 * const whole = Float64Array.of(0, 0, 1, 0, 2, 0, 3, 0);
 * subtrajectoryFrechet(Float64Array.of(1, 1, 2, 1), whole, { pointMetric: "euclidean" }) // { distance: 1, start: 1, end: 3 }
 */
export function subtrajectoryFrechet(
  query: Float64Array,
  whole: Float64Array,
  options: TrajectoryDistanceOptions = {},
): SubtrajectoryMatch {
  const where = "subtrajectoryFrechet";
  checkOptions(where, options, ["pointMetric", "maxDistance"]);
  const { points, maxDistance } = preparePair(where, ["query", query], ["whole", whole], options);
  return nearestPart({ name: "frechet", ...options }, where, points, 0, 1, maxDistance);
}

/**
 * The nearer of the two ways in which one of two trajectories can be a part of the other. The distance is symmetric.
 *
 * With `dtw` and `value: "sum"` the longer trajectory as the query adds up more distances, so this is mostly the shorter one's
 * distance from a part of the longer; `perPoint` makes both ways comparable.
 *
 * @throws {ShapeError} an odd number of coordinates
 * @throws {ValueError} no points, a coordinate that is not finite or out of range, an option out of its range
 * @example mutualSubtrajectory(cropped, track, { name: "frechet" }) // { distance, start, end, whole: "b" }
 */
export function mutualSubtrajectory(
  a: Float64Array,
  b: Float64Array,
  metric: SubtrajectoryMetric,
): MutualSubtrajectoryMatch {
  const where = "mutualSubtrajectory";
  if (typeof metric !== "object" || metric === null) {
    throw new ValueError(`${where}: metric must be an object such as { name: "dtw" }, got ${String(metric)}`);
  }
  checkOneOf(where, "metric.name", metric.name, ["dtw", "frechet"]);
  const known = ["name", "pointMetric", "maxDistance", "value"] as const;
  checkOptions<SubtrajectoryMetric>(where, metric, metric.name === "dtw" ? known : known.slice(0, 3));
  const { points, maxDistance } = preparePair(where, ["a", a], ["b", b], metric);
  const inB = nearestPart(metric, where, points, 0, 1, maxDistance);
  const inA = nearestPart(metric, where, points, 1, 0, Math.min(maxDistance, inB.distance));
  return inA.distance < inB.distance ? { ...inA, whole: "a" } : { ...inB, whole: "b" };
}

/** The part of trajectory `whole` nearest to trajectory `query`, in the terms of the metric. */
function nearestPart(
  metric: SubtrajectoryMetric,
  where: string,
  points: PreparedPoints,
  query: number,
  whole: number,
  maxDistance: number,
): SubtrajectoryMatch {
  const { curvature, offsets } = points;
  let match: PartMatch;
  let distance: number;
  if (metric.name === "frechet") {
    match = partKernel(points, query, points, whole, false, abandonBeyond(maxDistance, curvature));
    distance = metresOf(match.value, curvature);
  } else {
    const { value = "sum" } = metric;
    checkOneOf(where, "value", value, ["sum", "perPoint"]);
    const divisor = value === "sum" ? 1 : offsets[query + 1]! - offsets[query]!;
    match = partKernel(points, query, points, whole, true, maxDistance * divisor * (1 + 1e-12));
    distance = match.value / divisor;
  }
  if (!(distance <= maxDistance) || match.value === Infinity) return { distance: Infinity, start: 0, end: 0 };
  return { distance, start: match.start, end: match.end };
}
