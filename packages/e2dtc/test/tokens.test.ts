import { Pace, Random, ValueError } from "@wayweave/geo-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TokenSource, tokenCenter, tokenize } from "../src/tokens/tokens.js";
import { buildVocabulary } from "../src/tokens/vocabulary.js";
import { skipGram } from "../src/training/skip-gram.js";
import { setOf } from "./helpers.js";

/** Cells of 10 m: column 0, 0, 1, 2 and 2, 1. */
const walks = setOf(
  [
    [
      [0, 0],
      [1, 0],
      [10, 0],
      [20, 0],
    ],
    [
      [21, 0],
      [9, 0],
    ],
  ],
  "planar",
);
const vocabulary = buildVocabulary(walks, { cellSizeMeters: 10, minFrequency: 1 });

describe("tokenize", () => {
  it("makes one token of a run of points in one cell", () => {
    // Visits: column 0 once, columns 1 and 2 twice: tokens 4, 2, 3.
    const { tokens, offsets } = tokenize(walks, vocabulary);
    expect([...tokens]).toEqual([4, 2, 3, 3, 2]);
    expect([...offsets]).toEqual([0, 3, 5]);
    expect([...tokenize(walks, vocabulary, { keepRepeats: true }).tokens]).toEqual([4, 4, 2, 3, 3, 2]);
    expect(tokenCenter(vocabulary, 3)).toEqual([20, 0]);
  });

  it("takes points beyond the grid as in its nearest cell", () => {
    const away = setOf([[[-500, -500]], [[500, 500]]], "planar");
    expect([...tokenize(away, vocabulary).tokens]).toEqual([4, 3]);
  });

  it("spells a trajectory of cell centres back as its tokens", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: 4 }), { minLength: 1, maxLength: 8 }), (tokens) => {
        const set = setOf([tokens.map((token) => tokenCenter(vocabulary, token))], "planar");
        expect([...tokenize(set, vocabulary, { keepRepeats: true }).tokens]).toEqual(tokens);
      }),
    );
  });

  it("names what is wrong", () => {
    expect(() => tokenize(walks, vocabulary, { maxTokens: 2 })).toThrow(
      new ValueError(
        "TokenSource: trajectory 0 must have at most maxTokens = 2 tokens, got 3: raise maxTokens, take larger cells or cut the trajectory",
      ),
    );
    expect(() => tokenize(setOf([[[0, 0]], []], "planar"), vocabulary)).toThrow(
      new ValueError("TokenSource: trajectory 1 must hold at least one point, got 0"),
    );
    expect(() => tokenize(setOf([[[0, 0]]]), vocabulary)).toThrow(
      new ValueError("TokenSource: set must be planar as the vocabulary is, got lonlat"),
    );
  });
});

describe("noisy variants", () => {
  const long = setOf([Array.from({ length: 400 }, (_, i): [number, number] => [10 * i, 0])], "planar");
  const source = new TokenSource(long, buildVocabulary(long, { cellSizeMeters: 10, minFrequency: 1 }));

  it("without noise are the trajectories", () => {
    expect(source.noisy(new Random(1), { rates: [0], sigmaMeters: 50 })).toEqual(source.clean());
  });

  it("drop points at the rate r₁ and keep both ends", () => {
    const { tokens } = source.noisy(new Random(1), { rates: [0.4], sigmaMeters: 0 });
    const clean = source.clean().tokens;
    // 400 points, 40 % dropped: 240 ± 4 standard deviations of √(400 · .4 · .6) = 9.8.
    expect(Math.abs(tokens.length - 240)).toBeLessThan(40);
    expect([tokens[0], tokens.at(-1)]).toEqual([clean[0], clean.at(-1)]);
  });

  it("are the same for the same seed only", () => {
    const draw = (seed: number) => source.noisy(new Random(seed), { rates: [0, 0.6], sigmaMeters: 20 });
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });
});

describe("skipGram", () => {
  it("puts cells that are visited together nearer each other", async () => {
    // Sequences walk within 2 … 5 or within 6 … 9.
    const random = new Random(5);
    const tokens = Int32Array.from(
      { length: 4000 },
      (_, i) => 2 + 4 * (Math.floor(i / 10) % 2) + random.integer(4),
    );
    const offsets = Uint32Array.from({ length: 401 }, (_, i) => 10 * i);
    const vectors = await skipGram(
      { tokens, offsets },
      10,
      { dimensions: 8, learningRate: 0.05 },
      new Random(1),
      new Pace(undefined),
    );
    const cosine = (a: number, b: number) => {
      const [u, v] = [a, b].map((token) => vectors.subarray(token * 8, token * 8 + 8));
      const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, d) => sum + value * y[d]!, 0);
      return dot(u!, v!) / Math.sqrt(dot(u!, u!) * dot(v!, v!));
    };
    expect(cosine(2, 5)).toBeGreaterThan(cosine(2, 6) + 0.5);
    expect(cosine(7, 9)).toBeGreaterThan(cosine(7, 3) + 0.5);
  });
});
