import { checkOptions } from "../foundation/check-options.js";
import { ValueError } from "../foundation/errors.js";
import { checkGiven } from "../foundation/validate.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { PieceList, type TrajectoryPieces } from "./pieces.js";
import { requireSortedTimes } from "./require-times.js";

/** Options of {@link clipByTime}. */
export interface ClipByTimeOptions {
  /** The first moment that stays, in milliseconds as the set's times. @defaultValue −Infinity */
  readonly startMs?: number | undefined;
  /** The last moment that stays. @defaultValue Infinity */
  readonly endMs?: number | undefined;
  /**
   * Whether a trajectory that is under way at either moment gets a point there, with interpolated position (along great circles
   * for lon/lat) and numeric columns. Without, only its own points stay.
   * @defaultValue true
   */
  readonly interpolate?: boolean | undefined;
}

/**
 * What happened in a span of time. A trajectory with nothing in it is left out; `sources` names those that stay.
 *
 * @throws {ValueError} a set without times, times that decrease, or `startMs` after `endMs`
 * @example clipByTime(set, { startMs: Date.UTC(2024, 2, 1), endMs: Date.UTC(2024, 2, 2) }).set
 */
export function clipByTime(set: TrajectorySet, options: ClipByTimeOptions): TrajectoryPieces {
  checkSet("clipByTime", set);
  checkGiven("clipByTime", "options", options);
  const where = "clipByTime";
  checkOptions(where, options, ["startMs", "endMs", "interpolate"]);
  const { startMs = -Infinity, endMs = Infinity, interpolate = true } = options;
  // Written so that NaN fails too.
  if (typeof startMs !== "number" || typeof endMs !== "number" || !(startMs <= endMs)) {
    throw new ValueError(
      `${where}: startMs must be a number no larger than endMs, got ${startMs} and ${endMs}`,
    );
  }
  const timesMs = requireSortedTimes(where, set);
  const pieces = new PieceList(set);
  /** New points and the times that they must have, whatever interpolation rounds to. */
  const exact: [point: number, timeMs: number][] = [];
  for (let i = 0; i < set.length; i++) {
    const [first, last] = [set.offsets[i]!, set.offsets[i + 1]! - 1];
    if (last < first || timesMs[last]! < startMs || timesMs[first]! > endMs) continue;
    let from = first;
    while (timesMs[from]! < startMs) from++;
    let to = last;
    while (timesMs[to]! > endMs) to--;
    let [fromFraction, toFraction] = [0, 0];
    if (interpolate && from > first && timesMs[from]! > startMs) {
      from--;
      fromFraction = (startMs - timesMs[from]!) / (timesMs[from + 1]! - timesMs[from]!);
    }
    if (interpolate && to < last && timesMs[to]! < endMs) {
      toFraction = (endMs - timesMs[to]!) / (timesMs[to + 1]! - timesMs[to]!);
    }
    if (from > to) continue;
    if (fromFraction > 0) exact.push([pieces.pointCount, startMs]);
    pieces.add(i, set.ids?.[i] ?? String(i), from, fromFraction, to, toFraction);
    if (toFraction > 0) exact.push([pieces.pointCount - 1, endMs]);
  }
  const clipped = pieces.build("shortest");
  for (const [point, timeMs] of exact) clipped.set.timesMs![point] = timeMs;
  return clipped;
}
