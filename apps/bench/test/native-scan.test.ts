import { Random } from "@wayweave/geo-core";
import { GmrTree, type Proximity } from "@wayweave/gmr-tree";
import { describe, expect, it } from "vitest";
import { ExhaustiveWithAttributes, groupOf } from "../src/experiments/gmr-tree/systems/attributes.js";
import { ExhaustiveSearch } from "../src/experiments/gmr-tree/systems/exhaustive.js";
import { NativeScan } from "../src/experiments/gmr-tree/systems/native-scan.js";
import type { ObjectSet } from "../src/experiments/gmr-tree/systems/objects.js";

const QUERIES = 12;

function makeSet(objects: number, dimensions: number, seed: number): ObjectSet {
  const random = new Random(seed);
  const draw = (count: number) => ({
    positions: Float64Array.from({ length: 2 * count }, (_, i) =>
      i % 2 === 0 ? random.uniform(-180, 180) : random.uniform(-89, 89),
    ),
    vectors: unitVectors(random, count, dimensions),
  });
  const { positions, vectors } = draw(objects);
  const queries = draw(QUERIES);
  const spec = { objects, dimensions, meaning: "mixtures", points: "uniform" } as const;
  const provenance = { name: "test", source: "synthetic", files: [], sha256: [], counts: {} } as const;
  return {
    spec,
    positions,
    vectors,
    queryPositions: queries.positions,
    queryVectors: queries.vectors,
    provenance,
  };
}

function unitVectors(random: Random, count: number, dimensions: number): Float32Array {
  const vectors = Float32Array.from({ length: count * dimensions }, () => random.normal());
  for (let i = 0; i < count; i++) {
    const row = vectors.subarray(i * dimensions, (i + 1) * dimensions);
    const norm = Math.hypot(...row);
    row.forEach((x, j) => {
      row[j] = x / norm;
    });
  }
  return vectors;
}

const proximities: readonly Proximity[] = [
  { kind: "relative" },
  { kind: "linear", scaleMeters: 5e6 },
  { kind: "exponential", scaleMeters: 1e6 },
  { kind: "gaussian", scaleMeters: 2e6 },
];

describe("the SIMD scan finds what the plain scan finds", () => {
  // 4,099 is no multiple of four, nor of a chunk.
  it.each([
    [4099, 10],
    [4099, 3],
    [7, 64],
  ])("%d objects of %d dimensions", async (objects, dimensions) => {
    const set = makeSet(objects, dimensions, objects + dimensions);
    const plain = new ExhaustiveSearch(set);
    const native = await NativeScan.of(set, plain);
    for (const proximity of proximities) {
      for (const mu of [0, 0.3, 1]) {
        const settings = { mu, proximity, k: Math.min(10, objects) };
        for (let q = 0; q < QUERIES; q++) {
          // Beyond a linear scale scores tie, and which of them are found may differ.
          if (proximity.kind === "linear" && mu === 1) continue;
          expect(native.search(q, settings)).toEqual(plain.search(q, settings));
          const [x, y] = [set.queryPositions[2 * q]!, set.queryPositions[2 * q + 1]!];
          expect(native.farthest(x, y)).toBe(plain.farthest(x, y));
        }
      }
    }
  });
});

describe("the scan with attributes finds what the tree finds", () => {
  const set = makeSet(3000, 5, 9);
  const random = new Random(10);
  const attributes = {
    // So few objects would leave most of the groups empty: half are of one that is asked for.
    group: Float64Array.from({ length: 3000 }, () => groupOf(random.integer(2 * QUERIES))),
    age: Float64Array.from({ length: 3000 }, () => random.uniform(0, 365)),
  };
  const scan = new ExhaustiveWithAttributes(set, new ExhaustiveSearch(set), attributes);
  const { positions, vectors } = set;
  const tree = GmrTree.build({ dimensions: 5, positions, vectors, attributes });
  const settings = { mu: 0.4, proximity: proximities[2]!, k: 10 };
  const targetOf = (q: number) => ({
    position: [set.queryPositions[2 * q]!, set.queryPositions[2 * q + 1]!] as const,
    vector: set.queryVectors.subarray(5 * q, 5 * q + 5),
    k: 10,
    proximity: settings.proximity,
  });

  it("of one group", () => {
    for (let q = 0; q < QUERIES; q++) {
      const hits = tree.search({ ...targetOf(q), mu: 0.4, where: { group: groupOf(q) } });
      const ids = Uint32Array.from(hits, ({ id }) => id);
      expect(hits.length).toBe(10);
      expect(scan.search(q, settings, "filter")).toEqual(ids);
      expect(scan.search(q, settings, "filter", scan.passing(q))).toEqual(ids);
    }
  });

  it("with recency", () => {
    for (let q = 0; q < QUERIES; q++) {
      const hits = tree.search({
        ...targetOf(q),
        weights: { proximity: 0.32, similarity: 0.48 },
        signals: [{ attribute: "age", kind: "exponential", origin: 0, scale: 30, weight: 0.2 }],
      });
      expect(scan.search(q, settings, "recency")).toEqual(Uint32Array.from(hits, ({ id }) => id));
    }
  });
});
