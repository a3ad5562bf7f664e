import { describe, expect, it, vi } from "vitest";
import { type DistanceMetric, Random, StateError } from "../../src/index.js";
import { createPairwiseJob } from "../../src/internal/distances/pairwise-job.js";
import { runOnWorkers } from "../../src/node/internal/pairwise-workers.js";
import { pairwiseDistances } from "../../src/node/pairwise-distances.js";
import { randomWalks } from "./random-walks.js";

const metrics: DistanceMetric[] = [
  { name: "dtw" },
  { name: "edr", epsilon: 200 },
  { name: "lcss", epsilon: 200 },
  { name: "hausdorff" },
  { name: "frechet" },
];
const set = randomWalks(60, 80, new Random(5));

function sharedJob() {
  const allocate = (bytes: number) => new SharedArrayBuffer(bytes);
  return createPairwiseJob("test", set, { name: "dtw" }, "float64", allocate);
}

/** A worker's module from its source text. */
function moduleOf(source: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}

describe("pairwiseDistances on workers", () => {
  for (const metric of metrics) {
    it(`gives the same bits for 0, 1, 2 and 3 workers: ${metric.name}`, async () => {
      const alone = await pairwiseDistances(set, metric, { workers: 0 });
      for (const workers of [1, 2, 3]) {
        const shared = await pairwiseDistances(set, metric, { workers });
        expect(shared.buffer).toBeInstanceOf(SharedArrayBuffer);
        expect(Array.from(shared)).toEqual(Array.from(alone));
      }
    });
  }

  it("writes 32-bit distances too", async () => {
    const alone = await pairwiseDistances(set, { name: "dtw" }, { workers: 0, output: "float32" });
    const shared = await pairwiseDistances(set, { name: "dtw" }, { workers: 2, output: "float32" });
    expect(shared).toBeInstanceOf(Float32Array);
    expect(Array.from(shared)).toEqual(Array.from(alone));
  });

  it("stays on the calling thread where the set is small", async () => {
    const distances = await pairwiseDistances(set, { name: "dtw" });
    expect(distances.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it("reports growing progress up to all pairs", async () => {
    const onProgress = vi.fn<(progress: { done: number; total: number }) => void>();
    await pairwiseDistances(set, { name: "dtw" }, { workers: 2, onProgress });
    const done = onProgress.mock.calls.map(([progress]) => progress.done);
    expect(done.length).toBeGreaterThan(5);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(onProgress.mock.lastCall).toEqual([{ done: 1770, total: 1770 }]);
  });

  it("ends when the signal says so, inside a tile too", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    // Long trajectories: the work takes seconds, the first tile alone longer than the start of a worker.
    const long = randomWalks(100, 4000, new Random(6));
    const seen: number[] = [];
    const run = pairwiseDistances(
      long,
      { name: "dtw" },
      {
        workers: 2,
        signal: controller.signal,
        onProgress: ({ done }) => {
          seen.push(done);
          controller.abort(reason);
        },
      },
    );
    await expect(run).rejects.toBe(reason);
    expect(seen).toHaveLength(1);
  });

  it("rejects when onProgress throws", async () => {
    const reason = new Error("bar is broken");
    const onProgress = () => {
      throw reason;
    };
    await expect(pairwiseDistances(set, { name: "dtw" }, { workers: 2, onProgress })).rejects.toBe(reason);
  });

  it("refuses a count that is none", async () => {
    await expect(pairwiseDistances(set, { name: "dtw" }, { workers: -1 })).rejects.toThrow(
      "pairwiseDistances: workers must be a non-negative integer, got -1",
    );
  });
});

describe("a worker that fails", () => {
  const cases: [string, string, string][] = [
    ["throws", 'throw new Error("boom")', "a worker failed: boom"],
    ["exits", "process.exit(3)", "a worker exited with code 3"],
    ["leaves its work undone", "", "a worker ended early"],
  ];
  for (const [what, source, detail] of cases) {
    it(`rejects with the cause when one ${what}`, async () => {
      const run = runOnWorkers(sharedJob(), 2, moduleOf(source), {});
      await expect(run).rejects.toThrow(StateError);
      await expect(run).rejects.toThrow(`pairwiseDistances: all workers must finish, but ${detail}`);
    });
  }
});
