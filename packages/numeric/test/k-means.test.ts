import { Random } from "@wayweave/geo-core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kMeans } from "../src/clustering/k-means.js";
import type { Matrix, SparseMatrix } from "../src/index.js";

/** `perBlob` points around each of the given centres, standard deviation `spread`. */
function blobs(
  centers: readonly (readonly number[])[],
  perBlob: number,
  spread: number,
  seed: number,
): Matrix {
  const random = new Random(seed);
  const columns = centers[0]!.length;
  const rows = centers.length * perBlob;
  const data = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < columns; c++) {
      data[row * columns + c] = centers[row % centers.length]![c]! + spread * random.normal();
    }
  }
  return { data, rows, columns };
}

function toSparse({ data, rows, columns }: Matrix): SparseMatrix {
  const values: number[] = [];
  const columnIndices: number[] = [];
  const rowOffsets = [0];
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < columns; c++) {
      const value = data[row * columns + c]!;
      if (value === 0) continue;
      values.push(value);
      columnIndices.push(c);
    }
    rowOffsets.push(values.length);
  }
  return {
    values: Float64Array.from(values),
    columnIndices: Uint32Array.from(columnIndices),
    rowOffsets: Uint32Array.from(rowOffsets),
    rows,
    columns,
  };
}

function squaredDistance(
  { data, columns }: Matrix,
  row: number,
  centers: Float64Array,
  center: number,
): number {
  let sum = 0;
  for (let c = 0; c < columns; c++) sum += (data[row * columns + c]! - centers[center * columns + c]!) ** 2;
  return sum;
}

/** Least inertia over all k^n labellings: the oracle for a handful of points. */
function bruteForceInertia(matrix: Matrix, k: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let code = 0; code < k ** matrix.rows; code++) {
    const sums = new Float64Array(k * matrix.columns);
    const sizes = new Float64Array(k);
    const labels = Array.from({ length: matrix.rows }, (_, row) => Math.floor(code / k ** row) % k);
    labels.forEach((label, row) => {
      sizes[label] = sizes[label]! + 1;
      for (let c = 0; c < matrix.columns; c++) {
        const index = label * matrix.columns + c;
        sums[index] = sums[index]! + matrix.data[row * matrix.columns + c]!;
      }
    });
    for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! / (sizes[Math.floor(i / matrix.columns)] || 1);
    best = Math.min(
      best,
      labels.reduce((sum, label, row) => sum + squaredDistance(matrix, row, sums, label), 0),
    );
  }
  return best;
}

const smallMatrix = fc
  .record({ rows: fc.integer({ min: 3, max: 8 }), columns: fc.integer({ min: 1, max: 3 }) })
  .chain(({ rows, columns }) =>
    fc
      .array(fc.integer({ min: -20, max: 20 }), { minLength: rows * columns, maxLength: rows * columns })
      .map((values): Matrix => ({ data: Float64Array.from(values), rows, columns })),
  );

describe("kMeans", () => {
  it("finds two pairs on a line, by hand", async () => {
    const result = await kMeans({ data: Float64Array.of(0, 1, 10, 11), rows: 4, columns: 1 }, { k: 2 });
    expect(result.labels[0]).toBe(result.labels[1]);
    expect(result.labels[2]).toBe(result.labels[3]);
    expect([...result.centers].sort((a, b) => a - b)).toEqual([0.5, 10.5]);
    expect(result.inertia).toBeCloseTo(4 * 0.25, 12); // four points, each 0.5 from its mean
    expect(result.converged).toBe(true);
  });

  it("recovers well separated blobs", async () => {
    const matrix = blobs(
      [
        [0, 0],
        [10, 0],
        [0, 10],
        [10, 10],
      ],
      50,
      0.5,
      1,
    );
    const { labels } = await kMeans(matrix, { k: 4 });
    for (let row = 0; row < matrix.rows; row++) expect(labels[row]).toBe(labels[row % 4]);
    expect(new Set(labels.subarray(0, 4)).size).toBe(4);
  });

  it("reaches the least inertia of all labellings on small inputs", async () => {
    await fc.assert(
      fc.asyncProperty(smallMatrix, fc.integer({ min: 2, max: 3 }), async (matrix, k) => {
        const { inertia } = await kMeans(matrix, { k, restarts: 40, tolerance: 0 });
        expect(inertia).toBeCloseTo(bruteForceInertia(matrix, k), 6);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it("ends at a fixed point: every row at its nearest centre, every centre at its mean", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 9 }), async (seed, k) => {
        const matrix = blobs(
          [
            [0, 0, 0],
            [1, 1, 0],
            [0, 2, 1],
          ],
          40,
          1,
          seed,
        );
        const { labels, centers, inertia } = await kMeans(matrix, { k, restarts: 1, tolerance: 0, seed });
        const sums = new Float64Array(centers.length);
        const sizes = new Float64Array(k);
        let total = 0;
        for (let row = 0; row < matrix.rows; row++) {
          const label = labels[row]!;
          const own = squaredDistance(matrix, row, centers, label);
          total += own;
          for (let c = 0; c < k; c++)
            expect(squaredDistance(matrix, row, centers, c)).toBeGreaterThanOrEqual(own - 1e-9);
          sizes[label] = sizes[label]! + 1;
          for (let c = 0; c < 3; c++) sums[label * 3 + c] = sums[label * 3 + c]! + matrix.data[row * 3 + c]!;
        }
        expect(inertia).toBeCloseTo(total, 8);
        for (let i = 0; i < sums.length; i++)
          expect(centers[i]).toBeCloseTo(sums[i]! / sizes[Math.floor(i / 3)]!, 10);
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  it("clusters sparse rows as it clusters the same dense rows", async () => {
    const random = new Random(3);
    const data = new Float64Array(200 * 20);
    for (let i = 0; i < data.length; i++) data[i] = random.next() < 0.15 ? random.integer(9) : 0;
    const dense = { data, rows: 200, columns: 20 };
    const a = await kMeans(dense, { k: 5, tolerance: 0 });
    const b = await kMeans(toSparse(dense), { k: 5, tolerance: 0 });
    expect(b.labels).toEqual(a.labels);
    expect(b.inertia).toBeCloseTo(a.inertia, 8);
  });

  it("gives an emptied cluster the farthest row", async () => {
    // Both far centres start on the same side: the second of them owns nothing.
    const matrix: Matrix = { data: Float64Array.of(0, 1, 2, 20), rows: 4, columns: 1 };
    const { labels, inertia } = await kMeans(matrix, {
      k: 3,
      initialCenters: Float64Array.of(1, 1000, 2000),
      tolerance: 0,
    });
    expect(new Set(labels).size).toBe(3);
    expect(inertia).toBeCloseTo(0.5, 12); // {0, 1} or {1, 2} share a mean half a unit away: 2 × 0.25
  });

  it("leaves clusters empty when there are fewer distinct rows than clusters", async () => {
    const { labels, inertia } = await kMeans(
      { data: Float64Array.of(1, 1, 1, 5), rows: 4, columns: 1 },
      { k: 3 },
    );
    expect(inertia).toBe(0);
    expect(new Set(labels).size).toBe(2);
  });

  it("repeats itself from a seed and takes Float32Array too", async () => {
    const matrix = blobs(
      [
        [0, 0],
        [1, 1],
        [2, 0],
      ],
      60,
      0.7,
      5,
    );
    const first = await kMeans(matrix, { k: 3, seed: 9 });
    expect(await kMeans(matrix, { k: 3, seed: 9 })).toEqual(first);
    const single = await kMeans({ ...matrix, data: Float32Array.from(matrix.data) }, { k: 3, seed: 9 });
    expect(single.inertia).toBeCloseTo(first.inertia, 3);
  });

  it("reports progress, and stops when aborted", async () => {
    const matrix = blobs(
      [
        [0, 0],
        [5, 5],
      ],
      30,
      1,
      2,
    );
    const seen: number[] = [];
    await kMeans(matrix, { k: 2, restarts: 3, onProgress: ({ done, total }) => seen.push(done / total) });
    expect(seen).toEqual([1 / 3, 2 / 3, 1]);
    const controller = new AbortController();
    const running = kMeans(matrix, {
      k: 2,
      restarts: 1000,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(running).rejects.toThrow("aborted");
  });

  it("names what is wrong", async () => {
    const matrix: Matrix = { data: Float64Array.of(0, 1), rows: 2, columns: 1 };
    await expect(kMeans(matrix, { k: 3 })).rejects.toThrow(
      "kMeans: k must be at most the number of rows, 2, got 3",
    );
    await expect(kMeans({ ...matrix, rows: 3 }, { k: 1 })).rejects.toThrow(
      "kMeans: rows.data must have length 3, got 2",
    );
    await expect(kMeans({ ...matrix, data: Float64Array.of(0, Number.NaN) }, { k: 1 })).rejects.toThrow(
      "kMeans: rows.data[1] must be finite, got NaN",
    );
    const sparse = toSparse(matrix);
    await expect(kMeans({ ...sparse, columnIndices: Uint32Array.of(4) }, { k: 1 })).rejects.toThrow(
      "kMeans: rows.columnIndices[0] must be below 1, got 4",
    );
  });
});
