import { Random } from "@wayweave/geo-core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  averagePrecision,
  type Embeddings,
  meanAveragePrecision,
  meanReciprocalRank,
  ndcg,
  pairedRanks,
  precisionAtK,
  rankByScore,
  recallAtK,
  relevanceRankings,
  type Similarity,
  targetRanks,
  topK,
} from "../src/index.js";

function gaussian(rows: number, columns: number, seed: number): Embeddings {
  const random = new Random(seed);
  return { data: Float32Array.from({ length: rows * columns }, () => random.normal()), rows, columns };
}

/** The rank by its definition, from all scores of the query. */
function bruteForceRanks(
  queries: Embeddings,
  gallery: Embeddings,
  targets: number[],
  similarity: Similarity,
) {
  const length = ({ data, columns }: Embeddings, row: number) =>
    similarity === "dot" ? 1 : Math.hypot(...data.subarray(row * columns, (row + 1) * columns)) || 1;
  return targets.map((target, q) => {
    const scores = Array.from({ length: gallery.rows }, (_, g) => {
      let sum = 0;
      for (let c = 0; c < queries.columns; c++) {
        sum += queries.data[q * queries.columns + c]! * gallery.data[g * gallery.columns + c]!;
      }
      return sum / length(queries, q) / length(gallery, g);
    });
    return 1 + scores.filter((score, g) => g !== target && score >= scores[target]!).length;
  });
}

describe("pairedRanks", () => {
  it("ranks by hand, both ways", () => {
    // Scores [[1, 2], [0, 3]]: query 0 prefers item 1; item 1 prefers query 1, item 0 prefers query 0.
    const queries = { data: Float32Array.of(1, 2, 0, 3), rows: 2, columns: 2 };
    const gallery = { data: Float32Array.of(1, 0, 0, 1), rows: 2, columns: 2 };
    const { queryToGallery, galleryToQuery } = pairedRanks(queries, gallery, { similarity: "dot" });
    expect([...queryToGallery]).toEqual([2, 1]);
    expect([...galleryToQuery]).toEqual([1, 1]);
  });

  it.each(["cosine", "dot"] as const)("agrees with all scores of every query, %s", (similarity) => {
    // 131 and 150 rows: neither a whole number of blocks nor of tiles.
    for (const rows of [1, 3, 64, 131, 150]) {
      const queries = gaussian(rows, 7, rows);
      const gallery = gaussian(rows, 7, rows + 1);
      const targets = Array.from({ length: rows }, (_, i) => i);
      const { queryToGallery, galleryToQuery } = pairedRanks(queries, gallery, { similarity });
      expect([...queryToGallery]).toEqual(bruteForceRanks(queries, gallery, targets, similarity));
      expect([...galleryToQuery]).toEqual(bruteForceRanks(gallery, queries, targets, similarity));
    }
  });

  it("counts ties against us: equal embeddings rank last, anywhere in the blocks", () => {
    const random = new Random(4);
    const row = Float32Array.from({ length: 19 }, () => random.normal());
    const rows = 150;
    const same: Embeddings = {
      data: Float32Array.from({ length: rows * 19 }, (_, i) => row[i % 19]!),
      rows,
      columns: 19,
    };
    for (const similarity of ["cosine", "dot"] as const) {
      const { queryToGallery, galleryToQuery } = pairedRanks(same, same, { similarity });
      expect([...new Set([...queryToGallery, ...galleryToQuery])]).toEqual([rows]);
    }
    const zero: Embeddings = { data: new Float32Array(rows * 2), rows, columns: 2 };
    expect(new Set(pairedRanks(zero, zero).queryToGallery)).toEqual(new Set([rows]));
  });

  it("gives both directions of the transposed problem", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.nat(1000), (rows, seed) => {
        const a = gaussian(rows, 3, seed);
        const b = gaussian(rows, 3, seed + 1);
        const forward = pairedRanks(a, b);
        const backward = pairedRanks(b, a);
        expect(backward.queryToGallery).toEqual(forward.galleryToQuery);
        expect(backward.galleryToQuery).toEqual(forward.queryToGallery);
      }),
    );
  });

  it("names what is wrong", () => {
    const two = gaussian(2, 3, 0);
    expect(() => pairedRanks(two, gaussian(3, 3, 0))).toThrow(
      "pairedRanks: gallery.rows must be 2 as queries.rows, got 3",
    );
    expect(() => pairedRanks(two, gaussian(2, 4, 0))).toThrow(
      "pairedRanks: gallery.columns must be 3 as queries.columns, got 4",
    );
    const broken = { ...two, data: Float32Array.of(0, 0, Number.NaN, 0, 0, 0) };
    expect(() => pairedRanks(two, broken)).toThrow("pairedRanks: gallery.data[2] must be finite, got NaN");
  });
});

describe("targetRanks", () => {
  it("agrees with all scores of every query in a larger gallery", () => {
    const queries = gaussian(70, 5, 1);
    const gallery = gaussian(333, 5, 2);
    const targets = Array.from({ length: 70 }, (_, i) => (i * 37) % 333);
    expect([...targetRanks(queries, gallery, targets)]).toEqual(
      bruteForceRanks(queries, gallery, targets, "cosine"),
    );
    expect(() => targetRanks(queries, gallery, targets.fill(333, 3, 4))).toThrow(
      "targetRanks: targets[3] must be an integer in [0, 333), got 333",
    );
  });
});

describe("topK and meanReciprocalRank", () => {
  it("by hand", () => {
    expect(topK([1, 3, 7, 2], 3)).toBe(0.75);
    expect(meanReciprocalRank([1, 2, 4])).toBeCloseTo((1 + 1 / 2 + 1 / 4) / 3, 15);
  });

  it("top@k grows with k up to 1, and top@1 ≤ MRR ≤ 1", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (ranks) => {
        for (let k = 1; k < 9; k++) expect(topK(ranks, k)).toBeLessThanOrEqual(topK(ranks, k + 1));
        expect(topK(ranks, 9)).toBe(1);
        const reciprocal = meanReciprocalRank(ranks);
        expect(reciprocal).toBeGreaterThanOrEqual(topK(ranks, 1) - 1e-12);
        expect(reciprocal).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("names what is wrong", () => {
    expect(() => topK([0], 1)).toThrow("topK: ranks[0] must be a positive integer, got 0");
    expect(() => topK([1], 0)).toThrow("topK: k must be a positive integer, got 0");
    expect(() => meanReciprocalRank([])).toThrow(
      "meanReciprocalRank: ranks must hold at least one rank, got 0",
    );
  });
});

describe("rankings", () => {
  it("by hand", () => {
    expect([...rankByScore([0.2, 0.9, 0.2], [1, 0, 0])]).toEqual([0, 0, 1]); // the tie at 0.2 counts against us
    expect(averagePrecision([1, 0, 1])).toBeCloseTo((1 / 1 + 2 / 3) / 2, 15);
    expect(
      meanAveragePrecision([
        [1, 0],
        [0, 1],
      ]),
    ).toBe(0.75);
    expect(precisionAtK([1, 0, 1, 1], 3)).toBeCloseTo(2 / 3, 15);
    expect(precisionAtK([1], 4)).toBe(0.25);
    expect(recallAtK([4, 8, 1], [1, 4], 2)).toBe(0.5);
    expect(ndcg([0, 1])).toBeCloseTo(1 / Math.log2(3), 15);
    expect(ndcg([3, 1, 2], { k: 2 })).toBeCloseTo((3 + 1 / Math.log2(3)) / (3 + 2 / Math.log2(3)), 15);
  });

  it("one right answer: average precision is the reciprocal rank", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 50 }), (rank, after) => {
        const ranking = [...new Array<number>(rank - 1).fill(0), 1, ...new Array<number>(after).fill(0)];
        expect(averagePrecision(ranking)).toBeCloseTo(1 / rank, 15);
      }),
    );
  });

  it("are 1 in the ideal order, and no order is better", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 20 }), (ranking) => {
        fc.pre(ranking.includes(1));
        const ideal = [...ranking].sort((a, b) => b - a);
        expect(averagePrecision(ideal)).toBe(1);
        expect(ndcg(ideal)).toBe(1);
        expect(averagePrecision(ranking)).toBeLessThanOrEqual(1);
        expect(ndcg(ranking)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("come from embeddings and labels, as from all scores", () => {
    const queries = gaussian(70, 4, 1);
    const gallery = gaussian(140, 4, 2);
    const queryLabels = Array.from({ length: 70 }, (_, i) => i % 3);
    const galleryLabels = Array.from({ length: 140 }, (_, i) => i % 3);
    const rankings = [
      ...relevanceRankings(queries, gallery, queryLabels, galleryLabels, { similarity: "dot" }),
    ];
    expect(rankings.length).toBe(70);
    for (let q = 0; q < 70; q++) {
      const scores = Array.from({ length: 140 }, (_, g) => {
        let sum = 0;
        for (let c = 0; c < 4; c++) sum += queries.data[q * 4 + c]! * gallery.data[g * 4 + c]!;
        return sum;
      });
      const relevant = galleryLabels.map((label) => (label === queryLabels[q] ? 1 : 0));
      expect(rankings[q]).toEqual(rankByScore(scores, relevant));
    }
  });

  it("law: of scores with many ties, relevance is as rankByScore gives it", () => {
    const entry = fc.integer({ min: -2, max: 2 });
    const label = fc.integer({ min: 0, max: 2 });
    fc.assert(
      fc.property(entry, label, fc.array(fc.tuple(entry, label), { minLength: 1 }), (query, own, gallery) => {
        const embeddings = (values: number[]) => ({
          data: Float64Array.from(values),
          rows: values.length,
          columns: 1,
        });
        const [ranking] = relevanceRankings(
          embeddings([query]),
          embeddings(gallery.map(([value]) => value)),
          [own],
          gallery.map(([, of]) => of),
          { similarity: "dot" },
        );
        const scores = gallery.map(([value]) => query * value);
        expect(ranking).toEqual(
          rankByScore(
            scores,
            gallery.map(([, of]) => (of === own ? 1 : 0)),
          ),
        );
      }),
    );
  });

  it("of unrelated embeddings have a MAP of about the class share", () => {
    const labels = Array.from({ length: 200 }, (_, i) => i % 4);
    const map = meanAveragePrecision(
      relevanceRankings(gaussian(200, 8, 1), gaussian(200, 8, 2), labels, labels),
    );
    expect(map).toBeGreaterThan(0.24);
    expect(map).toBeLessThan(0.3);
  });

  it("name what is wrong", () => {
    expect(() => averagePrecision([0, 0])).toThrow(
      "averagePrecision: ranking must hold a relevant item, got none",
    );
    expect(() => averagePrecision([2])).toThrow("averagePrecision: ranking[0] must be 0 or 1, got 2");
    expect(() => meanAveragePrecision([])).toThrow(
      "meanAveragePrecision: rankings must hold at least one, got 0",
    );
    expect(() => ndcg([0, -1])).toThrow("ndcg: ranking[1] must be a non-negative finite number, got -1");
    expect(() => recallAtK([1], [], 1)).toThrow("recallAtK: relevant must hold at least one id, got 0");
    expect(() => rankByScore([Number.NaN], [1])).toThrow("rankByScore: scores[0] must be a number, got NaN");
  });
});
