import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fitLda, LdaModel } from "../src/text/lda.js";
import type { WordCounts } from "../src/text/vocabulary.js";

/** Made by scripts/parity/cosmat_lda.py from scikit-learn. */
const golden = JSON.parse(readFileSync(new URL("golden/lda.json", import.meta.url), "utf8")) as {
  topics: number;
  train: number[][];
  heldOut: number[][];
  lambda: number[][];
  trainPerplexity: number;
  heldOutPerplexity: number;
  heldOutProportions: number[][];
};

function sparse(rows: number[][]): WordCounts {
  const entries = rows.map((row) => row.flatMap((count, word) => (count > 0 ? [{ word, count }] : [])));
  const offsets = new Uint32Array(rows.length + 1);
  entries.forEach((own, d) => {
    offsets[d + 1] = offsets[d]! + own.length;
  });
  return {
    offsets,
    words: Uint32Array.from(entries.flat(), ({ word }) => word),
    counts: Float64Array.from(entries.flat(), ({ count }) => count),
    vocabularySize: rows[0]!.length,
  };
}

describe("LDA against scikit-learn", () => {
  const train = sparse(golden.train);
  const heldOut = sparse(golden.heldOut);
  const { topics } = golden;
  const reference = new LdaModel({
    topics,
    vocabularySize: train.vocabularySize,
    documentPrior: 1 / topics,
    topicPrior: 1 / topics,
    lambda: Float64Array.from(golden.lambda.flat()),
  });

  it("infers the same topic proportions from the same topics", () => {
    const ours = reference.transform(heldOut);
    golden.heldOutProportions.flat().forEach((value, i) => {
      // Both stop when γ moves by less than 1e-3 on average, from different starts.
      expect(Math.abs(ours[i]! - value)).toBeLessThan(1e-3);
    });
  });

  it("computes the same perplexity of the same topics, to 0.1 %", () => {
    expect(Math.abs(reference.perplexity(train) / golden.trainPerplexity - 1)).toBeLessThan(1e-3);
    expect(Math.abs(reference.perplexity(heldOut) / golden.heldOutPerplexity - 1)).toBeLessThan(1e-3);
  });

  it.each([
    ["batch", Number.POSITIVE_INFINITY],
    ["online", 32],
  ])("fits as well: perplexity at most 3 %% above, %s", async (_, batchSize) => {
    const ours = await fitLda(train, { topics, passes: 100, batchSize, seed: 1 });
    expect(ours.perplexity(train)).toBeLessThan(1.03 * golden.trainPerplexity);
    expect(ours.perplexity(heldOut)).toBeLessThan(1.03 * golden.heldOutPerplexity);
  });
});
