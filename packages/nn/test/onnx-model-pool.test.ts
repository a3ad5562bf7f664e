import type { Worker } from "node:worker_threads";
import { FormatError, ShapeError, StateError } from "@wayweave/geo-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { OnnxModelPool, type PoolOptions } from "../src/inference/onnx-model-pool.js";
import { linearModel, slowModel } from "./support/models.js";

/** The worker threads that the pools under test have started. */
const workers: Worker[] = [];
vi.mock("node:worker_threads", async (importOriginal) => {
  const original = await importOriginal<typeof import("node:worker_threads")>();
  class ObservedWorker extends original.Worker {
    constructor(...args: ConstructorParameters<typeof original.Worker>) {
      super(...args);
      workers.push(this);
    }
  }
  return { ...original, Worker: ObservedWorker };
});

const pools: OnnxModelPool[] = [];

async function load(model: Uint8Array, options: PoolOptions = {}): Promise<OnnxModelPool> {
  const pool = await OnnxModelPool.load(model, { threads: 1, ...options });
  pools.push(pool);
  return pool;
}

afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.dispose();
  workers.length = 0;
});

const SIZE = 512;
/** About 1.7 GFLOP for one row batch of 512: long enough to see that nothing waits for it. */
const slowInput = () => ({ data: new Float32Array(SIZE * SIZE).fill(1), shape: [SIZE, SIZE] });

describe("OnnxModelPool", () => {
  it("computes what the model computes, in batches over several workers", async () => {
    const pool = await load(linearModel(), { workers: 2 });
    expect(pool.inputs).toEqual([{ name: "x", type: "float32", shape: ["batch", 3] }]);
    expect(pool.metadata).toEqual({ seed: "7" });
    const x = { data: [1, 2, 3, 0, 0, 1, 1, 0, 0], shape: [3, 3] };
    const { y } = await pool.run({ x }, { batchSize: 1 });
    expect(y).toEqual({ type: "float32", shape: [3, 2], data: Float32Array.of(22, 28, 5, 6, 1, 2) });
    expect(workers.length).toBe(2);
  });

  it("leaves the event loop free: timers fire while it computes", async () => {
    const pool = await load(slowModel(SIZE, 60));
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const run = pool.run({ x: slowInput() });
    await run;
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(10);
  });

  it("copies inputs unless told to move them", async () => {
    const pool = await load(linearModel());
    const kept = new Float32Array(6);
    await pool.run({ x: { data: kept, shape: [2, 3] } });
    expect(kept.length).toBe(6);
    const moved = new Float32Array(6);
    await pool.run({ x: { data: moved, shape: [2, 3] } }, { transfer: true });
    expect(moved.length).toBe(0);
    // A view of a larger buffer cannot be moved without taking the rest along.
    const view = new Float32Array(9).subarray(3);
    await pool.run({ x: { data: view, shape: [2, 3] } }, { transfer: true });
    expect(view.length).toBe(6);
  });

  it("rejects a cancelled run at once and goes on with the next", async () => {
    const pool = await load(slowModel(SIZE, 20));
    const controller = new AbortController();
    let finished = 0;
    const run = pool.run(
      { x: slowInput() },
      { batchSize: 32, signal: controller.signal, onProgress: ({ done }) => (finished = done) },
    );
    controller.abort(new Error("no longer wanted"));
    await expect(run).rejects.toThrow("no longer wanted");
    expect(finished).toBe(0);
    const { y } = await pool.run({ x: { data: new Float32Array(SIZE).fill(2), shape: [1, SIZE] } });
    expect((y!.data as Float32Array)[0]).toBeCloseTo(2, 4);
    await expect(pool.run({ x: slowInput() }, { signal: controller.signal })).rejects.toThrow(
      "no longer wanted",
    );
  });

  it("turns a worker's death into an error and replaces the worker", async () => {
    const pool = await load(slowModel(SIZE, 40));
    // Before it computes: a thread that is torn down inside ONNX Runtime takes the process with it.
    const ended = workers[0]!.terminate();
    await expect(pool.run({ x: slowInput() })).rejects.toThrow(
      new StateError("OnnxModelPool.run: the worker stopped while it ran (exit code 1)"),
    );
    await ended;
    const { y } = await pool.run({ x: { data: new Float32Array(SIZE).fill(3), shape: [1, SIZE] } });
    expect((y!.data as Float32Array)[SIZE - 1]).toBeCloseTo(3, 4);
    expect(workers.length).toBe(2);
  });

  it("refuses bad inputs in the caller's thread, and bad models when it loads", async () => {
    const pool = await load(linearModel());
    await expect(pool.run({ x: { data: [1], shape: [1, 1] } })).rejects.toThrow(
      new ShapeError("OnnxModelPool.run: input x must have shape [batch, 3], got [1, 1]"),
    );
    await expect(OnnxModelPool.load(new Uint8Array(30))).rejects.toThrow(FormatError);
    await expect(OnnxModelPool.load(linearModel(), { workers: 0 })).rejects.toThrow(
      "OnnxModelPool.load: workers must be a positive integer, got 0",
    );
  });

  it("rejects what is under way when it is disposed, and everything after", async () => {
    const pool = await load(slowModel(SIZE, 40));
    const run = pool.run({ x: slowInput() }, { batchSize: 64 });
    const rejection = expect(run).rejects.toThrow(StateError);
    await pool.dispose();
    await rejection;
    await expect(pool.run({ x: slowInput() })).rejects.toThrow(
      new StateError("OnnxModelPool.run: the pool was disposed"),
    );
  });
});
