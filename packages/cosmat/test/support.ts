import { Random } from "@wayweave/geo-core";
import type { Matrix64 } from "@wayweave/numeric";
import type { Pairs } from "../src/model/pairs.js";

export function matrix(rows: readonly (readonly number[])[]): Matrix64 {
  return { rows: rows.length, columns: rows[0]!.length, data: Float64Array.from(rows.flat()) };
}

/** Histogram-like pairs of three classes: each class has two image bins and one text topic of its own. */
export function threeClassPairs(count: number, seed: number): Pairs & { readonly labels: number[] } {
  const random = new Random(seed);
  const labels = Array.from({ length: count }, (_, i) => i % 3);
  const histogram = (bins: number, favoured: (bin: number) => boolean) => {
    const row = Array.from({ length: bins }, (_, j) => random.uniform(0.1, 1) + (favoured(j) ? 1.5 : 0));
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((x) => x / sum);
  };
  return {
    images: matrix(labels.map((c) => histogram(8, (j) => j === 2 * c || j === 2 * c + 1))),
    texts: matrix(labels.map((c) => histogram(5, (j) => j === c))),
    labels,
  };
}

/** Share of queries whose most similar item has the query's class. */
export function firstHitShare(similarity: Matrix64, labels: readonly number[]): number {
  let hits = 0;
  for (let q = 0; q < similarity.rows; q++) {
    const row = similarity.data.subarray(q * similarity.columns, (q + 1) * similarity.columns);
    let best = 0;
    row.forEach((value, i) => {
      if (value > row[best]!) best = i;
    });
    if (labels[best] === labels[q]) hits++;
  }
  return hits / similarity.rows;
}
