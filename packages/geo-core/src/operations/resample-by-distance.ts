import { checkOptions } from "../foundation/check-options.js";
import { ValueError } from "../foundation/errors.js";
import { checkGiven, checkPositive } from "../foundation/validate.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { checkPointCount, DEFAULT_MAX_POINTS, pointsBetween, stepLength } from "./between-points.js";

/** Options of {@link resampleByDistance}. */
export interface ResampleByDistanceOptions {
  /** Metres between two positions (a planar set's unit), > 0. */
  readonly spacingMeters: number;
  /**
   * Whether each trajectory ends with its last point, with that point's time, wherever it falls between two steps.
   * @defaultValue true
   */
  readonly keepLast?: boolean | undefined;
  /** More points than these in all are an error. @defaultValue 20,000,000 */
  readonly maxPoints?: number | undefined;
}

/** Options of {@link resampleToCount}. */
export interface ResampleToCountOptions {
  /** Positions of each trajectory, ≥ 2. */
  readonly count: number;
  /** More points than these in all are an error. @defaultValue 20,000,000 */
  readonly maxPoints?: number | undefined;
}

/**
 * Positions every `spacingMeters` along each trajectory, from its first point on: along great circles for lon/lat
 * sets, along straight lines (in the set's unit) for planar ones. Times and numeric columns are interpolated.
 *
 * A trajectory that ends at rest keeps its end: the last point has the trajectory's last time, not that of its arrival.
 *
 * @throws {ValueError} an option out of its range, or more than `maxPoints` points
 */
export function resampleByDistance(set: TrajectorySet, options: ResampleByDistanceOptions): TrajectorySet {
  checkSet("resampleByDistance", set);
  checkGiven("resampleByDistance", "options", options);
  const where = "resampleByDistance";
  checkOptions(where, options, ["spacingMeters", "keepLast", "maxPoints"]);
  const { spacingMeters, keepLast = true, maxPoints = DEFAULT_MAX_POINTS } = options;
  checkPositive(where, "spacingMeters", spacingMeters);
  const reached = distancesFromStart(set);
  const offsets = [0];
  let points = 0;
  for (let i = 0; i < set.length; i++) {
    const [first, last] = [set.offsets[i]!, set.offsets[i + 1]! - 1];
    if (last >= first) {
      const steps = Math.floor(reached[last]! / spacingMeters);
      const addsLast =
        keepLast && (steps * spacingMeters < reached[last]! || endsLater(set, first, last, steps));
      points += steps + 1 + (addsLast ? 1 : 0);
    }
    offsets.push(points);
  }
  checkPointCount(where, points, maxPoints, `spacingMeters = ${spacingMeters}`);
  return resample(set, reached, Uint32Array.from(offsets), (_, k) => k * spacingMeters, keepLast);
}

/** Whether a trajectory that never moves ends at another time than it starts. */
function endsLater(set: TrajectorySet, first: number, last: number, steps: number): boolean {
  return steps === 0 && set.timesMs !== undefined && set.timesMs[last]! > set.timesMs[first]!;
}

/**
 * Exactly `count` positions along each trajectory, equally far apart, both ends included with their times. A trajectory of
 * no length repeats its point; an empty one stays empty. Times and numeric columns are interpolated.
 *
 * @throws {ValueError} an option out of its range, or more than `maxPoints` points
 */
export function resampleToCount(set: TrajectorySet, options: ResampleToCountOptions): TrajectorySet {
  checkSet("resampleToCount", set);
  checkGiven("resampleToCount", "options", options);
  const where = "resampleToCount";
  checkOptions(where, options, ["count", "maxPoints"]);
  const { count, maxPoints = DEFAULT_MAX_POINTS } = options;
  if (!Number.isSafeInteger(count) || count < 2) {
    throw new ValueError(`${where}: count must be an integer of at least 2, got ${count}`);
  }
  const reached = distancesFromStart(set);
  let points = 0;
  const offsets = [0];
  for (let i = 0; i < set.length; i++) {
    if (set.pointCountOf(i) > 0) points += count;
    offsets.push(points);
  }
  checkPointCount(where, points, maxPoints, `count = ${count}`);
  const lengthOf = (i: number) => reached[set.offsets[i + 1]! - 1]!;
  const distanceAt = (i: number, k: number) => (k * lengthOf(i)) / (count - 1);
  return resample(set, reached, Uint32Array.from(offsets), distanceAt, true);
}

/**
 * @param distanceAt how far from the start of trajectory i its new point k lies; never less than point k − 1
 * @param endsLast whether the last new point is the trajectory's last point
 */
function resample(
  set: TrajectorySet,
  reached: Float64Array,
  offsets: Uint32Array,
  distanceAt: (i: number, k: number) => number,
  endsLast: boolean,
): TrajectorySet {
  const points = offsets[set.length]!;
  const lefts = new Uint32Array(points);
  const fractions = new Float64Array(points);
  for (let i = 0; i < set.length; i++) {
    const [start, end] = [offsets[i]!, offsets[i + 1]!];
    const last = set.offsets[i + 1]! - 1;
    let left = set.offsets[i]!;
    for (let at = start; at < end; at++) {
      if (endsLast && at === end - 1 && at > start) {
        lefts[at] = last;
        continue;
      }
      const distance = distanceAt(i, at - start);
      while (left + 1 < last && reached[left + 1]! < distance) left++;
      const span = left < last ? reached[left + 1]! - reached[left]! : 0;
      const fraction = span > 0 ? (distance - reached[left]!) / span : 0;
      lefts[at] = fraction < 1 ? left : left + 1;
      fractions[at] = fraction < 1 ? fraction : 0;
    }
  }
  return pointsBetween(set, { lefts, fractions, offsets }, { path: "shortest" });
}

/** Each point's distance from its trajectory's first point along the line, `[points]`. */
function distancesFromStart(set: TrajectorySet): Float64Array {
  const reached = new Float64Array(set.pointCount);
  const isLonLat = set.coordinateSystem === "lonlat";
  for (let i = 0; i < set.length; i++) {
    for (let p = set.offsets[i]!; p + 1 < set.offsets[i + 1]!; p++) {
      reached[p + 1] = reached[p]! + stepLength(set.coordinates, p, isLonLat);
    }
  }
  return reached;
}
