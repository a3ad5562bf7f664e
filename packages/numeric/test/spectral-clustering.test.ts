import { readFileSync } from "node:fs";
import { Random } from "@wayweave/geo-core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NormalizedAffinities } from "../src/clustering/internal/normalized-affinities.js";
import { euclideanDistances, localAffinities, spectralClustering } from "../src/index.js";
import { numberedByFirst } from "./partitions.js";

interface Golden {
  readonly sets: readonly {
    readonly name: string;
    readonly k: number;
    readonly neighbor: number;
    readonly n: number;
    readonly data: readonly number[];
    readonly affinities: readonly number[];
    readonly embedding: readonly number[];
    readonly eigenvalues: readonly number[];
    readonly labels: readonly number[];
  }[];
}

/** scikit-learn's embeddings and clusters; the script and versions stand in the file. */
const golden: Golden = JSON.parse(readFileSync(new URL("golden/spectral.json", import.meta.url), "utf8"));

/** Rings around one another: no two of them have different means. */
function rings(perRing: number, count: number) {
  const random = new Random(2);
  const data = new Float64Array(2 * perRing * count);
  for (let i = 0; i < perRing * count; i++) {
    const radius = 1 + 2 * (i % count) + 0.05 * random.normal();
    const angle = (2 * Math.PI * (Math.floor(i / count) + 0.3 * random.next())) / perRing;
    data[2 * i] = radius * Math.cos(angle);
    data[2 * i + 1] = radius * Math.sin(angle);
  }
  return { rows: perRing * count, columns: 2, data };
}

describe.each(golden.sets)("spectralClustering: $name", (set) => {
  const { n, k, neighbor } = set;
  const distances = euclideanDistances({ rows: n, columns: 2, data: Float64Array.from(set.data) });

  it("scales affinities locally", async () => {
    const affinities = await localAffinities(distances, n, { neighbor });
    set.affinities.forEach((value, i) => {
      expect(affinities[i]).toBeCloseTo(value, 13);
    });
  });

  it("has scikit-learn's eigenvalues, embedding and clusters", async () => {
    const ours = await spectralClustering(Float64Array.from(set.affinities), n, { k });
    set.eigenvalues.forEach((value, i) => {
      expect(ours.eigenvalues[i]).toBeCloseTo(value, 12);
    });
    set.embedding.forEach((value, i) => {
      expect(ours.embedding.data[i]).toBeCloseTo(value, 7);
    });
    expect(ours.converged).toBe(true);
    expect(numberedByFirst(ours.labels)).toEqual(numberedByFirst(set.labels));
  });
});

describe("spectralClustering", () => {
  it("tells rings apart where all eigenvectors are found at once, and where a few are", async () => {
    for (const perRing of [60, 140]) {
      const points = rings(perRing, 3);
      const affinities = await localAffinities(euclideanDistances(points), points.rows, { neighbor: 4 });
      for (const unitLength of [false, true]) {
        const { labels, embedding } = await spectralClustering(affinities, points.rows, { k: 3, unitLength });
        expect(numberedByFirst(labels)).toEqual(Array.from(labels, (_, i) => i % 3));
        const { data } = embedding;
        const length = Math.hypot(data[0]!, data[1]!, data[2]!);
        if (unitLength) expect(length).toBeCloseTo(1, 12);
      }
    }
  });

  it("finds the components of a graph, an object without affinities among them", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 5, maxLength: 14 }),
        async (component) => {
          const n = component.length;
          const affinities = new Float64Array((n * (n - 1)) / 2);
          for (let i = 0, at = 0; i < n; i++) {
            for (let j = i + 1; j < n; j++, at++) affinities[at] = component[i] === component[j] ? 0.5 : 0;
          }
          const k = new Set(component).size;
          const { labels, eigenvalues } = await spectralClustering(affinities, n, { k });
          expect(numberedByFirst(labels)).toEqual(numberedByFirst(component));
          for (const value of eigenvalues) expect(value).toBeCloseTo(1, 12);
        },
      ),
      { numRuns: 100, seed: 1 },
    );
  });

  it("does not depend on the order of the objects", async () => {
    const points = rings(30, 3);
    const n = points.rows;
    const order = new Random(5).permutation(n);
    const moved = {
      ...points,
      data: Float64Array.from({ length: 2 * n }, (_, i) => points.data[2 * order[i >> 1]! + (i % 2)]!),
    };
    const [one, other] = await Promise.all(
      [points, moved].map(async (p) =>
        spectralClustering(await localAffinities(euclideanDistances(p), n), n, { k: 3 }),
      ),
    );
    expect(numberedByFirst(other!.labels)).toEqual(
      numberedByFirst(Array.from(order, (i) => one!.labels[i]!)),
    );
  });

  it("multiplies by the matrix that it writes out", () => {
    const random = new Random(1);
    const n = 9;
    const affinities = Float32Array.from({ length: 36 }, () => (random.next() < 0.5 ? random.next() : 0));
    const operator = new NormalizedAffinities(affinities, n);
    const square = operator.toMatrix();
    const vector = Float64Array.from({ length: n }, () => random.normal());
    const product = operator.multiply({ rows: 1, columns: n, data: vector });
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += square.data[i * n + j]! * vector[j]!;
      expect(product.data[i]).toBeCloseTo(sum, 14);
    }
  });

  it("stops when aborted while eigenvectors are sought", async () => {
    const points = rings(200, 3);
    const affinities = await localAffinities(euclideanDistances(points), points.rows);
    const controller = new AbortController();
    const running = spectralClustering(affinities, points.rows, {
      k: 3,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(running).rejects.toThrow("aborted");
  });

  it("names what is wrong, by rejecting", async () => {
    const affinities = Float64Array.of(1, 0.5, 0);
    await expect(spectralClustering(affinities, 4, { k: 2 })).rejects.toThrow(
      "spectralClustering: affinities must have length 6 (4 × 3 / 2), got 3",
    );
    await expect(spectralClustering(Float64Array.of(1, -1, 0), 3, { k: 2 })).rejects.toThrow(
      "spectralClustering: affinities[1] must be a non-negative finite number, got -1",
    );
    await expect(spectralClustering(affinities, 3, { k: 4 })).rejects.toThrow(
      "spectralClustering: k must be at most the number of objects, 3, got 4",
    );
    await expect(spectralClustering(affinities, 3, undefined as never)).rejects.toThrow(
      "spectralClustering: options must be an object, got undefined",
    );
    await expect(localAffinities(affinities, 3, { neighbors: 7 } as never)).rejects.toThrow(
      'localAffinities: unknown option "neighbors"; did you mean "neighbor"?',
    );
  });
});

describe("localAffinities", () => {
  it("takes the nearest other place where the neighbour is a duplicate", async () => {
    // Objects at 0, 0, 0 and 3: the first three have their second neighbour at 0, so σ = 3; the last has σ = 3.
    const affinities = await localAffinities(Float64Array.of(0, 0, 3, 0, 3, 3), 4, { neighbor: 2 });
    expect([...affinities]).toEqual([1, 1, Math.exp(-1), 1, Math.exp(-1), Math.exp(-1)]);
    // One place only: all are alike.
    expect([...(await localAffinities(new Float64Array(3), 3))]).toEqual([1, 1, 1]);
  });
});
