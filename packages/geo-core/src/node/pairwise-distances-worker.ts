import { parentPort, workerData } from "node:worker_threads";
import {
  computeTile,
  NEXT_TILE,
  type PairwiseJob,
  STOP,
  tileCount,
} from "../internal/distances/pairwise-job.js";
import type { TileReport } from "./internal/pairwise-workers.js";

/** The worker of `pairwiseDistances`: takes tiles until none is left or the work is called off. */
const job = workerData as PairwiseJob;
for (;;) {
  const tile = Atomics.add(job.control, NEXT_TILE, 1);
  if (tile >= tileCount(job) || Atomics.load(job.control, STOP) !== 0) break;
  const report: TileReport = { pairs: computeTile(job, tile) };
  parentPort?.postMessage(report);
}
