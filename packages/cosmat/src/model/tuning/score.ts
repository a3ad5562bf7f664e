import { averagePrecision, type Ranking, relevanceRankings } from "@wayweave/eval";
import type { Matrix } from "@wayweave/numeric";
import type { Relevance } from "./relevance.js";

/**
 * How well vectors whose dot product is the similarity find what is relevant, the mean of both directions: mean average precision
 * of classes, or the mean reciprocal rank of the first item that is as good as a pair's other half.
 */
export function retrievalScore(images: Matrix, texts: Matrix, { measure, classes }: Relevance): number {
  const scoreOf = measure === "MAP" ? averagePrecision : reciprocalRank;
  const one = (queries: Matrix, gallery: Matrix): number => {
    let sum = 0;
    for (const ranking of relevanceRankings(queries, gallery, classes, classes)) sum += scoreOf(ranking);
    return sum / queries.rows;
  };
  return (one(images, texts) + one(texts, images)) / 2;
}

function reciprocalRank(ranking: Ranking): number {
  return 1 / (1 + Array.prototype.indexOf.call(ranking, 1));
}

/** What a random order scores. */
export function chanceScore({ measure, classes }: Relevance): number {
  const count = classes.length;
  const sizes = new Map<number, number>();
  for (let i = 0; i < count; i++) sizes.set(classes[i]!, (sizes.get(classes[i]!) ?? 0) + 1);
  const expected = measure === "MAP" ? expectedPrecision : expectedReciprocalRank;
  let sum = 0;
  for (const size of sizes.values()) sum += expected(size, count) * (size / count);
  return sum;
}

/** Expected average precision of a random order with `relevant` of `count` items: (r − 1)/(n − 1) + H(n)/n·(n − r)/(n − 1). */
function expectedPrecision(relevant: number, count: number): number {
  if (count === 1) return 1;
  let harmonic = 0;
  for (let i = 1; i <= count; i++) harmonic += 1 / i;
  return (relevant - 1) / (count - 1) + ((harmonic / count) * (count - relevant)) / (count - 1);
}

/** Expected 1/k with k the rank of the first of `relevant` among `count` items in a random order. */
function expectedReciprocalRank(relevant: number, count: number): number {
  let sum = 0;
  let noneBefore = 1;
  for (let k = 1; k <= count - relevant + 1; k++) {
    const hit = relevant / (count - k + 1);
    sum += (noneBefore * hit) / k;
    noneBefore *= 1 - hit;
  }
  return sum;
}
