import { Random } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import {
  cca,
  ccaAsync,
  densityPeaks,
  farthestFirst,
  farthestFirstAsync,
  lbfgs,
  lbfgsAsync,
  localAffinities,
  type Matrix64,
  type PacedOptions,
  pca,
  pcaAsync,
  ridgeSolve,
  ridgeSolveAsync,
  searchThreshold,
  symmetricEigen,
  symmetricEigenAsync,
} from "../src/index.js";

function random(seed: number, rows: number, columns: number): Matrix64 {
  const source = new Random(seed);
  return { rows, columns, data: Float64Array.from({ length: rows * columns }, () => source.normal()) };
}

const x = random(1, 60, 30);
const y = random(2, 60, 20);
const wide = random(3, 20, 50);
const square = {
  rows: 30,
  columns: 30,
  data: Float64Array.from({ length: 900 }, (_, i) => Math.cos((i % 30) * Math.floor(i / 30))),
};
/** (x − 1)² + 100 (y − x²)², from (−1, 2). */
const valley = ([a, b]: Float64Array, gradient: Float64Array): number => {
  gradient[0] = 2 * (a! - 1) - 400 * a! * (b! - a! * a!);
  gradient[1] = 200 * (b! - a! * a!);
  return (a! - 1) ** 2 + 100 * (b! - a! * a!) ** 2;
};
const start = Float64Array.of(-1, 2);

const forms: {
  readonly [name: string]: readonly [() => unknown, (options: PacedOptions) => Promise<unknown>];
} = {
  cca: [() => cca(x, y, { components: 3 }), (options) => ccaAsync(x, y, { components: 3, ...options })],
  "cca of wide views": [
    () => cca(wide, wide, { components: 3, ridge: 1 }),
    (options) => ccaAsync(wide, wide, { components: 3, ridge: 1, ...options }),
  ],
  pca: [() => pca(x, 4), (options) => pcaAsync(x, 4, options)],
  ridgeSolve: [
    () => ridgeSolve(x, y, { ridge: 1 }),
    (options) => ridgeSolveAsync(x, y, { ridge: 1, ...options }),
  ],
  "symmetricEigen, a few": [
    () => symmetricEigen(square, 3),
    (options) => symmetricEigenAsync(square, 3, options),
  ],
  symmetricEigen: [() => symmetricEigen(square), (options) => symmetricEigenAsync(square, 30, options)],
  farthestFirst: [() => farthestFirst(x, { k: 5 }), (options) => farthestFirstAsync(x, { k: 5, ...options })],
};

describe.each(Object.entries(forms))("%s", (_, [sync, async]) => {
  it("gives the same with pauses, and tells how far it is", async () => {
    const seen: { readonly done: number; readonly total: number }[] = [];
    expect(await async({ onProgress: (progress) => seen.push(progress) })).toEqual(sync());
    const { done, total } = seen.at(-1)!;
    expect(done).toBe(total);
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.length).toBeLessThanOrEqual(101);
    for (let i = 1; i < seen.length; i++) expect(seen[i]!.done).toBeGreaterThan(seen[i - 1]!.done);
  });

  it("stops where it is when it is told to", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    let calls = 0;
    const onProgress = () => {
      calls++;
      controller.abort(reason);
    };
    await expect(async({ onProgress, signal: controller.signal })).rejects.toBe(reason);
    expect(calls).toBe(1);
    await expect(async({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it("refuses an unknown option by rejecting", async () => {
    await expect(async({ onProgres: () => {} } as never)).rejects.toThrow('unknown option "onProgres"');
  });
});

describe("lbfgsAsync", () => {
  it("gives the same, asks an objective that takes its time, and tells every step", async () => {
    const expected = lbfgs(valley, start);
    const seen: number[] = [];
    const found = await lbfgsAsync(async (at, gradient) => valley(at, gradient), start, {
      onProgress: ({ iterations }) => seen.push(iterations),
    });
    expect(found).toEqual(expected);
    expect(found.x[0]).toBeCloseTo(1, 5);
    expect(seen).toEqual(Array.from({ length: expected.iterations - 1 }, (_, i) => i + 1));
  });

  it("stops when it is told to", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const onProgress = () => controller.abort(reason);
    await expect(lbfgsAsync(valley, start, { onProgress, signal: controller.signal })).rejects.toBe(reason);
  });
});

describe("progress", () => {
  const distances = Float64Array.from({ length: 435 }, (_, i) => 1 + (i % 7));

  it("of density peaks, local affinities and a search for a threshold ends at its total", async () => {
    const last: { [name: string]: { readonly done: number; readonly total: number } } = {};
    const note = (name: string) => (progress: { readonly done: number; readonly total: number }) => {
      last[name] = progress;
    };
    await densityPeaks(x, { k: 2, onProgress: note("peaks") });
    await localAffinities(distances, 30, { onProgress: note("affinities") });
    const search = { thresholds: [1, 2, 3], n: 30, distancesAt: async () => distances, score: () => 0 };
    await searchThreshold(search, { k: 2, onProgress: note("thresholds") });
    expect(last).toEqual({
      peaks: { done: 180, total: 180 },
      affinities: { done: 60, total: 60 },
      thresholds: { done: 3, total: 3 },
    });
  });

  it("stops each of them", async () => {
    const reason = new Error("enough");
    for (const run of [
      (options: PacedOptions) => densityPeaks(x, { k: 2, ...options }),
      (options: PacedOptions) => localAffinities(distances, 30, options),
      (options: PacedOptions) =>
        searchThreshold(
          { thresholds: [1, 2, 3], n: 30, distancesAt: async () => distances, score: () => 0 },
          { k: 2, ...options },
        ),
    ]) {
      const controller = new AbortController();
      const onProgress = () => controller.abort(reason);
      await expect(run({ onProgress, signal: controller.signal })).rejects.toBe(reason);
    }
  });
});
