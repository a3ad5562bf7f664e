import { checkOptions } from "../foundation/check-options.js";
import type { Random } from "../foundation/random.js";
import { checkGiven, checkInRange } from "../foundation/validate.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { selectPoints } from "./select-points.js";

/** Options of {@link downsample}. */
export interface DownsampleOptions {
  /** The probability with which each point is dropped, in [0, 1]: E2DTC's r₁. */
  readonly rate: number;
  /** Where random numbers come from; it moves on by one number a point. */
  readonly random: Random;
  /** Whether the first and last point always stay; without, a trajectory may lose all points. @defaultValue true */
  readonly keepEndpoints?: boolean;
}

/**
 * Drops points at random: each one on its own, with probability r₁.
 *
 * Source: E2DTC §V-C (after t2vec, Li et al. 2018, whose code keeps both ends, as the default does here). One random
 * number is drawn a point, ends included, so that `keepEndpoints` changes nothing but the ends.
 *
 * @returns a copy; times and ids stay with their points
 * @throws {ValueError} a rate outside [0, 1]
 */
export function downsample(set: TrajectorySet, options: DownsampleOptions): TrajectorySet {
  checkSet("downsample", set);
  checkGiven("downsample", "options", options);
  checkOptions("downsample", options, ["rate", "random", "keepEndpoints"]);
  const { rate, random, keepEndpoints = true } = options;
  checkInRange("downsample", "rate", rate, 0, 1);
  const keep = new Uint8Array(set.pointCount);
  for (let i = 0; i < keep.length; i++) keep[i] = random.next() >= rate ? 1 : 0;
  if (keepEndpoints) {
    for (let i = 0; i < set.length; i++) {
      const start = set.offsets[i]!;
      const end = set.offsets[i + 1]!;
      if (end === start) continue;
      keep[start] = 1;
      keep[end - 1] = 1;
    }
  }
  return selectPoints(set, keep);
}
