import { Worker } from "node:worker_threads";
import type { DistanceRunOptions } from "../../distances/pairwise-distances.js";
import { StateError } from "../../foundation/errors.js";
import { type PairwiseJob, STOP } from "../../internal/distances/pairwise-job.js";

/** What a worker reports after each tile. */
export interface TileReport {
  readonly pairs: number;
}

/**
 * Runs a job whose columns are all in shared memory on `count` workers.
 *
 * Settles only after every worker has ended, so that nothing writes to the result afterwards.
 *
 * @param url the worker's module
 * @throws {StateError} a worker ended before its work did
 */
export async function runOnWorkers(
  job: PairwiseJob,
  count: number,
  url: URL,
  { onProgress, signal }: DistanceRunOptions,
): Promise<void> {
  const total = job.output.length;
  let done = 0;
  let failure: { readonly reason: unknown } | undefined;
  const stop = (reason: unknown): void => {
    failure ??= { reason };
    Atomics.store(job.control, STOP, 1);
  };
  const onAbort = (): void => stop(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  const ends = Array.from({ length: count }, () => {
    const worker = new Worker(url, { workerData: job, name: "pairwise-distances" });
    worker.on("message", ({ pairs }: TileReport) => {
      done += pairs;
      if (failure !== undefined) return;
      try {
        onProgress?.({ done, total });
      } catch (error) {
        stop(error);
      }
    });
    return new Promise<void>((resolve) => {
      worker.on("error", (cause) => stop(crash("a worker failed", cause)));
      worker.on("exit", (code) => {
        if (code !== 0) stop(crash(`a worker exited with code ${code}`));
        resolve();
      });
    });
  });
  await Promise.all(ends);
  signal?.removeEventListener("abort", onAbort);
  if (failure === undefined && done !== total) stop(crash("a worker ended early"));
  if (failure !== undefined) throw failure.reason;
}

function crash(what: string, cause?: unknown): StateError {
  const { message } = (cause ?? {}) as Partial<Error>;
  const detail = typeof message === "string" ? `: ${message}` : "";
  return new StateError(
    `pairwiseDistances: all workers must finish, but ${what}${detail}`,
    cause === undefined ? undefined : { cause },
  );
}
