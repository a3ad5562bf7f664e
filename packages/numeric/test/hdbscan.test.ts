import { readFileSync } from "node:fs";
import { adjustedRandIndex } from "@wayweave/eval";
import { Random } from "@wayweave/geo-core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { euclideanDistances, hdbscan, hdbscanRows } from "../src/index.js";
import { numberedByFirst } from "./partitions.js";

interface Golden {
  readonly sets: readonly {
    readonly name: string;
    readonly rows: number;
    readonly columns: number;
    readonly data: readonly number[];
    readonly runs: readonly {
      readonly minClusterSize: number;
      readonly minSamples: number;
      readonly selection: "excessOfMass" | "leaf";
      readonly allowSingleCluster: boolean;
      readonly labels: readonly number[];
      readonly probabilities: readonly number[];
      readonly stable: readonly number[];
    }[];
  }[];
}

/** scikit-learn's, with the objects on which it agrees with itself in other orders; script and versions in the file. */
const golden: Golden = JSON.parse(readFileSync(new URL("golden/hdbscan.json", import.meta.url), "utf8"));

function points(places: readonly (readonly [number, number, number, number])[], seed: number) {
  const random = new Random(seed);
  const data = places.flatMap(([x, y, width, count]) =>
    Array.from({ length: count }, () => [x + width * random.normal(), y + width * random.normal()]).flat(),
  );
  return { rows: data.length / 2, columns: 2, data: Float64Array.from(data) };
}

describe.each(golden.sets)("hdbscan: $name", ({ rows, columns, data, runs }) => {
  const matrix = { rows, columns, data: Float64Array.from(data) };

  it.each(runs)(
    "has scikit-learn's labels and probabilities ($minClusterSize, $minSamples, $selection)",
    async (run) => {
      const { labels: expected, probabilities, stable, ...options } = run;
      const ours = await hdbscan(euclideanDistances(matrix), rows, options);
      const isStable = (_: unknown, i: number) => stable[i] === 1;
      expect(numberedByFirst(Array.from(ours.labels).filter(isStable))).toEqual(
        numberedByFirst(expected.filter(isStable)),
      );
      probabilities.forEach((probability, i) => {
        if (stable[i] === 1) expect(ours.probabilities[i]).toBeCloseTo(probability, 10);
      });
      expect(await hdbscanRows(matrix, options)).toEqual(ours);
    },
  );
});

describe("hdbscan", () => {
  const threeAndNoise = points(
    [
      [0, 0, 0.3, 40],
      [10, 0, 1, 40],
      [0, 10, 0.6, 40],
      [5, 5, 8, 10],
    ],
    1,
  );

  it("finds three bunches of different density and calls what lies between outliers", async () => {
    const { labels, probabilities, clusters } = await hdbscanRows(threeAndNoise, { minClusterSize: 10 });
    expect(clusters).toBe(3);
    const truth = Array.from({ length: 120 }, (_, i) => Math.floor(i / 40));
    expect(adjustedRandIndex(truth, labels.slice(0, 120))).toBeGreaterThan(0.9);
    labels.forEach((label, i) => {
      if (label < 0) expect(probabilities[i]).toBe(0);
      else expect(probabilities[i]).toBeGreaterThan(0);
    });
    expect(labels.slice(120).filter((label) => label < 0).length).toBeGreaterThanOrEqual(5);
  });

  it("does not depend on the order of the objects, although edges of mutual reachability tie", async () => {
    const n = threeAndNoise.rows;
    await fc.assert(
      fc.asyncProperty(fc.nat(1000), fc.constantFrom(1, 3, 6), async (seed, minSamples) => {
        const order = new Random(seed).permutation(n);
        const data = Float64Array.from(
          { length: 2 * n },
          (_, at) => threeAndNoise.data[2 * order[at >> 1]! + (at % 2)]!,
        );
        const one = await hdbscanRows(threeAndNoise, { minSamples });
        const other = await hdbscanRows({ rows: n, columns: 2, data }, { minSamples });
        expect(numberedByFirst(other.labels)).toEqual(
          numberedByFirst(Array.from(order, (i) => one.labels[i]!)),
        );
        expect([...other.probabilities]).toEqual(Array.from(order, (i) => one.probabilities[i]!));
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it("makes no cluster smaller than asked for, scaled or not", async () => {
    const anyPoints = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 8, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        anyPoints,
        fc.integer({ min: 2, max: 5 }),
        fc.constantFrom("excessOfMass" as const, "leaf" as const),
        fc.boolean(),
        async (values, minClusterSize, selection, allowSingleCluster) => {
          const options = { minClusterSize, minSamples: 2, selection, allowSingleCluster };
          const line = { rows: values.length, columns: 1, data: Float64Array.from(values) };
          const { labels, probabilities, clusters } = await hdbscanRows(line, options);
          const sizes = new Map<number, number>();
          for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
          sizes.delete(-1);
          expect(sizes.size).toBe(clusters);
          expect([...labels]).toEqual(numberedByFirst(labels));
          // One cluster of all objects holds only those that are left at its end.
          if (clusters > 1)
            for (const size of sizes.values()) expect(size).toBeGreaterThanOrEqual(minClusterSize);
          for (const p of probabilities) expect(p >= 0 && p <= 1).toBe(true);
          const doubled = await hdbscanRows({ ...line, data: line.data.map((x) => 2 * x) }, options);
          expect(doubled).toEqual({ labels, probabilities, clusters });
        },
      ),
      { numRuns: 150, seed: 1 },
    );
  });

  it("calls all outliers where nothing is dense, or one cluster where that is allowed", async () => {
    const line = Float64Array.from({ length: 12 }, (_, i) => i);
    const matrix = { rows: 12, columns: 1, data: line };
    expect((await hdbscanRows(matrix, { minSamples: 1 })).clusters).toBe(0);
    const single = await hdbscanRows(matrix, { minSamples: 1, allowSingleCluster: true });
    expect([...single.labels]).toEqual(new Array(12).fill(0));
    expect([...single.probabilities]).toEqual(new Array(12).fill(1));
    expect([
      ...(await hdbscanRows({ rows: 1, columns: 1, data: line.slice(0, 1) }, { minSamples: 1 })).labels,
    ]).toEqual([-1]);
  });

  it("reports progress, and stops when aborted", async () => {
    const seen: number[] = [];
    await hdbscanRows(threeAndNoise, { onProgress: ({ done, total }) => seen.push(done / total) });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    const controller = new AbortController();
    const running = hdbscanRows(threeAndNoise, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(running).rejects.toThrow("aborted");
  });

  it("names what is wrong, by rejecting", async () => {
    const distances = Float64Array.of(1, 9, 8);
    await expect(hdbscan(distances, 3)).rejects.toThrow(
      "hdbscan: minSamples must be at most the number of objects, 3, got 5",
    );
    await expect(hdbscan(distances, 3, { minClusterSize: 1 })).rejects.toThrow(
      "hdbscan: minClusterSize must be in [2, 9007199254740991], got 1",
    );
    await expect(hdbscan(distances, 3, { minSamples: 1, selection: "eom" as never })).rejects.toThrow(
      'hdbscan: selection must be one of excessOfMass, leaf, got "eom"',
    );
    await expect(hdbscanRows({ rows: 2, columns: 1, data: Float64Array.of(0, Number.NaN) })).rejects.toThrow(
      "hdbscanRows: rows.data[1] must be finite, got NaN",
    );
    await expect(hdbscanRows(undefined as never)).rejects.toThrow("hdbscanRows: rows must be a matrix");
  });
});
