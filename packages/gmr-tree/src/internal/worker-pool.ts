import { StateError } from "@wayweave/geo-core";
import type { ResultColumns, SearchManyOptions, SearchManyQuery } from "../search-many.js";
import type { Layout } from "./layout.js";
import type { PackedTree, TreeFrame } from "./packed-tree.js";

/** What a search worker is told: everything in it is shared or small. */
export interface WorkerTask {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  readonly memory: WebAssembly.Memory | undefined;
  readonly layout: Layout;
  readonly frame: TreeFrame;
  /** Which scratch area of the tree's memory to use. */
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

/** Lets worker threads answer a batch over a tree in shared memory. They take queries in turn, so none waits for another. */
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
  let done = 0;
  const stop = (): void => void Atomics.store(control, 1, 1);
  signal?.addEventListener("abort", stop);
  try {
    const threads = Array.from(
      { length: Math.min(workers, Math.ceil(total / QUERIES_AT_ONCE)) },
      (_, thread) =>
        runWorker(
          { ...tree.storage, layout: tree.layout, frame: tree.frame, thread, batch, columns, k, control },
          (queries) => {
            done += queries;
            onProgress?.({ done, total });
          },
        ).catch((error: unknown) => {
          stop();
          throw error;
        }),
    );
    await Promise.all(threads);
    signal?.throwIfAborted();
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** The part of a Node worker and of a web worker that is used here. */
interface Thread {
  start(task: WorkerTask): void;
  onReport(listener: (report: WorkerReport) => void): void;
  onError(listener: (error: unknown) => void): void;
  end(): void;
}

function runWorker(task: WorkerTask, onDone: (queries: number) => void): Promise<void> {
  const thread = openThread();
  return new Promise<void>((resolve, reject) => {
    thread.onReport((report) => {
      if (report.error !== undefined)
        reject(new StateError(`GmrTree.searchMany: a worker failed: ${report.error}`));
      else {
        try {
          onDone(report.done);
        } catch (error) {
          reject(error);
        }
        if (report.finished) resolve();
      }
    });
    thread.onError(reject);
    thread.start(task);
  }).finally(() => thread.end());
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
      end: () => void worker.terminate(),
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
    end: () => worker.terminate(),
  };
}
