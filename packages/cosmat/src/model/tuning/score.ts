import { averagePrecision, relevanceRankings } from "@wayweave/eval";
import type { Matrix } from "@wayweave/numeric";

/** How held-out pairs are scored: by class where classes are known, else by finding the other half of each pair. */
export type Measure = "MAP" | "mean reciprocal rank";

/**
 * Mean average precision over both directions, of vectors whose dot product is the similarity. Without classes each pair is
 * a class of its own: then the average precision is the reciprocal rank of the other half.
 *
 * @param labels classes, or undefined
 */
export function retrievalScore(images: Matrix, texts: Matrix, labels: ArrayLike<number> | undefined): number {
  const classes = Uint32Array.from(labels ?? Array.from({ length: images.rows }, (_, i) => i));
  const one = (queries: Matrix, gallery: Matrix): number => {
    let sum = 0;
    for (const ranking of relevanceRankings(queries, gallery, classes, classes))
      sum += averagePrecision(ranking);
    return sum / queries.rows;
  };
  return (one(images, texts) + one(texts, images)) / 2;
}

/** What a random order scores: the mean share of relevant items, or of one among n, Σ 1/i / n. */
export function chanceScore(count: number, labels: ArrayLike<number> | undefined): number {
  let sum = 0;
  if (labels === undefined) {
    for (let i = 1; i <= count; i++) sum += 1 / i;
    return sum / count;
  }
  const sizes = new Map<number, number>();
  for (let i = 0; i < count; i++) sizes.set(labels[i]!, (sizes.get(labels[i]!) ?? 0) + 1);
  for (const size of sizes.values()) sum += expectedPrecision(size, count) * (size / count);
  return sum;
}

/** Expected average precision of a random order with `relevant` of `count` items: (r − 1)/(n − 1) + H(n)/n·(n − r)/(n − 1). */
function expectedPrecision(relevant: number, count: number): number {
  if (count === 1) return 1;
  let harmonic = 0;
  for (let i = 1; i <= count; i++) harmonic += 1 / i;
  return (relevant - 1) / (count - 1) + ((harmonic / count) * (count - relevant)) / (count - 1);
}
