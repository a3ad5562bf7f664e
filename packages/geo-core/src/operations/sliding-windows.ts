import { checkOptions } from "../foundation/check-options.js";
import { ValueError } from "../foundation/errors.js";
import { checkGiven, checkPositive, checkPositiveInteger } from "../foundation/validate.js";
import { checkSet } from "../trajectories/check-set.js";
import { mapColumns, takePoints } from "../trajectories/columns.js";
import { TrajectorySet } from "../trajectories/trajectory-set.js";
import { checkPointCount, DEFAULT_MAX_POINTS } from "./between-points.js";

/** What {@link slidingWindows} returns. */
export interface SlidingWindows {
  /** Every window as a trajectory; the window of `a` that starts at its point 3 is named `a@3`. */
  readonly set: TrajectorySet;
  /** The index of the trajectory that each window was taken from, `[windows]`. */
  readonly sources: Uint32Array;
  /** The index within that trajectory of each window's first point, `[windows]`. */
  readonly starts: Uint32Array;
  /** Windows left out because of a gap. */
  readonly skippedForGaps: number;
}

/**
 * All runs of `length` consecutive points, copied. A trajectory with fewer points gives none.
 *
 * @param options.length points a window
 * @param options.stride points from one window's start to the next; 1 by default
 * @param options.maxGapMs leaves out windows in which two neighbours are farther apart in time, and counts them
 * @param options.maxPoints more points than these in all are an error; 20,000,000 by default
 * @throws {ValueError} `maxGapMs` for a set without times, an option out of its range, or more than `maxPoints` points
 * @example slidingWindows(pedestrians, { length: 20, maxGapMs: 400 }).set
 */
export function slidingWindows(
  set: TrajectorySet,
  options: {
    readonly length: number;
    readonly stride?: number;
    readonly maxGapMs?: number;
    readonly maxPoints?: number;
  },
): SlidingWindows {
  checkSet("slidingWindows", set);
  checkGiven("slidingWindows", "options", options);
  checkOptions("slidingWindows", options, ["length", "stride", "maxGapMs", "maxPoints"]);
  const { length, stride = 1, maxGapMs, maxPoints = DEFAULT_MAX_POINTS } = options;
  checkPositiveInteger("slidingWindows", "length", length);
  checkPositiveInteger("slidingWindows", "stride", stride);
  if (maxGapMs !== undefined) {
    checkPositive("slidingWindows", "maxGapMs", maxGapMs);
    if (set.timesMs === undefined)
      throw new ValueError("slidingWindows: set must have times for maxGapMs, got none");
  }
  const sources: number[] = [];
  const starts: number[] = [];
  let skippedForGaps = 0;
  for (let i = 0; i < set.length; i++) {
    const offset = set.offsets[i]!;
    const count = set.offsets[i + 1]! - offset;
    for (let start = 0; start + length <= count; start += stride) {
      if (maxGapMs !== undefined && hasGap(set.timesMs!, offset + start, length, maxGapMs)) {
        skippedForGaps++;
        continue;
      }
      sources.push(i);
      starts.push(start);
    }
  }
  checkPointCount(
    "slidingWindows",
    sources.length * length,
    maxPoints,
    `length = ${length}, stride = ${stride}`,
  );
  return {
    set: copyWindows(set, sources, starts, length),
    sources: Uint32Array.from(sources),
    starts: Uint32Array.from(starts),
    skippedForGaps,
  };
}

function hasGap(timesMs: Float64Array, start: number, length: number, maxGapMs: number): boolean {
  for (let i = start + 1; i < start + length; i++) {
    if (Math.abs(timesMs[i]! - timesMs[i - 1]!) > maxGapMs) return true;
  }
  return false;
}

/** The indices of the windows' points, one after another. */
function pointsOf(
  set: TrajectorySet,
  sources: readonly number[],
  starts: readonly number[],
  length: number,
): Uint32Array {
  const points = new Uint32Array(length * sources.length);
  for (let i = 0; i < points.length; i++) {
    const window = Math.floor(i / length);
    points[i] = set.offsets[sources[window]!]! + starts[window]! + (i % length);
  }
  return points;
}

function copyWindows(
  set: TrajectorySet,
  sources: readonly number[],
  starts: readonly number[],
  length: number,
): TrajectorySet {
  const count = sources.length;
  const coordinates = new Float64Array(2 * length * count);
  const timesMs = set.timesMs === undefined ? undefined : new Float64Array(length * count);
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const source = sources[i]!;
    const first = set.offsets[source]! + starts[i]!;
    coordinates.set(set.coordinates.subarray(2 * first, 2 * (first + length)), 2 * length * i);
    timesMs?.set(set.timesMs!.subarray(first, first + length), length * i);
    ids.push(`${set.ids?.[source] ?? source}@${starts[i]}`);
  }
  const offsets = Uint32Array.from({ length: count + 1 }, (_, i) => i * length);
  const { coordinateSystem } = set;
  const pointColumns = mapColumns(set.pointColumns, (column) =>
    takePoints(column, pointsOf(set, sources, starts, length)),
  );
  const properties = mapColumns(set.properties, (column) => sources.map((source) => column[source]!));
  return new TrajectorySet(
    { coordinates, offsets, timesMs, ids, coordinateSystem, pointColumns, properties },
    { validate: false },
  );
}
