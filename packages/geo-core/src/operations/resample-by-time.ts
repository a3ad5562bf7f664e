import { checkPositive } from "../foundation/validate.js";
import { interpolate } from "../geometry/great-circle.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { TrajectorySetBuilder } from "../trajectories/trajectory-set-builder.js";
import { requireSortedTimes } from "./require-times.js";

/**
 * Positions every `intervalMs` from each trajectory's first time on, interpolated: along great circles for lon/lat
 * sets, along straight lines for planar ones. Long gaps are bridged; cut them first (segmentByTimeGap).
 *
 * @param options.keepLast whether the last point is kept when it falls between two steps; true by default
 * @throws {ValueError} a set without times, or times that decrease
 */
export function resampleByTime(
  set: TrajectorySet,
  options: { readonly intervalMs: number; readonly keepLast?: boolean },
): TrajectorySet {
  const { intervalMs, keepLast = true } = options;
  checkPositive("resampleByTime", "intervalMs", intervalMs);
  requireSortedTimes("resampleByTime", set);
  const { coordinateSystem } = set;
  const builder = new TrajectorySetBuilder({ coordinateSystem, withTimes: true });
  for (const trajectory of set) {
    builder.begin(trajectory.id);
    const { coordinates, timesMs } = trajectory;
    const reached = sampleTimes(coordinates, timesMs!, coordinateSystem === "lonlat", intervalMs, builder);
    const last = timesMs!.length - 1;
    if (keepLast && last >= 0 && reached < timesMs![last]!) {
      builder.addPoint(coordinates[2 * last]!, coordinates[2 * last + 1]!, timesMs![last]!);
    }
    builder.end();
  }
  return builder.build().with({ properties: set.properties });
}

/** @returns the last time sampled; −∞ for an empty trajectory */
function sampleTimes(
  coordinates: Float64Array,
  timesMs: Float64Array,
  isLonLat: boolean,
  intervalMs: number,
  builder: TrajectorySetBuilder,
): number {
  const count = timesMs.length;
  if (count === 0) return Number.NEGATIVE_INFINITY;
  const start = timesMs[0]!;
  const end = timesMs[count - 1]!;
  let i = 0;
  let reached = start;
  for (let step = 0; start + step * intervalMs <= end; step++) {
    const time = start + step * intervalMs;
    reached = time;
    while (i + 1 < count && timesMs[i + 1]! < time) i++;
    const x = coordinates[2 * i]!;
    const y = coordinates[2 * i + 1]!;
    if (i + 1 === count || time === timesMs[i]!) {
      builder.addPoint(x, y, time);
      continue;
    }
    const nextX = coordinates[2 * i + 2]!;
    const nextY = coordinates[2 * i + 3]!;
    const fraction = (time - timesMs[i]!) / (timesMs[i + 1]! - timesMs[i]!);
    if (isLonLat) {
      const position = interpolate(x, y, nextX, nextY, fraction);
      builder.addPoint(position[0], position[1], time);
    } else {
      builder.addPoint(x + fraction * (nextX - x), y + fraction * (nextY - y), time);
    }
  }
  return reached;
}
