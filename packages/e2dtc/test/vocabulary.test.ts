import { Random, ValueError } from "@wayweave/geo-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { selectCenters } from "../src/ground-truth/select-centers.js";
import { buildVocabulary, nearestCells, type Vocabulary } from "../src/tokens/vocabulary.js";
import { setOf } from "./helpers.js";

/** A walk along x: cells of 10 m, visited 3, 2, 2 and 1 times. The box is 0 … 90 by 0 … 20. */
const walks = setOf(
  [
    [
      [0, 0],
      [1, 0],
      [10, 0],
      [20, 0],
    ],
    [
      [0, 0],
      [10, 0],
      [0, 1],
    ],
    [
      [90, 20],
      [21, 0],
    ],
  ],
  "planar",
);

describe("buildVocabulary", () => {
  it("keeps cells that are visited often enough, most visited first", () => {
    // The first cell's middle is at the box's corner: x = −5 … 5 is column 0, 85 … 95 column 9.
    const vocabulary = buildVocabulary(walks, { cellSizeMeters: 10, minFrequency: 2 });
    expect(vocabulary).toMatchObject({ minX: -5, minY: -5, columns: 10, rows: 3, size: 5 });
    expect([...vocabulary.cells]).toEqual([0, 1, 2]);
    // Standing in a cell counts once: the first trip visits cell 0 once.
    expect([...vocabulary.counts]).toEqual([3, 2, 2]);
    // The far corner's cell is not kept; its nearest kept one is column 2.
    expect(vocabulary.tokenOfCell[2 * 10 + 9]).toBe(4);
  });

  it("scales the least frequency with the number of trajectories: 50 for 86,000", () => {
    expect(buildVocabulary(walks, { cellSizeMeters: 10 }).counts.at(-1)).toBe(1);
  });

  it("reaches up to the edges of the world, not beyond", () => {
    // Fiji, on either side of the antimeridian: half a cell of 300 m from here would be beyond it. 0.01° are 3.7 cells.
    for (const lon of [180, 179.9999, -179.9999, -180]) {
      const inland = lon - Math.sign(lon) * 0.01;
      const set = setOf([
        [
          [lon, -16],
          [inland, -16],
        ],
      ]);
      expect(buildVocabulary(set)).toMatchObject({ rows: 1, size: 4 });
      const [first, , second] = selectCenters(set, { k: 2, minDistanceMeters: 500 });
      // Within half a cell, 0.00135°, give or take what the grid was moved by, half a cell at most.
      expect([first!, second!].map((x) => Math.abs(x)).sort()).toEqual([
        expect.closeTo(Math.abs(inland), 2),
        expect.closeTo(180, 2),
      ]);
    }
  });

  it("names what is wrong", () => {
    expect(() => buildVocabulary(walks, { cellSizeMeters: 10, minFrequency: 4 })).toThrow(
      new ValueError("buildVocabulary: minFrequency must leave at least one cell, 4 leaves none"),
    );
    expect(() => buildVocabulary(walks, { cellSizeMeters: 0.001 })).toThrow(
      /^buildVocabulary: cells must number at most 16777216, got 90001 × 20001: choose a larger/,
    );
    expect(() => buildVocabulary(setOf([[]], "planar"))).toThrow(
      new ValueError("buildVocabulary: set must hold at least one point, got 0"),
    );
  });
});

function scattered(seed: number): Vocabulary {
  const random = new Random(seed);
  const point = (): [number, number] => [random.uniform(0, 300), random.uniform(0, 200)];
  return buildVocabulary(
    setOf(
      Array.from({ length: 30 }, () => [point()]),
      "planar",
    ),
    {
      cellSizeMeters: 10,
      minFrequency: 1,
    },
  );
}

function squaredCells({ columns }: Vocabulary, a: number, b: number): number {
  return ((a % columns) - (b % columns)) ** 2 + (Math.floor(a / columns) - Math.floor(b / columns)) ** 2;
}

describe("nearest cells", () => {
  it("gives every grid cell its nearest kept one (brute force)", () => {
    fc.assert(
      fc.property(fc.nat(1000), (seed) => {
        const vocabulary = scattered(seed);
        for (const [cell, token] of vocabulary.tokenOfCell.entries()) {
          const distances = [...vocabulary.cells].map((kept) => squaredCells(vocabulary, cell, kept));
          expect(distances[token - 2]).toBe(Math.min(...distances));
        }
      }),
      { numRuns: 20 },
    );
  });

  it("are weighted by exp(−d/α), nearest first, each row summing to 1 (brute force)", () => {
    fc.assert(
      fc.property(fc.nat(1000), (seed) => {
        const vocabulary = scattered(seed);
        const { tokens, weights } = nearestCells(vocabulary, { count: 4, scaleCells: 2 });
        for (const [i, cell] of vocabulary.cells.entries()) {
          const all = [...vocabulary.cells].map((other) => Math.sqrt(squaredCells(vocabulary, cell, other)));
          const nearest = [...all].sort((a, b) => a - b).slice(0, 4);
          const row = [...tokens.subarray((i + 2) * 4, (i + 3) * 4)];
          expect(row[0]).toBe(i + 2);
          expect(row.map((token) => all[token - 2])).toEqual(nearest);
          const raw = nearest.map((distance) => Math.exp(-distance / 2));
          const sum = raw.reduce((a, b) => a + b);
          raw.forEach((weight, j) => {
            expect(weights[(i + 2) * 4 + j]).toBeCloseTo(weight / sum, 6);
          });
        }
      }),
      { numRuns: 20 },
    );
  });

  it("of a special token are itself, and of few cells are filled up with weight 0", () => {
    const vocabulary = buildVocabulary(setOf([[[0, 0]]], "planar"), { cellSizeMeters: 10 });
    const { tokens, weights } = nearestCells(vocabulary, { count: 2 });
    expect([...tokens]).toEqual([0, 0, 1, 1, 2, 2]);
    expect([...weights]).toEqual([1, 0, 1, 0, 1, 0]);
  });
});
