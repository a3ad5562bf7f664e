import { Random, ValueError } from "@wayweave/geo-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  averagePrecision,
  bootstrapInterval,
  meanAveragePrecision,
  meanNdcg,
  ndcg,
  nmi,
  pairedRanks,
  relevanceRankings,
  silhouette,
  silhouetteSamples,
  targetRanks,
  uacc,
} from "../src/index.js";
import { largestAssignment } from "../src/internal/assignment.js";

const scales = [1e-310, 1e-200, 1e-170, 1, 1e170, 1e200, 1e300];

describe("numbers of any size", () => {
  it.each(scales)("silhouette does not depend on the unit: %d", (scale) => {
    const data = Float64Array.of(0, 1, 10, 11, 12, 30).map((x) => x * scale);
    const labels = [0, 0, 1, 1, 1, 2];
    // Denormal numbers have few digits.
    const digits = scale < 1e-300 ? 10 : 12;
    const expected = silhouette({ data: Float64Array.of(0, 1, 10, 11, 12, 30), rows: 6, columns: 1 }, labels);
    expect(silhouette({ data, rows: 6, columns: 1 }, labels)).toBeCloseTo(expected, digits);
    const distances = [];
    for (let i = 0; i < 6; i++) for (let j = i + 1; j < 6; j++) distances.push(Math.abs(data[i]! - data[j]!));
    expect(silhouette({ distances: Float64Array.from(distances), n: 6 }, labels)).toBeCloseTo(
      expected,
      digits,
    );
  });

  it.each(scales)("ranks by cosine and by dot product do not depend on the unit: %d", (scale) => {
    const random = new Random(1);
    const rows = 40;
    const draw = () => Float64Array.from({ length: rows * 3 }, () => random.normal());
    const [a, b] = [draw(), draw()];
    for (const similarity of ["cosine", "dot"] as const) {
      const ranks = (factor: number) =>
        pairedRanks(
          { data: a.map((x) => x * factor), rows, columns: 3 },
          { data: b.map((x) => x * factor), rows, columns: 3 },
          { similarity },
        ).queryToGallery;
      expect(ranks(scale)).toEqual(ranks(1));
    }
  });

  it("ndcg of large grades and of tiny ones", () => {
    // 2^2000 − 1 beside 2^1999 − 1 is 2 to 1: (1 + 2 / log₂ 3) / (2 + 1 / log₂ 3).
    const log3 = Math.log2(3);
    expect(ndcg([1999, 2000], { gain: "exponential" })).toBeCloseTo((1 + 2 / log3) / (2 + 1 / log3), 12);
    expect(ndcg([0, 1e300], { gain: "exponential" })).toBeCloseTo(1 / log3, 12);
    expect(ndcg([0, 1e-20], { gain: "exponential" })).toBeCloseTo(1 / log3, 12);
    expect(ndcg([0, 5e-324])).toBeCloseTo(1 / log3, 12);
    expect(ndcg([1e308, 1.7e308])).toBeCloseTo((1 + 1.7 / log3) / (1.7 + 1 / log3), 12);
    // 2^3 − 1 = 7 and 2^1 − 1 = 1, as ever.
    expect(ndcg([1, 3], { gain: "exponential" })).toBeCloseTo((1 + 7 / log3) / (7 + 1 / log3), 12);
  });
});

describe("a model that has collapsed onto one direction", () => {
  it.each([Float64Array, Float32Array])(
    "gets the last rank everywhere, whatever the lengths (%o)",
    (Numbers) => {
      fc.assert(
        fc.property(
          fc.nat(),
          fc.integer({ min: 2, max: 60 }),
          fc.integer({ min: 1, max: 64 }),
          (seed, rows, columns) => {
            const random = new Random(seed);
            const directions = [0, 1].map(() => Array.from({ length: columns }, () => random.normal()));
            const side = (s: number) => {
              const data = new Numbers(rows * columns);
              for (let i = 0; i < rows; i++) {
                const length = 10 ** random.uniform(-6, 6);
                for (let j = 0; j < columns; j++) data[i * columns + j] = length * directions[s]![j]!;
              }
              return { data, rows, columns };
            };
            const [queries, gallery] = [side(0), side(1)];
            const { queryToGallery, galleryToQuery } = pairedRanks(queries, gallery);
            expect([...queryToGallery, ...galleryToQuery]).toEqual(new Array(2 * rows).fill(rows));
            const targets = Uint32Array.from({ length: rows }, (_, i) => i);
            expect([...targetRanks(queries, gallery, targets)]).toEqual(new Array(rows).fill(rows));
            // Half of the gallery is relevant, and comes last.
            const labels = Array.from({ length: rows }, (_, i) => i % 2);
            for (const ranking of relevanceRankings(queries, gallery, labels, labels)) {
              expect(Array.from(ranking)).toEqual(Array.from(ranking).sort());
            }
          },
        ),
        { numRuns: 60 },
      );
    },
  );
});

describe("uacc's matching", () => {
  /** All matchings, one after the other. */
  function best(values: Float64Array, rows: number, columns: number, row = 0, taken = 0): number {
    if (row === rows) return 0;
    let most = rows > columns ? best(values, rows, columns, row + 1, taken) : Number.NEGATIVE_INFINITY;
    for (let c = 0; c < columns; c++) {
      if (taken & (1 << c)) continue;
      most = Math.max(
        most,
        values[row * columns + c]! + best(values, rows, columns, row + 1, taken | (1 << c)),
      );
    }
    return most;
  }

  it("is the best of all", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        (seed, rows, columns) => {
          const random = new Random(seed);
          const values = Float64Array.from({ length: rows * columns }, () => random.integer(7));
          const rowOf = largestAssignment(values, rows, columns);
          const matched = [...rowOf].filter((row) => row >= 0);
          expect(new Set(matched).size).toBe(Math.min(rows, columns));
          const sum = rowOf.reduce((total, row, c) => total + (row < 0 ? 0 : values[row * columns + c]!), 0);
          expect(sum).toBe(best(values, rows, columns));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("of 1,000 classes and as many clusters in another order is found", () => {
    const random = new Random(4);
    const classes = Array.from({ length: 20_000 }, (_, i) => i % 1000);
    const renamed = random.shuffle(Array.from({ length: 1000 }, (_, i) => i));
    const clusters = classes.map((label) =>
      random.integer(4) === 0 ? random.integer(1000) : renamed[label]!,
    );
    const right = classes.filter((label, i) => clusters[i] === renamed[label]).length;
    expect(uacc(classes, clusters)).toBeCloseTo(right / 20_000, 3);
  });
});

describe("queries for which nothing is relevant", () => {
  const rankings = [
    [1, 0],
    [0, 0],
    [0, 1],
  ];
  it("are refused, counted as 0 or left out", () => {
    expect(() => meanAveragePrecision(rankings)).toThrow(
      new ValueError(
        "meanAveragePrecision: ranking must hold a relevant item, got none; noneRelevant says what else it may count",
      ),
    );
    // (1 + 0 + ½) / 3 and (1 + ½) / 2.
    expect(meanAveragePrecision(rankings, { noneRelevant: "zero" })).toBe(0.5);
    expect(meanAveragePrecision(rankings, { noneRelevant: "skip" })).toBe(0.75);
    expect(() => meanAveragePrecision([[0]], { noneRelevant: "skip" })).toThrow(
      "rankings must hold at least one with a relevant item, got 1 without",
    );
    expect(averagePrecision([0], { noneRelevant: "zero" })).toBe(0);
    expect(averagePrecision([0], { noneRelevant: "skip" })).toBeNaN();

    const second = 1 / Math.log2(3);
    expect(() => meanNdcg(rankings)).toThrow("meanNdcg: ranking must hold a positive gain, got none");
    expect(meanNdcg(rankings, { noneRelevant: "zero" })).toBeCloseTo((1 + second) / 3, 12);
    expect(meanNdcg(rankings, { noneRelevant: "skip" })).toBeCloseTo((1 + second) / 2, 12);
    expect(ndcg([0], { noneRelevant: "zero" })).toBe(0);
  });
});

describe("unknown options", () => {
  const points = { data: Float64Array.of(0, 1, 10, 11), rows: 4, columns: 1 };
  const labels = [0, 0, 1, 1];
  it.each<[call: () => unknown, message: string]>([
    [() => ndcg([1], { gains: "linear" } as never), 'ndcg: unknown option "gains"; did you mean "gain"?'],
    [
      () => meanAveragePrecision([[1]], { empty: "skip" } as never),
      'meanAveragePrecision: unknown option "empty"',
    ],
    [() => pairedRanks(points, points, { metric: "dot" } as never), 'pairedRanks: unknown option "metric"'],
    [
      () => silhouette(points, labels, { sample: 3 } as never),
      'silhouette: unknown option "sample"; did you mean "sampleSize"?',
    ],
    [
      () => silhouetteSamples(points, labels, { size: 3 } as never),
      'silhouetteSamples: unknown option "size"',
    ],
    [() => silhouetteSamples(points, [0]), "silhouetteSamples: labels must have length 4, got 1"],
    [() => bootstrapInterval([1], { samples: 3 } as never), 'bootstrapInterval: unknown option "samples"'],
    [
      () => nmi(labels, labels, { normalisation: "min" } as never),
      'nmi: unknown option "normalisation"; did you mean "normalization"?',
    ],
  ])("%#: %s", (call, message) => {
    expect(call).toThrow(message);
  });
});
