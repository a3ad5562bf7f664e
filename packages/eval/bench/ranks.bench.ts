import { Random } from "@wayweave/geo-core";
import { bench, describe } from "vitest";

// The built package: the test runner's own module loading makes calls between modules several times slower.
const { pairedRanks }: typeof import("../src/index.js") = await import(
  new URL("../dist/index.js", import.meta.url).href
);

function embeddings(rows: number, columns: number, seed: number) {
  const random = new Random(seed);
  return { data: Float32Array.from({ length: rows * columns }, () => random.normal()), rows, columns };
}

/** The plain way: one dot product after the other, every query's own score known before. */
function plainRanks(a: Float32Array, b: Float32Array, rows: number, columns: number): Uint32Array {
  const ranks = new Uint32Array(rows);
  const dot = (i: number, j: number) => {
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += a[i * columns + c]! * b[j * columns + c]!;
    return sum;
  };
  for (let i = 0; i < rows; i++) {
    const own = dot(i, i);
    let rank = 0;
    for (let j = 0; j < rows; j++) if (dot(i, j) >= own) rank++;
    ranks[i] = rank;
  }
  return ranks;
}

const columns = 128;
const options = { iterations: 3, time: 0, warmupIterations: 1, warmupTime: 0 };

// The plain way takes a minute a run at 10,000.
for (const [rows, withPlain] of [
  [2000, true],
  [10_000, false],
] as const) {
  const queries = embeddings(rows, columns, 1);
  const gallery = embeddings(rows, columns, 2);
  describe(`ranks of ${rows} × ${rows} in ${columns} dimensions`, () => {
    bench(
      "pairedRanks, both directions",
      () => void pairedRanks(queries, gallery, { similarity: "dot" }),
      options,
    );
    if (!withPlain) return;
    bench(
      "one dot product after the other, one direction",
      () => void plainRanks(queries.data, gallery.data, rows, columns),
      options,
    );
  });
}
