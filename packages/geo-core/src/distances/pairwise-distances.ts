import { checkOptions } from "../foundation/check-options.js";
import { Pace } from "../foundation/pace.js";
import { pairDistance } from "../internal/distances/metric.js";
import {
  computeTile,
  createPairwiseJob,
  type PairwiseJob,
  tileCount,
} from "../internal/distances/pairwise-job.js";
import { preparePoints } from "../internal/distances/points.js";
import { checkTrajectory, prepareSet, resolveForSet } from "../internal/distances/prepare.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import type { DistanceMetric } from "./distance-metric.js";

/** Pairs done so far, out of all. */
export interface DistanceProgress {
  /** Pairs whose distance is known; for a search with many queries, queries answered. */
  readonly done: number;
  /** Pairs, or queries, in all. */
  readonly total: number;
}

/** Options of long distance computations. */
export interface DistanceRunOptions {
  /** Called after each slice of the work, with growing `done`. */
  readonly onProgress?: ((progress: DistanceProgress) => void) | undefined;
  /** Ends the work early; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link pairwiseDistances}. */
export interface PairwiseDistancesOptions<Precision extends "float32" | "float64" = "float32" | "float64">
  extends DistanceRunOptions {
  /** The precision of the result; distances are computed in float64 either way. @defaultValue "float64" */
  readonly output?: Precision | undefined;
}

/** The array type that an `output` names. */
export type CondensedDistances<Precision extends "float32" | "float64"> = Precision extends "float32"
  ? Float32Array
  : Float64Array;

/**
 * The distances between all pairs of a set, on the calling thread, which gets a turn every 50 ms or so.
 *
 * In Node, `@wayweave/geo-core/node` has the same function on worker threads.
 *
 * @param set n trajectories, none without points
 * @param metric a symmetric distance; `pointMetric` defaults to what the set's `coordinateSystem` asks for
 * @returns condensed, `[n (n − 1) / 2]`: pair i < j at n i − i (i + 1) / 2 + (j − i − 1), as in SciPy's `pdist`
 * @throws {ValueError} a trajectory without points, `directedHausdorff`, an option out of its range, great-circle
 *   distances of a planar set
 * @example await pairwiseDistances(set, { name: "edr", epsilon: 100 }, { output: "float32" })
 */
export async function pairwiseDistances<Precision extends "float32" | "float64" = "float64">(
  set: TrajectorySet,
  metric: DistanceMetric,
  options: PairwiseDistancesOptions<Precision> = {},
): Promise<CondensedDistances<Precision>> {
  checkSet("pairwiseDistances", set);
  checkOptions("pairwiseDistances", options, ["output", "onProgress", "signal"]);
  const { output = "float64" } = options;
  options.signal?.throwIfAborted();
  const job = createPairwiseJob("pairwiseDistances", set, metric, output, (bytes) => new ArrayBuffer(bytes));
  await runOnThisThread(job, options);
  return job.output as CondensedDistances<Precision>;
}

/** Fills a job's output tile by tile, yielding to the event loop in between. */
export async function runOnThisThread(
  job: PairwiseJob,
  { onProgress, signal }: DistanceRunOptions,
): Promise<void> {
  const total = job.output.length;
  const pace = new Pace(signal);
  let done = 0;
  for (let tile = 0; tile < tileCount(job); tile++) {
    done += computeTile(job, tile);
    onProgress?.({ done, total });
    await pace.step();
  }
}

/** Cells between two looks at the clock. */
const SLICE_CELLS = 1e6;

/**
 * The distances from one trajectory to all of a set, on the calling thread, which gets a turn every 50 ms or so.
 *
 * @param query interleaved positions in the set's coordinate system, `[points × 2]`, at least one point
 * @param set n trajectories, none without points
 * @param metric a distance; a directed one goes from the query to the set's trajectory
 * @returns `[n]`
 * @throws {ShapeError} a query with an odd number of coordinates
 * @throws {ValueError} a query or trajectory without points, a position out of range, an option out of its range,
 *   great-circle distances of a planar set
 * @example await distancesToMany(set.at(0).coordinates, set, { name: "dtw" }) // [0, …]
 */
export async function distancesToMany(
  query: Float64Array,
  set: TrajectorySet,
  metric: DistanceMetric,
  options: DistanceRunOptions = {},
): Promise<Float64Array> {
  checkSet("distancesToMany", set);
  checkOptions("distancesToMany", options, ["onProgress", "signal"]);
  const { onProgress, signal } = options;
  const pace = new Pace(signal);
  const resolved = resolveForSet("distancesToMany", set, metric);
  checkTrajectory("distancesToMany", "query", query, resolved.onSphere);
  const queryPoints = preparePoints(query, Uint32Array.of(0, query.length / 2), resolved.onSphere);
  const points = prepareSet("distancesToMany", set, resolved.onSphere);
  const total = set.length;
  const distances = new Float64Array(total);
  let cells = 0;
  for (let i = 0; i < total; i++) {
    distances[i] = pairDistance(resolved, queryPoints, 0, points, i);
    cells += (query.length / 2) * set.pointCountOf(i);
    if (cells >= SLICE_CELLS && i + 1 < total) {
      cells = 0;
      onProgress?.({ done: i + 1, total });
      await pace.step();
    }
  }
  onProgress?.({ done: total, total });
  return distances;
}
