import { Random, ValueError } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { fitLda, LdaModel } from "../src/text/lda.js";
import { digamma, logGamma } from "../src/text/special-functions.js";
import type { WordCounts } from "../src/text/vocabulary.js";

/** Documents of 40 words, each from one of two topics: words 0–9 or words 10–19. */
function twoTopicCounts(documents: number, seed: number): WordCounts {
  const random = new Random(seed);
  const offsets = new Uint32Array(documents + 1);
  const words: number[] = [];
  const counts: number[] = [];
  for (let d = 0; d < documents; d++) {
    const own = new Float64Array(20);
    for (let i = 0; i < 40; i++) own[(d % 2) * 10 + random.integer(10)]! += 1;
    own.forEach((count, word) => {
      if (count > 0) {
        words.push(word);
        counts.push(count);
      }
    });
    offsets[d + 1] = words.length;
  }
  return { offsets, words: Uint32Array.from(words), counts: Float64Array.from(counts), vocabularySize: 20 };
}

describe("special functions", () => {
  it("knows ψ(1) = −γ, ψ(½) = −γ − 2 ln 2, and ψ(x + 1) = ψ(x) + 1/x", () => {
    const eulerGamma = 0.5772156649015329;
    expect(digamma(1)).toBeCloseTo(-eulerGamma, 11);
    expect(digamma(0.5)).toBeCloseTo(-eulerGamma - 2 * Math.LN2, 10);
    for (const x of [0.01, 0.3, 5.9, 6, 80]) expect(digamma(x + 1) - digamma(x) - 1 / x).toBeCloseTo(0, 9);
  });

  it("knows Γ(5) = 24 and Γ(½) = √π", () => {
    expect(logGamma(5)).toBeCloseTo(Math.log(24), 10);
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 10);
    expect(logGamma(150)).toBeCloseTo(600.0094705553277, 8); // scipy.special.gammaln(150)
  });
});

describe("fitLda", () => {
  const counts = twoTopicCounts(200, 1);

  it.each([64, Number.POSITIVE_INFINITY])(
    "finds two topics that share no word (batch size %d)",
    async (batchSize) => {
      const lda = await fitLda(counts, { topics: 2, passes: 10, batchSize, seed: 3 });
      const [first, second] = lda.topWords(10).map((topic) => Array.from(topic, (w) => (w < 10 ? 0 : 1)));
      expect(new Set(first).size).toBe(1);
      expect(new Set(second).size).toBe(1);
      expect(first![0]).not.toBe(second![0]);
    },
  );

  it("updates once a pass with an infinite batch size, as often as the default passes say", async () => {
    const few = twoTopicCounts(6, 1);
    const seen: { done: number; total: number }[] = [];
    const onProgress = (progress: { done: number; total: number }) => seen.push(progress);
    await fitLda(few, { topics: 2, passes: 3, batchSize: Number.POSITIVE_INFINITY, onProgress });
    expect(seen).toEqual([1, 2, 3].map((done) => ({ done, total: 3 })));
    seen.length = 0;
    // 200 updates, one a pass
    await fitLda(few, { topics: 2, batchSize: Number.POSITIVE_INFINITY, onProgress });
    expect(seen).toHaveLength(200);
    expect(seen.at(-1)).toEqual({ done: 200, total: 200 });
  });

  it("fits the same topics whether or not it is watched", async () => {
    const options = { topics: 2, passes: 3, batchSize: 20, seed: 3 };
    const watched = await fitLda(counts, { ...options, onProgress: () => {} });
    expect((await fitLda(counts, options)).lambda).toEqual(watched.lambda);
  });

  it("gives unseen documents their topic: rows sum to 1, the own topic above 0.9", async () => {
    const lda = await fitLda(counts, { topics: 2, passes: 10, seed: 3 });
    const proportions = lda.transform(twoTopicCounts(20, 9));
    const topicOfFirst = proportions[0]! > 0.5 ? 0 : 1;
    for (let d = 0; d < 20; d++) {
      expect(proportions[2 * d]! + proportions[2 * d + 1]!).toBeCloseTo(1, 12);
      expect(proportions[2 * d + ((topicOfFirst + d) % 2)]).toBeGreaterThan(0.9);
    }
  });

  it("lowers perplexity towards the 10 equally likely words of a topic", async () => {
    const one = (await fitLda(counts, { topics: 1, seed: 3 })).perplexity(counts);
    const two = (await fitLda(counts, { topics: 2, seed: 3 })).perplexity(counts);
    expect(one).toBeGreaterThan(19); // one topic: 20 equally likely words
    expect(two).toBeGreaterThan(10);
    expect(two).toBeLessThan(11.5);
  });

  it("is deterministic by seed", async () => {
    const lambda = async (seed: number) => (await fitLda(counts, { topics: 3, passes: 2, seed })).lambda;
    expect(await lambda(5)).toEqual(await lambda(5));
    expect(await lambda(5)).not.toEqual(await lambda(6));
  });

  it("gives a document without a known word the uniform row", async () => {
    const lda = await fitLda(counts, { topics: 4, passes: 2 });
    const empty = {
      offsets: Uint32Array.of(0, 0),
      words: new Uint32Array(),
      counts: new Float64Array(),
      vocabularySize: 20,
    };
    expect([...lda.transform(empty)]).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it("names what is wrong", async () => {
    await expect(fitLda(counts, { topics: 0 })).rejects.toThrow(
      "fitLda: topics must be a positive integer, got 0",
    );
    await expect(fitLda(counts, { learningDecay: 0.2 })).rejects.toThrow(
      "fitLda: learningDecay must be in [0.5, 1], got 0.2",
    );
    const none = {
      offsets: Uint32Array.of(0, 0),
      words: new Uint32Array(),
      counts: new Float64Array(),
      vocabularySize: 20,
    };
    await expect(fitLda(none)).rejects.toThrow("fitLda: the documents must hold a known word, got none");
    await expect(fitLda({ ...none, offsets: Uint32Array.of(0) })).rejects.toThrow(
      new ValueError("fitLda: counts must hold at least one document, got 0"),
    );
    const lda = await fitLda(counts, { topics: 2, passes: 1 });
    expect(() => lda.transform({ ...counts, vocabularySize: 7 })).toThrow(
      "LdaModel.transform: counts must be over 20 words, got 7",
    );
    expect(
      () =>
        new LdaModel({
          topics: 2,
          vocabularySize: 2,
          documentPrior: 1,
          topicPrior: 1,
          lambda: new Float64Array(3),
        }),
    ).toThrow("LdaModel: lambda must have length 4 (2 words × 2 topics), got 3");
  });

  it("stops when it is told to, also in the middle of a batch", async () => {
    await expect(fitLda(counts, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    const controller = new AbortController();
    // One batch of 2,000 documents, many times over: the timer comes between two of them.
    const many = twoTopicCounts(2000, 1);
    const fit = fitLda(many, {
      topics: 20,
      batchSize: Number.POSITIVE_INFINITY,
      passes: 1_000_000,
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), 1);
    await expect(fit).rejects.toThrow(/abort/i);
  });
});
