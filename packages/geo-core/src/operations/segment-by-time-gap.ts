import { checkOptions } from "../foundation/check-options.js";
import { checkPositive, checkPositiveInteger } from "../foundation/validate.js";
import { mapColumns } from "../trajectories/columns.js";
import { TrajectorySet } from "../trajectories/trajectory-set.js";
import { requireSortedTimes } from "./require-times.js";

/** What {@link segmentByTimeGap} returns. */
export interface TimeGapSegments {
  /** The parts; `a`'s are named `a/0`, `a/1` and so on. */
  readonly set: TrajectorySet;
  /** The index of the trajectory that each part was cut from, `[parts]`. */
  readonly sources: Uint32Array;
  /** Parts that held fewer than `minPoints` points, and their points. */
  readonly dropped: { readonly parts: number; readonly points: number };
}

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
  checkOptions("segmentByTimeGap", options, ["maxGapMs", "minPoints"]);
  const { maxGapMs, minPoints = 1 } = options;
  checkPositive("segmentByTimeGap", "maxGapMs", maxGapMs);
  checkPositiveInteger("segmentByTimeGap", "minPoints", minPoints);
  const timesMs = requireSortedTimes("segmentByTimeGap", set);
  const offsets = [0];
  const ids: string[] = [];
  const sources: number[] = [];
  /** The trajectory that each part comes from, dropped ones included. */
  const origins: number[] = [];
  const kept: number[] = [];
  let droppedPoints = 0;
  for (let i = 0; i < set.length; i++) {
    const id = set.ids?.[i] ?? String(i);
    const end = set.offsets[i + 1]!;
    let part = 0;
    let start = set.offsets[i]!;
    for (let j = start + 1; j <= end; j++) {
      if (j < end && timesMs[j]! - timesMs[j - 1]! <= maxGapMs) continue;
      if (j - start >= minPoints) {
        kept.push(ids.length);
        sources.push(i);
      } else {
        droppedPoints += j - start;
      }
      origins.push(i);
      ids.push(`${id}/${part++}`);
      offsets.push(j);
      start = j;
    }
  }
  const { coordinates, coordinateSystem, pointColumns } = set;
  const properties = mapColumns(set.properties, (column) => origins.map((origin) => column[origin]!));
  const all = new TrajectorySet(
    {
      coordinates,
      timesMs,
      offsets: Uint32Array.from(offsets),
      ids,
      coordinateSystem,
      pointColumns,
      properties,
    },
    { validate: false },
  );
  return {
    set: kept.length === all.length ? all : all.select(kept),
    sources: Uint32Array.from(sources),
    dropped: { parts: all.length - kept.length, points: droppedPoints },
  };
}
