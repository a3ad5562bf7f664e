import { checkOptions } from "../foundation/check-options.js";
import { checkGiven, checkPositive, checkPositiveInteger } from "../foundation/validate.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { cut, type TrajectoryParts } from "./cut.js";
import { requireSortedTimes } from "./require-times.js";

/** What {@link segmentByTimeGap} returns. */
export type TimeGapSegments = TrajectoryParts;

/**
 * Cuts trajectories wherever more than `maxGapMs` passed between two points.
 *
 * Without a dropped part the result shares the set's coordinates and times.
 *
 * @param options.maxGapMs a gap of exactly this much does not cut
 * @param options.minPoints parts with fewer points are dropped and counted; 1 by default
 * @throws {ValueError} a set without times, or times that decrease
 * @example segmentByTimeGap(set, { maxGapMs: 5 * 60_000, minPoints: 10 }).set
 */
export function segmentByTimeGap(
  set: TrajectorySet,
  options: { readonly maxGapMs: number; readonly minPoints?: number },
): TimeGapSegments {
  checkSet("segmentByTimeGap", set);
  checkGiven("segmentByTimeGap", "options", options);
  checkOptions("segmentByTimeGap", options, ["maxGapMs", "minPoints"]);
  const { maxGapMs, minPoints = 1 } = options;
  checkPositive("segmentByTimeGap", "maxGapMs", maxGapMs);
  checkPositiveInteger("segmentByTimeGap", "minPoints", minPoints);
  const timesMs = requireSortedTimes("segmentByTimeGap", set);
  return cut(set, (p) => timesMs[p]! - timesMs[p - 1]! > maxGapMs, minPoints);
}
