import { checkOptions } from "../foundation/check-options.js";
import { ValueError } from "../foundation/errors.js";
import { checkGiven, checkOneOf, checkPositive, checkPositiveInteger } from "../foundation/validate.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { stepLength } from "./between-points.js";
import { cut, type TrajectoryParts } from "./cut.js";
import { type StopOptions, stopsOf } from "./find-stops.js";
import { requireSortedTimes } from "./require-times.js";

/** Options of {@link splitByDistanceGap}. */
export interface DistanceGapOptions {
  /** In metres (a planar set's unit), > 0; a gap of exactly this much does not cut. */
  readonly maxGapMeters: number;
  /** Parts with fewer points are dropped and counted. @defaultValue 1 */
  readonly minPoints?: number | undefined;
}

/**
 * Cuts trajectories wherever two points in a row are more than `maxGapMeters` apart. Gaps in time: `segmentByTimeGap`.
 *
 * @example splitByDistanceGap(set, { maxGapMeters: 5000, minPoints: 2 }).set
 */
export function splitByDistanceGap(set: TrajectorySet, options: DistanceGapOptions): TrajectoryParts {
  checkSet("splitByDistanceGap", set);
  checkGiven("splitByDistanceGap", "options", options);
  const where = "splitByDistanceGap";
  checkOptions(where, options, ["maxGapMeters", "minPoints"]);
  const { maxGapMeters, minPoints = 1 } = options;
  checkPositive(where, "maxGapMeters", maxGapMeters);
  checkPositiveInteger(where, "minPoints", minPoints);
  const isLonLat = set.coordinateSystem === "lonlat";
  return cut(set, (p) => stepLength(set.coordinates, p - 1, isLonLat) > maxGapMeters, minPoints);
}

/** Options of {@link splitAtStops}. */
export interface SplitAtStopsOptions extends StopOptions {
  /** Parts with fewer points are dropped and counted. @defaultValue 1 */
  readonly minPoints?: number | undefined;
}

/**
 * Leaves out the stops that `findStops` finds and keeps the ways between them, each with the stop's last point before
 * and its first point after, so that a way begins where the stop was left.
 *
 * @throws {ValueError} a set without times, times that decrease, or an option out of its range
 */
export function splitAtStops(set: TrajectorySet, options: SplitAtStopsOptions): TrajectoryParts {
  checkSet("splitAtStops", set);
  checkGiven("splitAtStops", "options", options);
  const where = "splitAtStops";
  checkOptions(where, options, ["maxDiameterMeters", "minDurationMs", "minPoints"]);
  const { minPoints = 1, ...stopOptions } = options;
  checkPositiveInteger(where, "minPoints", minPoints);
  /** 1 where a way begins, 2 where the inside of a stop begins. */
  const marks = new Uint8Array(set.pointCount);
  for (const { start, end, trajectory } of stopsOf(where, set, stopOptions)) {
    const first = set.offsets[trajectory]! + start;
    const last = set.offsets[trajectory]! + end - 1;
    const opens = start === 0;
    const closes = last === set.offsets[trajectory + 1]! - 1;
    // A stop at either end has no way on that side, so nothing of it stays there.
    marks[opens ? first : first + 1] = 2;
    if (!closes) marks[last] = 1;
  }
  return cut(
    set,
    (p) => marks[p] !== 0,
    minPoints,
    (start) => marks[start] === 2,
  );
}

/** Options of {@link splitByPeriod}. */
export interface SplitByPeriodOptions {
  /** What begins anew where a trajectory is cut, by the clocks of `timeZone`. */
  readonly period: "hour" | "day" | "month" | "year";
  /** An IANA time zone such as `Europe/Lisbon`. @defaultValue "UTC" */
  readonly timeZone?: string | undefined;
  /** Parts with fewer points are dropped and counted. @defaultValue 1 */
  readonly minPoints?: number | undefined;
}

/**
 * Cuts trajectories where a new hour, day, month or year begins in a time zone.
 *
 * @throws {ValueError} a set without times, times that decrease, a time beyond the dates of the calendar, or an unknown zone
 * @example splitByPeriod(set, { period: "day", timeZone: "Asia/Shanghai" }).set
 */
export function splitByPeriod(set: TrajectorySet, options: SplitByPeriodOptions): TrajectoryParts {
  checkSet("splitByPeriod", set);
  checkGiven("splitByPeriod", "options", options);
  const where = "splitByPeriod";
  checkOptions(where, options, ["period", "timeZone", "minPoints"]);
  const { period, timeZone = "UTC", minPoints = 1 } = options;
  checkOneOf(where, "period", period, ["hour", "day", "month", "year"]);
  checkPositiveInteger(where, "minPoints", minPoints);
  const timesMs = requireSortedTimes(where, set);
  const periodOf = periods(where, period, timeZone);
  return cut(set, (p) => periodOf(timesMs[p]!) !== periodOf(timesMs[p - 1]!), minPoints);
}

/** A text that is the same within a period and differs between two. */
function periods(
  where: string,
  period: SplitByPeriodOptions["period"],
  timeZone: string,
): (timeMs: number) => string {
  const fields = ["year", "month", "day", "hour"].slice(0, { year: 1, month: 2, day: 3, hour: 4 }[period]);
  let format: Intl.DateTimeFormat;
  try {
    const wanted = Object.fromEntries(fields.map((field) => [field, "numeric"]));
    // The era tells 1 BC from AD 1. The offset tells the hour that a clock strikes twice in autumn.
    const offset = period === "hour" ? { timeZoneName: "longOffset" as const } : {};
    format = new Intl.DateTimeFormat("en-US", {
      ...wanted,
      ...offset,
      era: "short",
      hourCycle: "h23",
      timeZone,
    });
  } catch (cause) {
    throw new ValueError(`${where}: timeZone must be an IANA time zone, got ${JSON.stringify(timeZone)}`, {
      cause,
    });
  }
  let minute = Number.NaN;
  let label = "";
  return (timeMs) => {
    // Clocks change on whole minutes.
    const current = Math.floor(timeMs / 60_000);
    if (current !== minute) {
      label = format.format(current * 60_000);
      minute = current;
    }
    return label;
  };
}
