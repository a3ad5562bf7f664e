import { ValueError } from "../foundation/errors.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";

/** The times of a set whose times must be there and must not decrease within a trajectory. */
export function requireSortedTimes(where: string, set: TrajectorySet): Float64Array {
  const { timesMs, offsets } = set;
  if (timesMs === undefined) throw new ValueError(`${where}: set must have times, got none`);
  for (let i = 0; i < set.length; i++) {
    for (let j = offsets[i]! + 1; j < offsets[i + 1]!; j++) {
      if (timesMs[j]! < timesMs[j - 1]!) {
        throw new ValueError(
          `${where}: times of trajectory ${i} must not decrease, got ${timesMs[j]} after ${timesMs[j - 1]}`,
        );
      }
    }
  }
  return timesMs;
}
