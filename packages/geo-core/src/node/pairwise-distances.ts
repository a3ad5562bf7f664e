import { availableParallelism } from "node:os";
import type { DistanceMetric } from "../distances/distance-metric.js";
import {
  type CondensedDistances,
  type PairwiseDistancesOptions,
  runOnThisThread,
} from "../distances/pairwise-distances.js";
import { askedThreads } from "../foundation/asked-threads.js";
import { checkOptions } from "../foundation/check-options.js";
import { checkNonNegativeInteger } from "../foundation/validate.js";
import { createPairwiseJob, tileCount, totalCells } from "../internal/distances/pairwise-job.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { runOnWorkers } from "./internal/pairwise-workers.js";

/** Options of the Node version of {@link pairwiseDistances}. */
export interface PairwiseDistancesNodeOptions<Precision extends "float32" | "float64" = "float32" | "float64">
  extends PairwiseDistancesOptions<Precision> {
  /**
   * Worker threads; 0 computes on the calling thread.
   * @defaultValue what `WAYWEAVE_THREADS` says, or one for each processor that this process may use; 0 where they would take longer to start
   * than to work
   */
  readonly workers?: number | undefined;
}

/** Below this many cells (some 100 ms of one thread) starting workers does not pay. */
const CELLS_WORTH_WORKERS = 30e6;

/**
 * The distances between all pairs of a set, on worker threads that share the set and the result.
 *
 * Workers take tiles of about equal work until none is left. The result is the same, bit for bit, for every number of
 * workers. It is backed by a `SharedArrayBuffer` where workers ran.
 *
 * @param set n trajectories, none without points
 * @param metric a symmetric distance; `pointMetric` defaults to what the set's `coordinateSystem` asks for
 * @returns condensed, `[n (n − 1) / 2]`: pair i < j at n i − i (i + 1) / 2 + (j − i − 1), as in SciPy's `pdist`
 * @throws {ValueError} a trajectory without points, `directedHausdorff`, an option out of its range, great-circle
 *   distances of a planar set
 * @throws {StateError} a worker ended before its work did (its error is the `cause`)
 * @example
 * const distances = await pairwiseDistances(set, { name: "dtw" }, {
 *   output: "float32",
 *   signal: AbortSignal.timeout(60_000),
 *   onProgress: ({ done, total }) => console.log(`${done} of ${total} pairs`),
 * });
 */
export async function pairwiseDistances<Precision extends "float32" | "float64" = "float64">(
  set: TrajectorySet,
  metric: DistanceMetric,
  options: PairwiseDistancesNodeOptions<Precision> = {},
): Promise<CondensedDistances<Precision>> {
  checkSet("pairwiseDistances", set);
  const where = "pairwiseDistances";
  checkOptions(where, options, ["output", "workers", "onProgress", "signal"]);
  const { output = "float64", signal } = options;
  const workers = options.workers ?? defaultWorkers(where, set);
  checkNonNegativeInteger(where, "workers", workers);
  signal?.throwIfAborted();
  const allocate = (bytes: number) => (workers > 0 ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
  const job = createPairwiseJob(where, set, metric, output, allocate);
  const useful = Math.min(workers, tileCount(job));
  if (useful === 0) await runOnThisThread(job, options);
  else await runOnWorkers(job, useful, workerUrl(), options);
  return job.output as CondensedDistances<Precision>;
}

function defaultWorkers(where: string, set: TrajectorySet): number {
  const processors = askedThreads(where) ?? availableParallelism();
  return processors > 1 && totalCells(set.offsets) >= CELLS_WORTH_WORKERS ? processors : 0;
}

/** The built worker, beside this module in `dist`; from the sources (tests) it is the package's own `dist`. */
function workerUrl(): URL {
  const folder = import.meta.url.endsWith(".ts") ? "../../dist/" : "./";
  return new URL(`${folder}pairwise-distances-worker.js`, import.meta.url);
}
