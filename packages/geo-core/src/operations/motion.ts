import { checkOptions } from "../foundation/check-options.js";
import { ValueError } from "../foundation/errors.js";
import { bearingRadians } from "../geometry/great-circle.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { stepLength } from "./between-points.js";
import { requireSortedTimes } from "./require-times.js";

const DEGREES = 180 / Math.PI;

/**
 * The length of each trajectory along its points: metres along great circles for lon/lat sets, the plane's unit for planar
 * ones. 0 for fewer than two points.
 *
 * @returns `[count]`
 * @example trajectoryLengths(TrajectorySet.fromArrays([[[0, 0], [1, 0]]])) // [111195.08]
 */
export function trajectoryLengths(set: TrajectorySet): Float64Array {
  checkSet("trajectoryLengths", set);
  const lengths = new Float64Array(set.length);
  const isLonLat = set.coordinateSystem === "lonlat";
  for (let i = 0; i < set.length; i++) {
    let sum = 0;
    for (let p = set.offsets[i]!; p + 1 < set.offsets[i + 1]!; p++) {
      sum += stepLength(set.coordinates, p, isLonLat);
    }
    lengths[i] = sum;
  }
  return lengths;
}

/**
 * The time from first to last point of each trajectory, in milliseconds; NaN for an empty one.
 *
 * @returns `[count]`
 * @throws {ValueError} a set without times, or times that decrease
 */
export function trajectoryDurations(set: TrajectorySet): Float64Array {
  checkSet("trajectoryDurations", set);
  const timesMs = requireSortedTimes("trajectoryDurations", set);
  return Float64Array.from({ length: set.length }, (_, i) => {
    const [start, end] = [set.offsets[i]!, set.offsets[i + 1]!];
    return end > start ? timesMs[end - 1]! - timesMs[start]! : Number.NaN;
  });
}

/**
 * The speed at which each point was reached: the distance from the point before divided by the time since. A trajectory's
 * first point takes the speed of its second.
 *
 * NaN for a trajectory of one point and between two points at one place and time; `Infinity` between two places at one time.
 *
 * @returns metres (or the plane's unit) a second, `[points]`
 * @throws {ValueError} a set without times, or times that decrease
 * @example pointSpeeds(set) // 10 m in 2 s: [5, 5]
 */
export function pointSpeeds(set: TrajectorySet): Float64Array {
  checkSet("pointSpeeds", set);
  const timesMs = requireSortedTimes("pointSpeeds", set);
  const isLonLat = set.coordinateSystem === "lonlat";
  return fromSteps(
    set,
    (p) => (1000 * stepLength(set.coordinates, p, isLonLat)) / (timesMs[p + 1]! - timesMs[p]!),
  );
}

/**
 * The direction in which each point was reached from the one before: clockwise from north, on the great circle for lon/lat
 * sets and on the plane (north is +y) for planar ones. A trajectory's first point takes the heading of its second.
 *
 * A point at the same place as the one before has no heading (NaN), nor has a trajectory of one point.
 *
 * @returns degrees in [0, 360), `[points]`
 * @example pointHeadings(TrajectorySet.fromArrays([[[0, 0], [1, 0]]])) // east: [90, 90]
 */
export function pointHeadings(set: TrajectorySet): Float64Array {
  checkSet("pointHeadings", set);
  const { coordinates } = set;
  const isLonLat = set.coordinateSystem === "lonlat";
  return fromSteps(set, (p) => {
    const [x, y, nextX, nextY] = coordinates.subarray(2 * p, 2 * p + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    if (x === nextX && y === nextY) return Number.NaN;
    const radians = isLonLat ? bearingRadians(x, y, nextX, nextY) : Math.atan2(nextX - x, nextY - y);
    const degrees = radians * DEGREES;
    // A tiny negative angle plus 360 rounds to 360 itself.
    return degrees < 0 ? (degrees + 360) % 360 : degrees;
  });
}

/** Names of the columns that {@link withMotion} adds. */
export interface MotionOptions {
  /** The name of the column of {@link pointSpeeds}. @defaultValue "speedMetersPerSecond" */
  readonly speed?: string | undefined;
  /** The name of the column of {@link pointHeadings}. @defaultValue "headingDegrees" */
  readonly heading?: string | undefined;
}

/**
 * The set with {@link pointSpeeds} and {@link pointHeadings} as point columns.
 *
 * @throws {ValueError} a set without times, times that decrease, or a column's name that is a property's
 */
export function withMotion(set: TrajectorySet, options: MotionOptions = {}): TrajectorySet {
  checkSet("withMotion", set);
  checkOptions("withMotion", options, ["speed", "heading"]);
  const { speed = "speedMetersPerSecond", heading = "headingDegrees" } = options;
  requireSortedTimes("withMotion", set);
  for (const [option, name] of [
    ["speed", speed],
    ["heading", heading],
  ] as const) {
    if (typeof name === "string" && !Object.hasOwn(set.properties, name)) continue;
    const got = JSON.stringify(name);
    throw new ValueError(
      `withMotion: ${option} must be the name of a point column and of no property, got ${got}`,
    );
  }
  return set.with({ pointColumns: { [speed]: pointSpeeds(set), [heading]: pointHeadings(set) } });
}

/** A value a point from a value a step; the first point takes that of the first step. */
function fromSteps(set: TrajectorySet, stepValue: (p: number) => number): Float64Array {
  const values = new Float64Array(set.pointCount);
  for (let i = 0; i < set.length; i++) {
    const [start, end] = [set.offsets[i]!, set.offsets[i + 1]!];
    if (end === start) continue;
    for (let p = start; p + 1 < end; p++) values[p + 1] = stepValue(p);
    values[start] = end - start > 1 ? values[start + 1]! : Number.NaN;
  }
  return values;
}
