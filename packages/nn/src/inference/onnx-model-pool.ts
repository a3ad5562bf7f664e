import { checkPositiveInteger, StateError } from "@wayweave/geo-core";
import { kindOf } from "../onnx/realm.js";
import { type Batch, OutputJoiner, planBatches } from "./batching.js";
import { checkInputs, checkOutputNames } from "./check-inputs.js";
import { locationOf, type ModelSource } from "./onnx-model.js";
import type { WorkerStart } from "./pool-protocol.js";
import { PooledWorker, type ReadyReply } from "./pooled-worker.js";
import {
  checkRunOptions,
  type Inputs,
  type InputTensor,
  type Outputs,
  type Predictor,
  type RunOptions,
  type TensorSpec,
} from "./predictor.js";
import { checkSessionOptions, type Provider, type SessionOptions } from "./providers.js";

/** How {@link OnnxModelPool} opens a model, and in how many threads. */
export interface PoolOptions extends SessionOptions {
  /** Threads that each hold the model (and its memory) and compute one batch at a time. Default 1. */
  readonly workers?: number;
}

/** How {@link OnnxModelPool.run} runs a model. */
export interface PoolRunOptions extends RunOptions {
  /**
   * Moves the inputs' buffers to the worker instead of copying them; the caller's arrays are empty afterwards.
   * Only arrays that fill their whole buffer, and that are not cut into batches, can be moved: others are copied.
   */
  readonly transfer?: boolean;
}

/** A batch that waits for a worker. */
interface Job {
  readonly batch: Batch;
  readonly outputs: readonly string[];
  readonly move: boolean;
  readonly resolve: (outputs: Outputs) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * An ONNX model in worker threads: the caller's event loop stays free while it computes.
 *
 * Batches go to the first idle worker; those of one run may be computed side by side. A run that is cancelled
 * is rejected at once, its waiting batches are dropped, and what a worker still computes for it is thrown away.
 * When a worker dies, its batch is rejected with a {@link StateError} and a new worker takes its place.
 *
 * @example
 * const pool = await OnnxModelPool.load("encoder.onnx", { workers: 2, threads: 1 });
 * const { embedding } = await pool.run({ x: { data, shape: [1000, 2] } }, { batchSize: 64, signal });
 */
export class OnnxModelPool implements Predictor {
  /** What the model takes. */
  readonly inputs: readonly TensorSpec[];
  /** What the model gives. */
  readonly outputs: readonly TensorSpec[];
  /** The model's `metadata_props`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The provider in use. */
  readonly provider: Provider;
  readonly #start: WorkerStart;
  readonly #workers = new Set<PooledWorker>();
  readonly #idle: PooledWorker[] = [];
  readonly #queue: Job[] = [];
  /** Why nothing can be run any more. */
  #closed: Error | undefined;

  private constructor(start: WorkerStart, ready: ReadyReply) {
    this.#start = start;
    this.inputs = ready.inputs;
    this.outputs = ready.outputs;
    this.metadata = ready.metadata;
    this.provider = ready.provider;
  }

  /**
   * Starts the workers and loads the model in each of them.
   *
   * @throws what {@link OnnxModel.load} throws
   * @throws {ValueError} workers is no positive integer
   */
  static async load(source: ModelSource, options: PoolOptions = {}): Promise<OnnxModelPool> {
    checkSessionOptions("OnnxModelPool.load", options, ["workers"]);
    const workers = options.workers ?? 1;
    checkPositiveInteger("OnnxModelPool.load", "workers", workers);
    const start: WorkerStart = {
      source: locationOf("OnnxModelPool.load", source),
      providers: options.providers,
      engine: options.engine,
      threads: options.threads,
    };
    // The first worker tells whether the model loads at all, and what it looks like.
    let pool: OnnxModelPool | undefined;
    const first: PooledWorker = new PooledWorker(start, () => {
      if (pool !== undefined) pool.#replace(first);
    });
    try {
      const ready = await first.ready;
      for (const message of ready.messages) options.onMessage?.(message);
      pool = new OnnxModelPool(start, ready);
      pool.#workers.add(first);
      pool.#idle.push(first);
      await Promise.all(Array.from({ length: workers - 1 }, () => pool!.#add()));
      return pool;
    } catch (error) {
      await first.stop();
      await pool?.dispose();
      throw error;
    }
  }

  /**
   * Runs the model in a worker, or in several when `batchSize` cuts the inputs.
   *
   * @throws what {@link OnnxModel.run} throws, before any worker is troubled
   * @throws {StateError} the pool was disposed, or the worker died
   * @throws the signal's reason when the run is cancelled
   */
  async run(inputs: Inputs, options: PoolRunOptions = {}): Promise<Outputs> {
    const where = "OnnxModelPool.run";
    if (this.#closed !== undefined) throw this.#closed;
    checkRunOptions(where, options, ["transfer"]);
    const { signal } = options;
    signal?.throwIfAborted();
    const outputs = checkOutputNames(where, this.outputs, options.outputs);
    const plan = planBatches(where, checkInputs(where, this.inputs, inputs), options.batchSize);
    const joiner = new OutputJoiner(where, plan, this.outputs);
    const move = options.transfer === true && plan.batches.length === 1;
    let done = 0;
    const jobs: Job[] = [];
    const results = plan.batches.map(async (batch) => {
      joiner.put(batch, await this.#enqueue(batch, outputs, move, jobs));
      done += batch.count;
      options.onProgress?.({ done, total: plan.rows });
    });
    await this.#settle(results, jobs, signal);
    return joiner.outputs;
  }

  /** Ends the workers. Runs that wait or are under way are rejected with a StateError. */
  async dispose(): Promise<void> {
    this.#close(new StateError("OnnxModelPool.run: the pool was disposed"));
    await Promise.all([...this.#workers].map((worker) => worker.stop()));
  }

  #enqueue(batch: Batch, outputs: readonly string[], move: boolean, jobs: Job[]): Promise<Outputs> {
    return new Promise((resolve, reject) => {
      const job: Job = { batch, outputs, move, resolve, reject };
      jobs.push(job);
      this.#queue.push(job);
      this.#dispatch();
    });
  }

  /** Waits for all batches; drops those still queued as soon as one fails or the signal cancels them. */
  async #settle(
    results: readonly Promise<void>[],
    jobs: readonly Job[],
    signal?: AbortSignal,
  ): Promise<void> {
    let cancel: (() => void) | undefined;
    const cancelled = new Promise<never>((_, reject) => {
      cancel = () => reject(signal!.reason);
      signal?.addEventListener("abort", cancel);
    });
    try {
      await Promise.race([Promise.all(results), cancelled]);
    } catch (error) {
      for (const job of jobs) {
        const position = this.#queue.indexOf(job);
        if (position >= 0) this.#queue.splice(position, 1);
        job.reject(error);
      }
      await Promise.allSettled(results);
      throw error;
    } finally {
      signal?.removeEventListener("abort", cancel!);
    }
  }

  #dispatch(): void {
    while (this.#queue.length > 0 && this.#idle.length > 0) {
      const worker = this.#idle.pop()!;
      const { batch, outputs, move, resolve, reject } = this.#queue.shift()!;
      const { inputs, transfer } = movable(batch, move);
      worker
        .run({ inputs, outputs }, transfer)
        .then(resolve, reject)
        .finally(() => this.#release(worker));
    }
  }

  #release(worker: PooledWorker): void {
    if (!this.#workers.has(worker)) return;
    this.#idle.push(worker);
    this.#dispatch();
  }

  async #add(): Promise<void> {
    const worker: PooledWorker = new PooledWorker(this.#start, () => this.#replace(worker));
    this.#workers.add(worker);
    await worker.ready;
    this.#idle.push(worker);
    this.#dispatch();
  }

  /** A worker is gone: starts another, unless the pool is being closed. */
  #replace(worker: PooledWorker): void {
    this.#workers.delete(worker);
    const position = this.#idle.indexOf(worker);
    if (position >= 0) this.#idle.splice(position, 1);
    // One that died before it was ready would die again: `#add` reports it.
    if (this.#closed !== undefined || !worker.wasReady) return;
    this.#add().catch((error: Error) => {
      // The model no longer loads (its file is gone, memory is short).
      if (this.#workers.size === 0) this.#close(error);
    });
  }

  #close(reason: Error): void {
    this.#closed ??= reason;
    for (const { reject } of this.#queue.splice(0)) reject(this.#closed);
  }
}

/** The inputs of a batch in arrays of their own, with the buffers that may be moved to another thread. */
function movable(batch: Batch, move: boolean): { inputs: Inputs; transfer: ArrayBuffer[] } {
  const inputs: Record<string, InputTensor> = {};
  const transfer: ArrayBuffer[] = [];
  for (const { spec, data, shape } of batch.inputs) {
    if (!ArrayBuffer.isView(data)) {
      inputs[spec.name] = { data, shape };
      continue;
    }
    const view = data as Float32Array;
    const whole = kindOf(view.buffer) === "ArrayBuffer" && view.byteLength === view.buffer.byteLength;
    const own = move && whole && !transfer.includes(view.buffer as ArrayBuffer) ? view : view.slice();
    inputs[spec.name] = { data: own, shape };
    transfer.push(own.buffer as ArrayBuffer);
  }
  return { inputs, transfer };
}
