import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { kMeans, kMedoids } from "../src/index.js";

interface Golden {
  readonly starts: number;
  readonly sets: readonly {
    readonly name: string;
    readonly k: number;
    readonly rows: number;
    readonly columns: number;
    readonly data: readonly number[];
    readonly inertia: number;
    readonly loss: number;
  }[];
}

/** The least of scikit-learn and kmedoids over many starts; the script and versions stand in the file. */
const golden: Golden = JSON.parse(readFileSync(new URL("golden/clustering.json", import.meta.url), "utf8"));

describe.each(golden.sets)("$name", ({ k, rows, columns, data, inertia, loss }) => {
  const matrix = { data: Float64Array.from(data), rows, columns };

  it("k-means' inertia is as low as scikit-learn's", async () => {
    const ours = await kMeans(matrix, { k, restarts: golden.starts, tolerance: 0 });
    expect(ours.inertia).toBeLessThanOrEqual(inertia * (1 + 1e-9));
  });

  it("K-Medoids' objective is as low as kmedoids'", async () => {
    const distances: number[] = [];
    for (let i = 0; i < rows; i++) {
      for (let j = i + 1; j < rows; j++) {
        let squared = 0;
        for (let c = 0; c < columns; c++) squared += (data[i * columns + c]! - data[j * columns + c]!) ** 2;
        distances.push(Math.sqrt(squared));
      }
    }
    const ours = await kMedoids(Float64Array.from(distances), rows, { k, restarts: golden.starts });
    expect(ours.objective).toBeLessThanOrEqual(loss * (1 + 1e-9));
  });
});
