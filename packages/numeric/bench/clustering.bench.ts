import { Random } from "@wayweave/geo-core";
import { bench, describe } from "vitest";

// The built package: the test runner's own module loading makes calls between modules several times slower.
const { kMeans, kMedoids }: typeof import("../src/index.js") = await import(
  new URL("../dist/index.js", import.meta.url).href
);

/** Points around k places; the same as in scripts/parity/e2dtc_kmedoids_speed.py for 2 columns. */
function places(rows: number, columns: number, k: number): Float64Array {
  let state = 123456789;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const centers = Array.from({ length: columns * k }, next);
  return Float64Array.from({ length: rows * columns }, (_, i) => {
    const center = centers[columns * (Math.floor(i / columns) % k) + (i % columns)]!;
    return center + 0.15 * (next() + next() + next() - 1.5);
  });
}

function euclidean(points: Float64Array): Float32Array {
  const n = points.length / 2;
  const distances = new Float32Array((n * (n - 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      distances[at++] = Math.hypot(points[2 * i]! - points[2 * j]!, points[2 * i + 1]! - points[2 * j + 1]!);
    }
  }
  return distances;
}

/** Lloyd's iterations without bounds, to the same end. */
function plainLloyd(data: Float64Array, rows: number, columns: number, centers: Float64Array): number {
  const k = centers.length / columns;
  const labels = new Uint32Array(rows).fill(k);
  for (let iterations = 1; ; iterations++) {
    let changed = false;
    const sums = new Float64Array(centers.length);
    const sizes = new Float64Array(k);
    for (let row = 0; row < rows; row++) {
      let nearest = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let center = 0; center < k; center++) {
        let squared = 0;
        for (let c = 0; c < columns; c++) {
          squared += (data[row * columns + c]! - centers[center * columns + c]!) ** 2;
        }
        if (squared < least) {
          least = squared;
          nearest = center;
        }
      }
      if (labels[row] !== nearest) changed = true;
      labels[row] = nearest;
      sizes[nearest]!++;
      for (let c = 0; c < columns; c++) sums[nearest * columns + c]! += data[row * columns + c]!;
    }
    if (!changed) return iterations;
    for (let i = 0; i < centers.length; i++) centers[i] = sums[i]! / sizes[Math.floor(i / columns)]!;
  }
}

const options = { iterations: 5, time: 0, warmupIterations: 1, warmupTime: 0 };

for (const [rows, columns, k] of [
  [80_000, 2, 12],
  [80_000, 4, 40],
] as const) {
  describe(`k-means of ${rows} rows of ${columns}, k = ${k}, one start from given rows`, () => {
    const data = places(rows, columns, k);
    const chosen = [...new Random(1).sample(rows, k)];
    const start = () =>
      Float64Array.from(chosen.flatMap((row) => [...data.subarray(row * columns, (row + 1) * columns)]));
    bench(
      "kMeans (Hamerly's bounds)",
      async () => {
        await kMeans(
          { data, rows, columns },
          { k, initialCenters: start(), tolerance: 0, maxIterations: 1000 },
        );
      },
      options,
    );
    bench("plain Lloyd", () => void plainLloyd(data, rows, columns, start()), options);
  });
}

for (const [n, k] of [
  [2000, 12],
  [6000, 12],
  [10_000, 15],
] as const) {
  describe(`K-Medoids of ${n} objects, k = ${k}, one start`, () => {
    const distances = euclidean(places(n, 2, k));
    bench("kMedoids", async () => void (await kMedoids(distances, n, { k, restarts: 1 })), options);
  });
}
