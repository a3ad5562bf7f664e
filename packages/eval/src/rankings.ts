import { checkLength, checkOneOf, checkPositiveInteger, ValueError } from "@wayweave/geo-core";
import { checkEmbeddings, type Embeddings, scoreBlocks } from "./internal/score-blocks.js";
import { encodeLabels, type Labels } from "./labels.js";
import type { SimilarityOptions } from "./ranks.js";

/** Gains in the order of a ranking, best first: 1 where the item is relevant, else 0 (ndcg: any grade ≥ 0). */
export type Ranking = ArrayLike<number>;

/**
 * Sorts items by score, highest first, and gives their gains in that order. Ties count against us: of equal scores the
 * lesser gain comes first.
 *
 * @param scores higher is better, `[n]`
 * @param gains `[n]`
 * @throws {ShapeError} lengths that differ
 * @throws {ValueError} a score that is NaN
 * @example rankByScore([0.2, 0.9, 0.2], [1, 0, 0]) // [0, 0, 1]
 */
export function rankByScore(scores: ArrayLike<number>, gains: ArrayLike<number>): Float64Array {
  checkLength("rankByScore", "gains", gains, scores.length);
  for (let i = 0; i < scores.length; i++) {
    if (Number.isNaN(scores[i])) throw new ValueError(`rankByScore: scores[${i}] must be a number, got NaN`);
  }
  const order = Array.from({ length: scores.length }, (_, i) => i);
  order.sort((a, b) => (scores[b]! > scores[a]! ? 1 : scores[b]! < scores[a]! ? -1 : gains[a]! - gains[b]!));
  return Float64Array.from(order, (i) => gains[i]!);
}

/**
 * For each query, the whole gallery ranked by similarity: 1 where an item has the query's label.
 *
 * Lazy: 64 queries' scores exist at a time.
 *
 * @param queries `[n × d]`
 * @param gallery `[m × d]`
 * @param queryLabels integers or strings, `[n]`
 * @param galleryLabels integers or strings, `[m]`
 * @throws {ShapeError} lengths or widths that differ
 * @throws {ValueError} a non-finite entry, a number among the labels that is not an integer, an unknown similarity
 * @example meanAveragePrecision(relevanceRankings(texts, images, textClasses, imageClasses))
 */
export function* relevanceRankings(
  queries: Embeddings,
  gallery: Embeddings,
  queryLabels: Labels,
  galleryLabels: Labels,
  options: SimilarityOptions = {},
): Generator<Ranking> {
  const { similarity = "cosine" } = options;
  checkEmbeddings("relevanceRankings", queries, gallery, similarity);
  checkLength("relevanceRankings", "queryLabels", queryLabels, queries.rows);
  checkLength("relevanceRankings", "galleryLabels", galleryLabels, gallery.rows);
  encodeLabels("relevanceRankings", "queryLabels", queryLabels);
  encodeLabels("relevanceRankings", "galleryLabels", galleryLabels);
  const relevant = new Uint8Array(gallery.rows);
  const { columns } = queries;
  const batch = 64;
  const scoresOfBatch = new Float64Array(batch * gallery.rows);
  for (let start = 0; start < queries.rows; start += batch) {
    const rows = Math.min(batch, queries.rows - start);
    const part = { data: queries.data.subarray(start * columns, (start + rows) * columns), rows, columns };
    for (const block of scoreBlocks(part, gallery, similarity)) {
      const width = block.galleryEnd - block.galleryStart;
      for (let q = block.queryStart; q < block.queryEnd; q++) {
        const from = (q - block.queryStart) * block.stride;
        scoresOfBatch.set(block.scores.subarray(from, from + width), q * gallery.rows + block.galleryStart);
      }
    }
    for (let q = 0; q < rows; q++) {
      for (let g = 0; g < gallery.rows; g++)
        relevant[g] = galleryLabels[g] === queryLabels[start + q] ? 1 : 0;
      yield rankByScore(scoresOfBatch.subarray(q * gallery.rows, (q + 1) * gallery.rows), relevant);
    }
  }
}

/**
 * Average precision over a full ranking: the mean, over the relevant items, of the precision at their rank.
 *
 * @param ranking 1 relevant, 0 not, best first; holds every relevant item
 * @returns in (0, 1]
 * @throws {ValueError} no relevant item, or an entry other than 0 and 1
 * @example averagePrecision([1, 0, 1]) // (1/1 + 2/3) / 2 = 0.8333
 */
export function averagePrecision(ranking: Ranking): number {
  let hits = 0;
  let sum = 0;
  for (let i = 0; i < ranking.length; i++) {
    checkBinary("averagePrecision", ranking, i);
    if (ranking[i] === 1) sum += ++hits / (i + 1);
  }
  if (hits === 0) throw new ValueError("averagePrecision: ranking must hold a relevant item, got none");
  return sum / hits;
}

/**
 * MAP: the mean of {@link averagePrecision} over queries.
 *
 * @param rankings one a query, over the whole gallery; taken one at a time
 * @returns in (0, 1]
 * @throws {ValueError} no ranking, one without a relevant item, or an entry other than 0 and 1
 * @example meanAveragePrecision([[1, 0], [0, 1]]) // (1 + 1/2) / 2 = 0.75
 */
export function meanAveragePrecision(rankings: Iterable<Ranking>): number {
  let sum = 0;
  let count = 0;
  for (const ranking of rankings) {
    sum += averagePrecision(ranking);
    count++;
  }
  if (count === 0) throw new ValueError("meanAveragePrecision: rankings must hold at least one, got 0");
  return sum / count;
}

/**
 * Precision@k: the share of relevant items among the first k. A ranking shorter than k misses the rest.
 *
 * @param ranking 1 relevant, 0 not, best first
 * @returns in [0, 1]
 * @throws {ValueError} k not a positive integer, or an entry other than 0 and 1
 * @example precisionAtK([1, 0, 1, 1], 3) // 0.6667
 */
export function precisionAtK(ranking: Ranking, k: number): number {
  checkPositiveInteger("precisionAtK", "k", k);
  let hits = 0;
  for (let i = 0; i < Math.min(k, ranking.length); i++) {
    checkBinary("precisionAtK", ranking, i);
    hits += ranking[i]!;
  }
  return hits / k;
}

/**
 * Recall@k: the share of all relevant items that are among the first k retrieved.
 *
 * @param retrieved ids, best first
 * @param relevant the ids that should come, in any order; at least one
 * @returns in [0, 1]
 * @throws {ValueError} k not a positive integer, or nothing relevant
 * @example recallAtK([4, 8, 1], [1, 4], 2) // 0.5
 */
export function recallAtK(retrieved: Labels, relevant: Labels, k: number): number {
  checkPositiveInteger("recallAtK", "k", k);
  const wanted = new Set(Array.from(relevant));
  if (wanted.size === 0) throw new ValueError("recallAtK: relevant must hold at least one id, got 0");
  const found = new Set<number | string>();
  for (let i = 0; i < Math.min(k, retrieved.length); i++) {
    if (wanted.has(retrieved[i]!)) found.add(retrieved[i]!);
  }
  return found.size / wanted.size;
}

/**
 * Normalised discounted cumulative gain.
 *
 * Source: Järvelin & Kekäläinen 2002, with the discount 1 / log₂(rank + 1) of all ranks; divided by that of the ideal
 * order.
 *
 * @param ranking gains ≥ 0, best-ranked first; holds every item, for the ideal order is made from it
 * @param options `k`: only the first k ranks count (all by default); `gain`: `"linear"` (default) or `"exponential"`,
 *   2^g − 1
 * @returns in [0, 1]
 * @throws {ValueError} no positive gain, a negative or non-finite one, k not a positive integer, an unknown gain
 * @example ndcg([0, 1]) // (1 / log₂ 3) / 1 = 0.6309
 */
export function ndcg(
  ranking: Ranking,
  options: { readonly k?: number; readonly gain?: "linear" | "exponential" } = {},
): number {
  const { k = Math.max(1, ranking.length), gain = "linear" } = options;
  checkPositiveInteger("ndcg", "k", k);
  checkOneOf("ndcg", "gain", gain, ["linear", "exponential"]);
  const gains = Float64Array.from({ length: ranking.length }, (_, i) => {
    const grade = ranking[i]!;
    if (!(grade >= 0 && grade < Number.POSITIVE_INFINITY)) {
      throw new ValueError(`ndcg: ranking[${i}] must be a non-negative finite number, got ${grade}`);
    }
    return gain === "linear" ? grade : 2 ** grade - 1;
  });
  const ideal = discountedGain(gains.slice().sort().reverse(), k);
  if (ideal === 0) throw new ValueError("ndcg: ranking must hold a positive gain, got none");
  return discountedGain(gains, k) / ideal;
}

function discountedGain(gains: Float64Array, k: number): number {
  let sum = 0;
  for (let i = 0; i < Math.min(k, gains.length); i++) sum += gains[i]! / Math.log2(i + 2);
  return sum;
}

function checkBinary(where: string, ranking: Ranking, i: number): void {
  if (ranking[i] !== 0 && ranking[i] !== 1) {
    throw new ValueError(`${where}: ranking[${i}] must be 0 or 1, got ${ranking[i]}`);
  }
}
