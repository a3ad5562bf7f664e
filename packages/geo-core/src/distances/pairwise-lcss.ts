import { checkOptions } from "../foundation/check-options.js";
import { ValueError } from "../foundation/errors.js";
import { Pace } from "../foundation/pace.js";
import { checkOneOf } from "../foundation/validate.js";
import { LcssLevels } from "../internal/distances/lcss-levels.js";
import { SPHERE_CURVATURE, squaredOf } from "../internal/distances/points.js";
import { prepareSet, resolveForSet } from "../internal/distances/prepare.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import type { CondensedDistances, PairwiseDistancesOptions } from "./pairwise-distances.js";

/**
 * LCSS distances between all pairs of a set at several thresholds, 1 − length / points of the shorter: what `pairwiseDistances` with
 * `{ name: "lcss", epsilon }` gives for each, in a fraction of the time, since points are compared once.
 *
 * The matches of one pair are held at a time, a bit for each two points and threshold; the event loop gets a turn after each trajectory's pairs.
 * For trajectories of many thousands of points take `pairwiseDistances`, or thin them first.
 *
 * @param set n trajectories, none without points
 * @param epsilons ≥ 0, metres or the plane's unit, in any order, at least one
 * @returns for each threshold condensed distances, `[n (n − 1) / 2]`, as of `pairwiseDistances`
 * @throws {ValueError} no threshold, one out of range, a trajectory without points, an option out of its range
 * @example const [narrow, wide] = await pairwiseLcss(set, [50, 200], { output: "float32" })
 */
export async function pairwiseLcss<Precision extends "float32" | "float64" = "float64">(
  set: TrajectorySet,
  epsilons: readonly number[],
  options: PairwiseDistancesOptions<Precision> = {},
): Promise<CondensedDistances<Precision>[]> {
  const where = "pairwiseLcss";
  checkSet(where, set);
  checkOptions(where, options, ["output", "onProgress", "signal"]);
  const { output = "float64", onProgress, signal } = options;
  checkOneOf(where, "output", output, ["float32", "float64"]);
  if (!Array.isArray(epsilons) || epsilons.length === 0) {
    throw new ValueError(`${where}: epsilons must hold at least one, got ${String(epsilons)}`);
  }
  const [first] = epsilons.map((epsilon) => resolveForSet(where, set, { name: "lcss", epsilon }));
  const { onSphere } = first!;
  const points = prepareSet(where, set, onSphere);
  const order = Array.from(epsilons.keys()).sort((a, b) => epsilons[a]! - epsilons[b]!);
  const curvature = onSphere ? SPHERE_CURVATURE : 0;
  const levels = new LcssLevels(Float64Array.from(order, (at) => squaredOf(epsilons[at]!, curvature)));
  const total = (set.length * (set.length - 1)) / 2;
  const found = epsilons.map(() =>
    output === "float32" ? new Float32Array(total) : new Float64Array(total),
  );
  const lengths = new Float64Array(epsilons.length);
  const pace = new Pace(signal);
  for (let i = 0, at = 0; i < set.length - 1; i++) {
    for (let j = i + 1; j < set.length; j++, at++) {
      levels.lengths(points, i, points, j, lengths);
      const shorter = Math.min(set.pointCountOf(i), set.pointCountOf(j));
      for (let level = 0; level < order.length; level++)
        found[order[level]!]![at] = 1 - lengths[level]! / shorter;
    }
    onProgress?.({ done: at, total });
    await pace.step();
  }
  return found as CondensedDistances<Precision>[];
}
