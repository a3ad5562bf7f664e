import { Random } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { GmrTree, type Proximity } from "../src/index.js";
import { exhaustiveSearch, randomPosition, randomVector, type Thing } from "./oracle.js";

// Trees large enough to live in a WebAssembly memory, where the SIMD kernels work, with several levels of nodes.
const cases = [
  { dimensions: 3, layout: "clusters", meaning: "sphere" },
  { dimensions: 10, layout: "uniform", meaning: "posterior" },
  { dimensions: 10, layout: "poles", meaning: "mixture" },
  { dimensions: 24, layout: "antimeridian", meaning: "sparse" },
  { dimensions: 65, layout: "city", meaning: "posterior" },
  { dimensions: 130, layout: "city", meaning: "mixture" },
] as const;
const proximities: Proximity[] = [
  { kind: "relative" },
  { kind: "linear", scaleMeters: 1e6 },
  { kind: "exponential", scaleMeters: 2e4 },
  { kind: "gaussian", scaleMeters: 2e5, offsetMeters: 1e3 },
];

describe("large trees", () => {
  for (const { dimensions, layout, meaning } of cases) {
    it(`search equals scoring every object: ${dimensions} dimensions, ${layout}, ${meaning}`, () => {
      const random = new Random(dimensions);
      const things: Thing[] = Array.from({ length: 6000 }, (_, id) => ({
        id,
        position: randomPosition(random, layout, false),
        vector: randomVector(random, meaning, dimensions),
      }));
      const tree = GmrTree.build({
        dimensions,
        positions: things.flatMap(({ position }) => [...position]),
        vectors: things.flatMap(({ vector }) => [...vector]),
      });
      const scalar = GmrTree.from(tree.toBuffer(), { copy: false });
      for (const proximity of proximities) {
        for (const mu of [0.2, 0.5, 0.9]) {
          const position = randomPosition(random, layout, false);
          const query = { position, vector: randomVector(random, meaning, dimensions), mu, proximity };
          const expected = exhaustiveSearch(things, query, false);
          expect(tree.search(query)).toEqual(expected);
          expect(scalar.search(query)).toEqual(expected);
        }
      }
    });
  }
});
