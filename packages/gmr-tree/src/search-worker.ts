import { Schema } from "./attributes/schema.js";
import { Forest } from "./internal/forest.js";
import { PackedTree } from "./internal/packed-tree.js";
import { writeHits } from "./internal/result-columns.js";
import { noCounts, prepareForForest, searchPrepared } from "./internal/search-forest.js";
import { QUERIES_AT_ONCE, type WorkerReport, type WorkerTask } from "./internal/worker-task.js";
import { queryAt } from "./search-many.js";

/** Answers queries of a batch until none is left. Runs in a worker thread of Node or of a browser. */
function work(task: WorkerTask, report: (message: WorkerReport) => void): void {
  const { layout, frame, settings, columns, k, control } = task;
  const where = "GmrTree.searchMany";
  try {
    const tree = new PackedTree(task, layout, frame, task.thread);
    const { dimensions } = layout.shape;
    const forest = new Forest({ dimensions, ...frame, spaceWeight: 1, shared: true, schema: new Schema([]) });
    forest.adopt(tree);
    const total = columns.counts.length;
    const extras = { filter: undefined, names: undefined };
    for (;;) {
      const begin = Atomics.add(control, 0, QUERIES_AT_ONCE);
      if (begin >= total || Atomics.load(control, 1) === 1) break;
      const end = Math.min(total, begin + QUERIES_AT_ONCE);
      for (let i = begin; i < end; i++) {
        const query = prepareForForest(where, forest, settings, queryAt(task, i, dimensions), extras);
        writeHits(columns, i, k, searchPrepared(forest, query, noCounts()));
      }
      report({ done: end - begin, finished: false });
    }
    report({ done: 0, finished: true });
  } catch (error) {
    const message = (error as { message?: unknown } | null)?.message;
    report({ done: 0, finished: true, error: typeof message === "string" ? message : String(error) });
  }
}

const port = globalThis.process?.getBuiltinModule?.("node:worker_threads").parentPort;
if (port) {
  port.once("message", (task: WorkerTask) => work(task, (message) => port.postMessage(message)));
} else if (typeof self !== "undefined") {
  self.addEventListener("message", (event: MessageEvent<WorkerTask>) =>
    work(event.data, (message) => self.postMessage(message)),
  );
}
