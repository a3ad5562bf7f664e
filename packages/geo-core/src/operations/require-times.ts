import { ValueError } from "../foundation/errors.js";
import { describeTime, firstDisorder } from "../trajectories/times.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";

/** The times of a set whose every point must have one, and whose times must not decrease within a trajectory. */
export function requireSortedTimes(where: string, set: TrajectorySet): Float64Array {
  const { timesMs, offsets } = set;
  if (timesMs === undefined) throw new ValueError(`${where}: set must have times, got none`);
  for (let i = 0; i < set.length; i++) {
    const disorder = firstDisorder(timesMs, offsets[i]!, offsets[i + 1]!);
    if (disorder === undefined) continue;
    const { kind, index } = disorder;
    if (kind === "untimed") {
      throw new ValueError(
        `${where}: every point must have a time (readers drop the others with times: "drop"), got none at point ${index - offsets[i]!} of trajectory ${i}`,
      );
    }
    throw new ValueError(
      `${where}: times of trajectory ${i} must not decrease (readers sort them with order: "sort"), got ${describeTime(timesMs[index]!)} after ${describeTime(timesMs[index - 1]!)}`,
    );
  }
  return timesMs;
}
