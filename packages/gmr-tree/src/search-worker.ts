import { Forest } from "./internal/forest.js";
import { PackedTree } from "./internal/packed-tree.js";
import { searchForest } from "./internal/search-forest.js";
import { QUERIES_AT_ONCE, type WorkerReport, type WorkerTask } from "./internal/worker-pool.js";
import { queryAt, writeHits } from "./search-many.js";

/** Answers queries of a batch until none is left. Runs in a worker thread of Node or of a browser. */
function work(task: WorkerTask, report: (message: WorkerReport) => void): void {
  const { layout, frame, batch, columns, k, control } = task;
  try {
    const tree = new PackedTree(task, layout, frame, task.thread);
    const { dimensions } = layout.shape;
    const forest = new Forest({ dimensions, ...frame, spaceWeight: 1, shared: true });
    forest.adopt(tree);
    const total = columns.counts.length;
    for (;;) {
      const begin = Atomics.add(control, 0, QUERIES_AT_ONCE);
      if (begin >= total || Atomics.load(control, 1) === 1) break;
      const end = Math.min(total, begin + QUERIES_AT_ONCE);
      for (let i = begin; i < end; i++) {
        writeHits(columns, i, k, searchForest("GmrTree.searchMany", forest, queryAt(batch, i, dimensions)));
      }
      report({ done: end - begin, finished: false });
    }
    report({ done: 0, finished: true });
  } catch (error) {
    report({ done: 0, finished: true, error: error instanceof Error ? error.message : String(error) });
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
