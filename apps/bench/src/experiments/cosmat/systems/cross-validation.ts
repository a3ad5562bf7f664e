import type { Random } from "@wayweave/geo-core";
import type { MatMatrix } from "../../../datasets/mat-file.js";
import type { FeaturePairs } from "../../../datasets/wikipedia.js";
import { embedPairs, scoreRetrieval } from "./retrieval.js";
import type { Candidate } from "./systems.js";

/**
 * The candidate with the highest MAP (mean of both directions, mean over folds) on training pairs that it was not fitted to.
 * Folds are the same for all candidates.
 */
export async function chooseByCrossValidation(
  candidates: readonly Candidate[],
  pairs: FeaturePairs,
  options: {
    readonly folds: number;
    readonly random: Random;
    readonly onProgress: (progress: { done: number; total: number }) => void;
    readonly signal: AbortSignal;
  },
): Promise<{ readonly candidate: Candidate; readonly map: number }> {
  const { folds, random, onProgress, signal } = options;
  const order = random.permutation(pairs.labels.length);
  const maps = new Float64Array(candidates.length);
  const total = folds * candidates.length;
  for (let fold = 0; fold < folds; fold++) {
    const kept = selectPairs(
      pairs,
      order.filter((_, i) => i % folds !== fold),
    );
    const held = selectPairs(
      pairs,
      order.filter((_, i) => i % folds === fold),
    );
    for (const [c, candidate] of candidates.entries()) {
      signal.throwIfAborted();
      const model = candidate.fit(kept);
      const { t2iMap, i2tMap } = scoreRetrieval(embedPairs(model, { ...held, texts: candidate.texts(held) }));
      maps[c]! += (t2iMap + i2tMap) / 2 / folds;
      onProgress({ done: fold * candidates.length + c + 1, total });
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  const best = maps.indexOf(Math.max(...maps));
  return { candidate: candidates[best]!, map: maps[best]! };
}

function selectPairs({ images, topics, words, labels }: FeaturePairs, rows: Uint32Array): FeaturePairs {
  return {
    images: selectRows(images, rows),
    topics: selectRows(topics, rows),
    words: selectRows(words, rows),
    labels: rows.map((row) => labels[row]!),
  };
}

function selectRows({ columns, data }: MatMatrix, rows: Uint32Array): MatMatrix {
  const selected = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    selected.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return { rows: rows.length, columns, data: selected };
}
