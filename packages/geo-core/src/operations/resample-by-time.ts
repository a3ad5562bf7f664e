import { checkOptions } from "../foundation/check-options.js";
import { checkGiven, checkPositive } from "../foundation/validate.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { checkPointCount, DEFAULT_MAX_POINTS, pointsBetween } from "./between-points.js";
import { requireSortedTimes } from "./require-times.js";

/** Options of {@link resampleByTime}. */
export interface ResampleByTimeOptions {
  /** Milliseconds between two positions, > 0. */
  readonly intervalMs: number;
  /** Whether the last point is kept when it falls between two steps. @defaultValue true */
  readonly keepLast?: boolean | undefined;
  /** More points than these in all are an error. @defaultValue 20,000,000 */
  readonly maxPoints?: number | undefined;
}

/**
 * Positions every `intervalMs` from each trajectory's first time on, interpolated: along great circles for lon/lat
 * sets, along straight lines for planar ones; numeric columns too. Long gaps are bridged; cut them first
 * (segmentByTimeGap).
 *
 * @throws {ValueError} a set without times, or times that decrease, an option out of its range, or more than `maxPoints` points
 */
export function resampleByTime(set: TrajectorySet, options: ResampleByTimeOptions): TrajectorySet {
  checkSet("resampleByTime", set);
  checkGiven("resampleByTime", "options", options);
  const where = "resampleByTime";
  checkOptions(where, options, ["intervalMs", "keepLast", "maxPoints"]);
  const { intervalMs, keepLast = true, maxPoints = DEFAULT_MAX_POINTS } = options;
  checkPositive(where, "intervalMs", intervalMs);
  const timesMs = requireSortedTimes(where, set);
  const offsets = [0];
  const stepsOf = new Float64Array(set.length);
  let points = 0;
  for (let i = 0; i < set.length; i++) {
    const [first, last] = [set.offsets[i]!, set.offsets[i + 1]! - 1];
    if (last >= first) {
      const steps = stepsBetween(timesMs[first]!, timesMs[last]!, intervalMs);
      stepsOf[i] = steps + 1;
      points += steps + 1 + (keepLast && timesMs[first]! + steps * intervalMs < timesMs[last]! ? 1 : 0);
    }
    offsets.push(points);
  }
  checkPointCount(where, points, maxPoints, `intervalMs = ${intervalMs}`);
  const lefts = new Uint32Array(points);
  const fractions = new Float64Array(points);
  const exactTimes = new Float64Array(points);
  for (let i = 0; i < set.length; i++) {
    const last = set.offsets[i + 1]! - 1;
    let left = set.offsets[i]!;
    const start = timesMs[left];
    for (let at = offsets[i]!; at < offsets[i + 1]!; at++) {
      const step = at - offsets[i]!;
      if (step >= stepsOf[i]!) {
        lefts[at] = last;
        exactTimes[at] = timesMs[last]!;
        continue;
      }
      const time = start! + step * intervalMs;
      while (left < last && timesMs[left + 1]! < time) left++;
      lefts[at] = left;
      if (left < last && time > timesMs[left]!) {
        const fraction = (time - timesMs[left]!) / (timesMs[left + 1]! - timesMs[left]!);
        lefts[at] = fraction < 1 ? left : left + 1;
        fractions[at] = fraction < 1 ? fraction : 0;
      }
      exactTimes[at] = time;
    }
  }
  const places = { lefts, fractions, offsets: Uint32Array.from(offsets) };
  return pointsBetween(set, places, { path: "shortest" }).with({ timesMs: exactTimes });
}

/** The most steps that end no later than `end`. */
function stepsBetween(start: number, end: number, intervalMs: number): number {
  let steps = Math.floor((end - start) / intervalMs);
  // The quotient is rounded: the sum decides.
  if (steps > 0 && start + steps * intervalMs > end) steps--;
  else if (start + (steps + 1) * intervalMs <= end) steps++;
  return steps;
}
