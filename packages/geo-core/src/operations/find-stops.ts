import { checkOptions } from "../foundation/check-options.js";
import { checkGiven, checkPositive } from "../foundation/validate.js";
import { EARTH_RADIUS_METERS } from "../geometry/great-circle.js";
import { longitudeDifference, normalizeLongitude } from "../geometry/position.js";
import { unitVectors } from "../geometry/segment-distance.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { requireSortedTimes } from "./require-times.js";

/** Options of {@link findStops}. */
export interface StopOptions {
  /** No two points of a stop are further apart than this: metres, or a planar set's unit; > 0. */
  readonly maxDiameterMeters: number;
  /** The time from a stop's first to its last point is at least this, > 0. */
  readonly minDurationMs: number;
}

/** A stretch of a trajectory that stays in one place. */
export interface Stop {
  /** The index of the trajectory in the set. */
  readonly trajectory: number;
  /** The trajectory's id; its index as text where the set has no ids. */
  readonly id: string;
  /** The stop's first point, counted within the trajectory. */
  readonly start: number;
  /** Past its last point. */
  readonly end: number;
  /** The time of its first point. */
  readonly startMs: number;
  /** The time of its last point. */
  readonly endMs: number;
  /** `endMs` − `startMs`, at least `minDurationMs`. */
  readonly durationMs: number;
  /** The mean of its positions. */
  readonly center: readonly [x: number, y: number];
}

/**
 * Finds stops: runs of consecutive points that last at least `minDurationMs` and of which no two are further apart than
 * `maxDiameterMeters`.
 *
 * From each trajectory's start on, the earliest such run is taken and made as long as its diameter allows; the search goes on
 * behind it. movingpandas' `TrajectoryStopDetector` asks the same of the diagonal of the smallest rectangle around the points.
 *
 * @throws {ValueError} a set without times, times that decrease, or an option out of its range
 * @example findStops(set, { maxDiameterMeters: 50, minDurationMs: 120_000 }) // [{ trajectory: 0, start: 14, end: 31, … }]
 */
export function findStops(set: TrajectorySet, options: StopOptions): Stop[] {
  checkSet("findStops", set);
  checkGiven("findStops", "options", options);
  return stopsOf("findStops", set, options);
}

/** {@link findStops} for other operations, whose name error messages then give. */
export function stopsOf(where: string, set: TrajectorySet, options: StopOptions): Stop[] {
  checkOptions(where, options, ["maxDiameterMeters", "minDurationMs"]);
  const { maxDiameterMeters, minDurationMs } = options;
  checkPositive(where, "maxDiameterMeters", maxDiameterMeters);
  checkPositive(where, "minDurationMs", minDurationMs);
  const timesMs = requireSortedTimes(where, set);
  const isLonLat = set.coordinateSystem === "lonlat";
  const table: PointTable = isLonLat
    ? { values: unitVectors(set.coordinates), width: 3 }
    : { values: set.coordinates, width: 2 };
  // The straight line through the sphere grows with the arc, so comparing squared lines is exact.
  const halfTurn = Math.min(Math.PI / 2, maxDiameterMeters / (2 * EARTH_RADIUS_METERS));
  const limit = isLonLat ? (2 * Math.sin(halfTurn)) ** 2 : maxDiameterMeters ** 2;
  const stops: Stop[] = [];
  for (let i = 0; i < set.length; i++) {
    const last = set.offsets[i + 1]!;
    let start = set.offsets[i]!;
    let end = start + 1;
    while (start < last) {
      end = reach(table, start, Math.max(end, start + 1), last, limit);
      if (timesMs[end - 1]! - timesMs[start]! >= minDurationMs) {
        stops.push(stopOf(set, i, start, end, timesMs));
        start = end;
      } else {
        start++;
      }
    }
  }
  return stops;
}

/** Points as rows of 2 or 3 numbers. */
interface PointTable {
  readonly values: Float64Array;
  readonly width: 2 | 3;
}

/** Up to where the points from `start` on are near each other; those before `known` are. At most `last`. */
function reach(table: PointTable, start: number, known: number, last: number, limit: number): number {
  const { width } = table;
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let p = start; p < last; p++) {
    let diagonal = 0;
    for (let axis = 0; axis < width; axis++) {
      const value = table.values[width * p + axis]!;
      low[axis] = Math.min(low[axis]!, value);
      high[axis] = Math.max(high[axis]!, value);
      diagonal += (high[axis]! - low[axis]!) ** 2;
    }
    // Points in a box whose diagonal is within the limit are all near each other: most of a stop needs no more than that.
    if (p < known || diagonal <= limit) continue;
    for (let other = start; other < p; other++) {
      if (squaredLine(table, other, p) > limit) return p;
    }
  }
  return last;
}

function squaredLine({ values, width }: PointTable, p: number, q: number): number {
  let squared = 0;
  for (let axis = 0; axis < width; axis++)
    squared += (values[width * q + axis]! - values[width * p + axis]!) ** 2;
  return squared;
}

function stopOf(
  set: TrajectorySet,
  trajectory: number,
  start: number,
  end: number,
  timesMs: Float64Array,
): Stop {
  const offset = set.offsets[trajectory]!;
  return {
    trajectory,
    id: set.ids?.[trajectory] ?? String(trajectory),
    start: start - offset,
    end: end - offset,
    startMs: timesMs[start]!,
    endMs: timesMs[end - 1]!,
    durationMs: timesMs[end - 1]! - timesMs[start]!,
    center: centerOf(set, start, end),
  };
}

/** Longitudes are averaged as differences from the first, so that a stop on the antimeridian has its centre there. */
function centerOf(set: TrajectorySet, start: number, end: number): [x: number, y: number] {
  const { coordinates } = set;
  const isLonLat = set.coordinateSystem === "lonlat";
  const firstX = coordinates[2 * start]!;
  let [sumX, sumY] = [0, 0];
  for (let p = start; p < end; p++) {
    const x = coordinates[2 * p]!;
    sumX += isLonLat ? longitudeDifference(firstX, x) : x - firstX;
    sumY += coordinates[2 * p + 1]!;
  }
  const meanX = firstX + sumX / (end - start);
  return [isLonLat ? normalizeLongitude(meanX) : meanX, sumY / (end - start)];
}
