import { Random } from "@wayweave/geo-core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kMedoids } from "../src/clustering/k-medoids.js";

const distancesOf = (n: number) =>
  fc.array(fc.integer({ min: 0, max: 50 }), { minLength: (n * (n - 1)) / 2, maxLength: (n * (n - 1)) / 2 });

const smallProblem = fc
  .record({ n: fc.integer({ min: 4, max: 9 }), k: fc.integer({ min: 1, max: 4 }) })
  .chain(({ n, k }) => distancesOf(n).map((values) => ({ n, k, distances: Float64Array.from(values) })));

/** The condensed order, by counting, as an oracle of the formula. */
function square(distances: ArrayLike<number>, n: number): number[][] {
  const full = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  let next = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      full[i]![j] = distances[next]!;
      full[j]![i] = distances[next]!;
      next++;
    }
  }
  return full;
}

function objectiveOf(full: number[][], medoids: readonly number[]): number {
  return full.reduce((sum, row) => sum + Math.min(...medoids.map((m) => row[m]!)), 0);
}

function* choices(n: number, k: number, from = 0): Generator<number[]> {
  if (k === 0) yield [];
  else for (let i = from; i < n; i++) for (const rest of choices(n, k - 1, i + 1)) yield [i, ...rest];
}

/** Distances between points drawn in the unit square, around `blobs` centres. */
function planarDistances(n: number, blobs: number, seed: number): Float32Array {
  const random = new Random(seed);
  const centers = Array.from({ length: 2 * blobs }, () => random.next());
  const points = Float64Array.from(
    { length: 2 * n },
    (_, i) => centers[2 * (Math.floor(i / 2) % blobs) + (i % 2)]! + 0.02 * random.normal(),
  );
  const condensed = new Float32Array((n * (n - 1)) / 2);
  let next = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      condensed[next++] = Math.hypot(
        points[2 * i]! - points[2 * j]!,
        points[2 * i + 1]! - points[2 * j + 1]!,
      );
    }
  }
  return condensed;
}

describe("kMedoids", () => {
  it("splits three objects on a line, by hand", async () => {
    // At 0, 1 and 9: {0, 1} and {9}, one of the pair is 1 away from its medoid.
    const result = await kMedoids(Float32Array.of(1, 9, 8), 3, { k: 2 });
    expect(result.objective).toBe(1);
    expect(result.labels[0]).toBe(result.labels[1]);
    expect(result.labels[2]).not.toBe(result.labels[0]);
    expect(result.medoids[1]).toBe(2);
    expect(result.converged).toBe(true);
  });

  it("reaches the least objective of all choices on small inputs, triangle inequality or not", async () => {
    await fc.assert(
      fc.asyncProperty(smallProblem, async ({ n, k, distances }) => {
        const full = square(distances, n);
        const least = Math.min(...[...choices(n, k)].map((medoids) => objectiveOf(full, medoids)));
        const { objective } = await kMedoids(distances, n, { k, restarts: 60 });
        expect(objective).toBe(least);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it("ends where no single swap improves", async () => {
    await fc.assert(
      fc.asyncProperty(smallProblem, fc.nat(1000), async ({ n, k, distances }, seed) => {
        const full = square(distances, n);
        const { medoids, objective } = await kMedoids(distances, n, { k, restarts: 1, seed });
        for (let slot = 0; slot < k; slot++) {
          for (let candidate = 0; candidate < n; candidate++) {
            const swapped = [...medoids];
            swapped[slot] = candidate;
            expect(objectiveOf(full, swapped)).toBeGreaterThanOrEqual(objective);
          }
        }
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it("labels every object with its nearest medoid, and sums those distances", async () => {
    await fc.assert(
      fc.asyncProperty(smallProblem, async ({ n, k, distances }) => {
        const full = square(distances, n);
        const { medoids, labels, objective } = await kMedoids(distances, n, { k });
        expect(new Set(medoids).size).toBe(k);
        expect([...medoids]).toEqual([...medoids].sort((a, b) => a - b));
        let sum = 0;
        for (let i = 0; i < n; i++) {
          const own = full[i]![medoids[labels[i]!]!]!;
          expect(own).toBe(Math.min(...[...medoids].map((m) => full[i]![m]!)));
          sum += own;
        }
        expect(objective).toBe(sum);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it("recovers blobs across several blocks of rows", async () => {
    const n = 300;
    const { labels } = await kMedoids(planarDistances(n, 6, 4), n, { k: 6, restarts: 3 });
    for (let i = 0; i < n; i++) expect(labels[i]).toBe(labels[i % 6]);
    expect(new Set(labels.subarray(0, 6)).size).toBe(6);
  });

  it("repeats itself from a seed, and agrees between Float32 and Float64", async () => {
    const n = 150;
    const distances = planarDistances(n, 9, 7);
    const first = await kMedoids(distances, n, { k: 5, seed: 3 });
    expect(await kMedoids(distances, n, { k: 5, seed: 3 })).toEqual(first);
    const double = await kMedoids(Float64Array.from(distances), n, { k: 5, seed: 3 });
    expect(double.medoids).toEqual(first.medoids);
    expect(double.objective).toBe(first.objective);
  });

  it("copes with equal distances, and with as many medoids as objects", async () => {
    expect((await kMedoids(new Float32Array(10), 5, { k: 3 })).objective).toBe(0);
    const all = await kMedoids(Float32Array.of(1, 9, 8), 3, { k: 3 });
    expect([...all.medoids]).toEqual([0, 1, 2]);
    expect([...all.labels]).toEqual([0, 1, 2]);
    expect((await kMedoids(new Float32Array(0), 1, { k: 1 })).objective).toBe(0);
  });

  it("starts from given medoids", async () => {
    const result = await kMedoids(Float32Array.of(1, 9, 8), 3, { k: 1, initialMedoids: [2] });
    expect([...result.medoids]).toEqual([1]); // sums of distances: 10, 9, 17
    expect(result.objective).toBe(9);
  });

  it("reports progress, and stops when aborted", async () => {
    const seen: number[] = [];
    const distances = planarDistances(40, 4, 1);
    await kMedoids(distances, 40, { k: 4, restarts: 2, onProgress: ({ done }) => seen.push(done) });
    expect(seen).toEqual([1, 2]);
    const controller = new AbortController();
    const running = kMedoids(distances, 40, {
      k: 4,
      restarts: 1000,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(running).rejects.toThrow("aborted");
  });

  it("names what is wrong", async () => {
    await expect(kMedoids(Float32Array.of(1, 2), 3, { k: 1 })).rejects.toThrow(
      "kMedoids: distances must have length 3 (3 × 2 / 2), got 2",
    );
    await expect(kMedoids(Float32Array.of(1, -2, 3), 3, { k: 1 })).rejects.toThrow(
      "kMedoids: distances[1] must be a non-negative finite number, got -2",
    );
    await expect(kMedoids(Float32Array.of(1, 2, 3), 3, { k: 4 })).rejects.toThrow(
      "kMedoids: k must be at most the number of objects, 3, got 4",
    );
    await expect(kMedoids(Float32Array.of(1, 2, 3), 3, { k: 2, initialMedoids: [1, 1] })).rejects.toThrow(
      "kMedoids: initialMedoids must be 2 different integers in [0, 3), got [1,1]",
    );
  });
});
