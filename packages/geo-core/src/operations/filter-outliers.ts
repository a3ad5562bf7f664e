import { checkOptions } from "../foundation/check-options.js";
import {
  checkGiven,
  checkInRange,
  checkOneOf,
  checkPositive,
  checkPositiveInteger,
} from "../foundation/validate.js";
import { EARTH_RADIUS_METERS, haversineMeters } from "../geometry/great-circle.js";
import { longitudeDifference, normalizeLongitude } from "../geometry/position.js";
import { checkSet } from "../trajectories/check-set.js";
import { TrajectorySet } from "../trajectories/trajectory-set.js";
import { requireSortedTimes } from "./require-times.js";
import { selectPoints } from "./select-points.js";

/** What a filter returns: the rest, and how much it took. */
export interface FilteredPoints {
  /** The points that were kept, with their times and further values; a trajectory may have lost all. */
  readonly set: TrajectorySet;
  /** The indices in the original set of the points that were dropped (or moved), ascending. */
  readonly outliers: Uint32Array;
}

/** Options of {@link dropSpeedOutliers}. */
export interface SpeedOutlierOptions {
  /** Metres (or a planar set's unit) a second, > 0; exactly this is no outlier. */
  readonly maxSpeedMetersPerSecond: number;
}

/**
 * Drops the points that could only be reached faster than a maximum speed.
 *
 * Each point is measured from the last point kept, so that a single spike goes and the points behind it stay. Where the points
 * rejected since then fit one another and number more than those kept so far, it was those that were wrong: they go and the
 * others stay. (A first point far away does not take the whole trajectory with it.)
 *
 * @throws {ValueError} a set without times, times that decrease, or an option out of its range
 * @example dropSpeedOutliers(set, { maxSpeedMetersPerSecond: 60 }).set
 */
export function dropSpeedOutliers(set: TrajectorySet, options: SpeedOutlierOptions): FilteredPoints {
  checkSet("dropSpeedOutliers", set);
  checkGiven("dropSpeedOutliers", "options", options);
  const where = "dropSpeedOutliers";
  checkOptions(where, options, ["maxSpeedMetersPerSecond"]);
  const { maxSpeedMetersPerSecond } = options;
  checkPositive(where, "maxSpeedMetersPerSecond", maxSpeedMetersPerSecond);
  const timesMs = requireSortedTimes(where, set);
  const { coordinates, offsets } = set;
  const isLonLat = set.coordinateSystem === "lonlat";
  const isReachable = (p: number, q: number): boolean => {
    const [x, y, nextX, nextY] = [
      coordinates[2 * p]!,
      coordinates[2 * p + 1]!,
      coordinates[2 * q]!,
      coordinates[2 * q + 1]!,
    ];
    const distance = isLonLat ? haversineMeters(x, y, nextX, nextY) : Math.hypot(nextX - x, nextY - y);
    return 1000 * distance <= maxSpeedMetersPerSecond * (timesMs[q]! - timesMs[p]!);
  };
  const keep = new Uint8Array(set.pointCount);
  for (let i = 0; i < set.length; i++) {
    for (const p of longestWay(offsets[i]!, offsets[i + 1]!, isReachable)) keep[p] = 1;
  }
  return { set: selectPoints(set, keep), outliers: indicesWhere(keep, 0) };
}

/** The points kept of `start` … `end − 1`: see {@link dropSpeedOutliers}. */
function longestWay(start: number, end: number, isReachable: (p: number, q: number) => boolean): number[] {
  let kept: number[] = [];
  let rejected: number[] = [];
  for (let p = start; p < end; p++) {
    if (kept.length === 0 || isReachable(kept.at(-1)!, p)) {
      kept.push(p);
      rejected = [];
      continue;
    }
    if (rejected.length > 0 && !isReachable(rejected.at(-1)!, p)) rejected = [];
    rejected.push(p);
    if (rejected.length > kept.length) {
      kept = rejected;
      rejected = [];
    }
  }
  return kept;
}

/** Options of {@link hampelFilter}. */
export interface HampelOptions {
  /** Points on each side that a point is compared with, ≥ 1. */
  readonly halfWindow: number;
  /** How many standard deviations off the median a coordinate may be, > 0. @defaultValue 3 */
  readonly sigmas?: number | undefined;
  /** Deviations up to this many metres (a planar set's unit) are no outliers, whatever the median says, ≥ 0. @defaultValue 0 */
  readonly minMeters?: number | undefined;
  /** `drop` the outliers, or `replace` each with the median of its window. @defaultValue "drop" */
  readonly action?: "drop" | "replace" | undefined;
}

/**
 * Finds the points that stand out among their neighbours, axis by axis: |x − median| > sigmas · 1.4826 · MAD, with the median
 * and the median absolute deviation of the 2 · halfWindow + 1 points around it (fewer at both ends).
 *
 * For lon/lat sets the axes are metres east and north of the point itself, right on the antimeridian too.
 *
 * Source: Hampel 1974, "The influence curve and its role in robust estimation"; Davies & Gather 1993.
 *
 * @throws {ValueError} an option out of its range
 * @example hampelFilter(set, { halfWindow: 3, minMeters: 10 }).set
 */
export function hampelFilter(set: TrajectorySet, options: HampelOptions): FilteredPoints {
  checkSet("hampelFilter", set);
  checkGiven("hampelFilter", "options", options);
  const where = "hampelFilter";
  checkOptions(where, options, ["halfWindow", "sigmas", "minMeters", "action"]);
  const { halfWindow, sigmas = 3, minMeters = 0, action = "drop" } = options;
  checkPositiveInteger(where, "halfWindow", halfWindow);
  checkPositive(where, "sigmas", sigmas);
  checkInRange(where, "minMeters", minMeters, 0, Number.MAX_VALUE);
  checkOneOf(where, "action", action, ["drop", "replace"]);
  const isLonLat = set.coordinateSystem === "lonlat";
  const keep = new Uint8Array(set.pointCount).fill(1);
  const coordinates = set.coordinates.slice();
  for (let i = 0; i < set.length; i++) {
    const [start, end] = [set.offsets[i]!, set.offsets[i + 1]!];
    for (let p = start; p < end; p++) {
      const from = Math.max(start, p - halfWindow);
      const to = Math.min(end, p + halfWindow + 1);
      const [east, north] = offsetsFrom(set, p, from, to, isLonLat);
      const [medianEast, medianNorth] = [median(east), median(north)];
      const isFar = (values: Float64Array, middle: number): boolean =>
        Math.abs(middle) >
        Math.max(minMeters, sigmas * 1.4826 * median(values.map((value) => Math.abs(value - middle))));
      if (!isFar(east, medianEast) && !isFar(north, medianNorth)) continue;
      keep[p] = 0;
      moveBy(coordinates, p, medianEast, medianNorth, isLonLat);
    }
  }
  const outliers = indicesWhere(keep, 0);
  if (action === "drop") return { set: selectPoints(set, keep), outliers };
  const { offsets, timesMs, ids, coordinateSystem, pointColumns, properties } = set;
  const columns = { coordinates, offsets, timesMs, ids, coordinateSystem, pointColumns, properties };
  return { set: new TrajectorySet(columns, { validate: false }), outliers };
}

const METERS_PER_DEGREE = (Math.PI / 180) * EARTH_RADIUS_METERS;

/** How far points `from` … `to − 1` lie east and north of point p, in metres (or the plane's unit). */
function offsetsFrom(
  { coordinates }: TrajectorySet,
  p: number,
  from: number,
  to: number,
  isLonLat: boolean,
): [east: Float64Array, north: Float64Array] {
  const [x, y] = [coordinates[2 * p]!, coordinates[2 * p + 1]!];
  const east = new Float64Array(to - from);
  const north = new Float64Array(to - from);
  const perDegreeEast = METERS_PER_DEGREE * Math.cos((y * Math.PI) / 180);
  for (let q = from; q < to; q++) {
    const otherX = coordinates[2 * q]!;
    east[q - from] = isLonLat ? perDegreeEast * longitudeDifference(x, otherX) : otherX - x;
    north[q - from] = (coordinates[2 * q + 1]! - y) * (isLonLat ? METERS_PER_DEGREE : 1);
  }
  return [east, north];
}

function moveBy(coordinates: Float64Array, p: number, east: number, north: number, isLonLat: boolean): void {
  const y = coordinates[2 * p + 1]!;
  const perDegreeEast = METERS_PER_DEGREE * Math.cos((y * Math.PI) / 180);
  if (isLonLat) {
    // At a pole east means nothing.
    const turn = perDegreeEast > 0 ? east / perDegreeEast : 0;
    coordinates[2 * p] = normalizeLongitude(coordinates[2 * p]! + turn);
    coordinates[2 * p + 1] = Math.max(-90, Math.min(90, y + north / METERS_PER_DEGREE));
  } else {
    coordinates[2 * p]! += east;
    coordinates[2 * p + 1] = y + north;
  }
}

/** Of an even number of values the mean of both middle ones. */
function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function indicesWhere(flags: Uint8Array, flag: number): Uint32Array {
  const indices: number[] = [];
  for (let i = 0; i < flags.length; i++) if (flags[i] === flag) indices.push(i);
  return Uint32Array.from(indices);
}
