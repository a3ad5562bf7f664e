import { StateError } from "@wayweave/geo-core";
import type { ResultColumns, SearchManyOptions, SearchManyQuery } from "../search-many.js";
import type { Layout } from "./layout.js";
import type { PackedTree, TreeFrame } from "./packed-tree.js";
import { ScratchAreas } from "./scratch-areas.js";

/** What a search worker is told: everything in it is shared or small. */
export interface WorkerTask {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  readonly memory: WebAssembly.Memory | undefined;
  readonly layout: Layout;
  readonly frame: TreeFrame;
  /** Which scratch area of the tree's memory to use, from 1 on. */
  readonly thread: number;
  readonly batch: SearchManyQuery;
  readonly columns: ResultColumns;
  readonly k: number;
  /** [0]: the next query that nobody has taken; [1]: 1 when all should stop. */
  readonly control: Int32Array;
}

/** What a search worker says: queries done since it last spoke, its end, or an error. */
export interface WorkerReport {
  readonly done: number;
  readonly finished: boolean;
  readonly error?: string;
}

/** Queries that a worker takes at a time. */
export const QUERIES_AT_ONCE = 16;

const areasOf = new WeakMap<PackedTree, ScratchAreas>();

/**
 * Lets worker threads answer a batch over a tree in shared memory. They take queries in turn, so none waits for another.
 * Returns, or throws the first error, when all of them have ended.
 */
export async function searchWithWorkers(
  tree: PackedTree,
  batch: SearchManyQuery,
  columns: ResultColumns,
  k: number,
  workers: number,
  { onProgress, signal }: SearchManyOptions,
): Promise<void> {
  const total = columns.counts.length;
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
  const task = { ...tree.storage, layout: tree.layout, frame: tree.frame, batch, columns, k, control };
  const isOver = (): boolean => Atomics.load(control, 1) === 1 || Atomics.load(control, 0) >= total;
  const runIn = async (thread: number): Promise<void> => {
    // The others may have done everything while this one waited for its area.
    if (!isOver()) await runWorker({ ...task, thread }, onDone);
  };
  signal?.addEventListener("abort", stop);
  const count = Math.min(workers, Math.ceil(total / QUERIES_AT_ONCE));
  await Promise.all(Array.from({ length: count }, () => areas.use(runIn).catch(fail)));
  signal?.removeEventListener("abort", stop);
  if (failure !== undefined) throw failure.error;
  signal?.throwIfAborted();
}

/** The part of a Node worker and of a web worker that is used here. */
interface Thread {
  start(task: WorkerTask): void;
  onReport(listener: (report: WorkerReport) => void): void;
  onError(listener: (error: unknown) => void): void;
  end(): Promise<unknown>;
}

/** Runs a worker to its end: afterwards it no longer touches the tree's memory. */
async function runWorker(task: WorkerTask, onDone: (queries: number) => void): Promise<void> {
  const thread = openThread();
  try {
    await new Promise<void>((resolve, reject) => {
      thread.onReport((report) => {
        if (report.error !== undefined) {
          reject(new StateError(`GmrTree.searchMany: a worker failed: ${report.error}`));
          return;
        }
        onDone(report.done);
        if (report.finished) resolve();
      });
      thread.onError(reject);
      thread.start(task);
    });
  } finally {
    await thread.end();
  }
}

/** The worker's file: beside the built module, or in `dist` when this module runs from its source. */
function workerUrl(): URL {
  const here = import.meta.url;
  return new URL(here.endsWith(".ts") ? "../../dist/search-worker.js" : "./search-worker.js", here);
}

function openThread(): Thread {
  const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
  if (node !== undefined) {
    const worker = new node.Worker(workerUrl());
    return {
      start: (task) => worker.postMessage(task),
      onReport: (listener) => worker.on("message", listener),
      onError: (listener) => worker.on("error", listener),
      end: () => worker.terminate(),
    };
  }
  if (typeof Worker === "undefined") {
    throw new StateError("GmrTree.searchMany: this environment has no worker threads; leave out workers");
  }
  const worker = new Worker(workerUrl(), { type: "module" });
  return {
    start: (task) => worker.postMessage(task),
    onReport: (listener) => worker.addEventListener("message", (event) => listener(event.data)),
    onError: (listener) =>
      worker.addEventListener("error", (event) => listener(event.error ?? event.message)),
    end: async () => worker.terminate(),
  };
}
