import { Worker } from "node:worker_threads";
import { StateError } from "@wayweave/geo-core";
import {
  fromPlainError,
  type WorkerJob,
  type WorkerMessage,
  type WorkerReply,
  type WorkerStart,
} from "./pool-protocol.js";
import type { Outputs } from "./predictor.js";

export type ReadyReply = Extract<WorkerReply, { kind: "ready" }>;

interface Waiting<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
}

/** The worker's file: next to this one when built, in `dist` when run from the sources. */
const WORKER_URL = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/onnx-worker.js" : "./onnx-worker.js",
  import.meta.url,
);

/** One thread that holds the model and computes one job at a time. */
export class PooledWorker {
  readonly #worker: Worker;
  readonly ready: Promise<ReadyReply>;
  /** Whether the model was loaded in the thread. */
  wasReady = false;
  #starting: Waiting<ReadyReply> | undefined;
  #running: Waiting<Outputs> | undefined;
  #stopping: Promise<void> | undefined;
  readonly #exited: Promise<void>;
  #failure: Error | undefined;

  /** @param onStop called once when the thread is gone, whatever the reason */
  constructor(start: WorkerStart, onStop: () => void) {
    this.ready = new Promise((resolve, reject) => {
      this.#starting = { resolve, reject };
    });
    // Execution arguments of the main thread (loaders, inspectors) are no business of this thread.
    this.#worker = new Worker(WORKER_URL, { workerData: start, execArgv: [] });
    this.#worker.on("message", (reply: WorkerReply) => this.#receive(reply));
    this.#worker.on("error", (error) => {
      this.#failure = error;
    });
    this.#exited = new Promise((resolve) => this.#worker.once("exit", () => resolve()));
    this.#worker.on("exit", (code) => {
      const doing = this.wasReady
        ? "OnnxModelPool.run: the worker stopped while it ran"
        : "OnnxModelPool.load: the worker stopped while it loaded the model";
      this.#fail(new StateError(`${doing} (${this.#failure?.message ?? `exit code ${code}`})`));
      onStop();
    });
  }

  /** Computes a job. The buffers in `transfer` are moved to the thread. */
  run(job: WorkerJob, transfer: ArrayBuffer[]): Promise<Outputs> {
    return new Promise((resolve, reject) => {
      this.#running = { resolve, reject };
      this.#keepAlive();
      this.#worker.postMessage(job, transfer);
    });
  }

  /**
   * Ends the thread. A job under way is rejected at once, but computed to its end: a thread that is torn down inside ONNX
   * Runtime takes the whole process with it.
   */
  stop(): Promise<void> {
    if (this.#stopping === undefined) {
      this.#stopping = this.#exited;
      this.#fail(new StateError("OnnxModelPool.run: the pool was disposed"));
      this.#worker.postMessage("stop" satisfies WorkerMessage);
    }
    return this.#stopping;
  }

  /** Only a thread that somebody waits for keeps the process alive: one that loads, computes, or is being stopped. */
  #keepAlive(): void {
    const isAwaited = [this.#starting, this.#running, this.#stopping].some((one) => one !== undefined);
    if (isAwaited) this.#worker.ref();
    else this.#worker.unref();
  }

  #receive(reply: WorkerReply): void {
    if (reply.kind === "failed") {
      this.#fail(fromPlainError(reply.error));
      return;
    }
    if (reply.kind === "ready") {
      this.wasReady = true;
      this.#starting?.resolve(reply);
      this.#starting = undefined;
    } else {
      const running = this.#running;
      this.#running = undefined;
      running?.resolve(reply.outputs);
    }
    this.#keepAlive();
  }

  #fail(error: Error): void {
    const { starting, running } = { starting: this.#starting, running: this.#running };
    this.#starting = undefined;
    this.#running = undefined;
    this.#keepAlive();
    starting?.reject(error);
    running?.reject(error);
  }
}
