import { StateError, ValueError } from "@wayweave/geo-core/foundation";
import { listen, openWorker, type SearchWorker } from "../worker-thread.js";
import { shown } from "./checks.js";
import type { PackedTree } from "./packed-tree.js";
import { ScratchAreas } from "./scratch-areas.js";
import { type BatchTask, QUERIES_AT_ONCE, type WorkerReport, type WorkerTask } from "./worker-task.js";

export interface PoolOptions {
  readonly createWorker?: () => SearchWorker;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

const areasOf = new WeakMap<PackedTree, ScratchAreas>();

/**
 * Lets worker threads answer a batch over a tree in shared memory. They take queries in turn, so none waits for another.
 * Returns, or throws the first error, when all of them have ended.
 */
export async function searchWithWorkers(
  tree: PackedTree,
  batch: BatchTask,
  workers: number,
  { createWorker = openWorker, onProgress, signal }: PoolOptions,
): Promise<void> {
  const total = batch.columns.counts.length;
  const control = new Int32Array(new SharedArrayBuffer(8));
  const areas = areasOf.get(tree) ?? new ScratchAreas();
  areasOf.set(tree, areas);
  let done = 0;
  let failure: { readonly error: unknown } | undefined;
  const stop = (): void => void Atomics.store(control, 1, 1);
  const fail = (error: unknown): void => {
    failure ??= { error };
    stop();
  };
  const onDone = (queries: number): void => {
    done += queries;
    try {
      if (failure === undefined) onProgress?.({ done, total });
    } catch (error) {
      fail(error);
    }
  };
  const task = { ...batch, ...tree.storage, layout: tree.layout, frame: tree.frame, control };
  const isOver = (): boolean => Atomics.load(control, 1) === 1 || Atomics.load(control, 0) >= total;
  const runIn = async (thread: number): Promise<void> => {
    // The others may have done everything while this one waited for its area.
    if (!isOver()) await runWorker(createWorker, { ...task, thread }, onDone);
  };
  signal?.addEventListener("abort", stop);
  const count = Math.min(workers, Math.ceil(total / QUERIES_AT_ONCE));
  await Promise.all(Array.from({ length: count }, () => areas.use(runIn).catch(fail)));
  signal?.removeEventListener("abort", stop);
  if (failure !== undefined) throw failure.error;
  signal?.throwIfAborted();
}

/** Runs a worker to its end: afterwards it no longer touches the tree's memory. */
async function runWorker(
  createWorker: () => SearchWorker,
  task: WorkerTask,
  onDone: (queries: number) => void,
): Promise<void> {
  const worker = createWorker() as Partial<SearchWorker> | undefined as SearchWorker;
  if (typeof worker?.postMessage !== "function" || typeof worker.terminate !== "function") {
    throw new ValueError(`GmrTree.searchMany: createWorker must return a worker, got ${shown(worker)}`);
  }
  try {
    await new Promise<void>((resolve, reject) => {
      const onReport = (report: WorkerReport): void => {
        if (report.error !== undefined) {
          reject(new StateError(`GmrTree.searchMany: a worker failed: ${report.error}`));
          return;
        }
        onDone(report.done);
        if (report.finished) resolve();
      };
      listen(worker, onReport, reject);
      worker.postMessage(task);
    });
  } finally {
    await worker.terminate();
  }
}
