import {
  checkArray,
  checkLength,
  checkOneOf,
  checkOptions,
  checkPositiveInteger,
  ValueError,
} from "@wayweave/geo-core";
import { largestOf, scaleFor } from "./internal/scale.js";
import { checkEmbeddings, type Embeddings, scoreBlocks, tieTolerance } from "./internal/score-blocks.js";
import { encodeLabels, type Labels } from "./labels.js";
import type { SimilarityOptions } from "./ranks.js";

/**
 * What a query counts for which nothing is relevant: `error` (the default) refuses it, `zero` counts it as 0, `skip` leaves it out
 * of the mean (of a single ranking: NaN).
 */
export type NoneRelevant = "skip" | "zero" | "error";

const policies = ["skip", "zero", "error"] as const;

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
  checkArray("rankByScore", "scores", scores);
  checkLength("rankByScore", "gains", gains, scores.length);
  for (let i = 0; i < scores.length; i++) {
    if (typeof scores[i] !== "number" || Number.isNaN(scores[i])) {
      throw new ValueError(`rankByScore: scores[${i}] must be a number, got ${scores[i]}`);
    }
  }
  const order = Array.from({ length: scores.length }, (_, i) => i);
  order.sort((a, b) => (scores[b]! > scores[a]! ? 1 : scores[b]! < scores[a]! ? -1 : gains[a]! - gains[b]!));
  return Float64Array.from(order, (i) => gains[i]!);
}

/**
 * {@link rankByScore} of gains that are 0 or 1, several times as fast: each kind's scores are sorted as numbers, then
 * merged.
 *
 * @param tolerance neighbours in the ranking that differ by no more are ties
 */
function rankedRelevance(scores: Float64Array, relevant: Uint8Array, tolerance: number): Float64Array {
  const count = relevant.reduce((sum, gain) => sum + gain, 0);
  const hits = new Float64Array(count);
  const others = new Float64Array(scores.length - count);
  for (let i = 0, hit = 0, other = 0; i < scores.length; i++) {
    if (relevant[i] === 1) hits[hit++] = scores[i]!;
    else others[other++] = scores[i]!;
  }
  hits.sort();
  others.sort();
  const result = new Float64Array(scores.length);
  let hit = hits.length - 1;
  let other = others.length - 1;
  let hitsOfTie = 0;
  let last = Number.POSITIVE_INFINITY;
  for (let rank = 0; rank < result.length; rank++) {
    const isHit = other < 0 || (hit >= 0 && hits[hit]! > others[other]!);
    const score = isHit ? hits[hit--]! : others[other--]!;
    // Of a tie, the hits come last.
    if (last - score > tolerance) {
      result.fill(1, rank - hitsOfTie, rank);
      hitsOfTie = 0;
    }
    if (isHit) hitsOfTie++;
    last = score;
  }
  result.fill(1, result.length - hitsOfTie);
  return result;
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
  checkOptions("relevanceRankings", options, ["similarity"]);
  const { similarity = "cosine" } = options;
  checkEmbeddings("relevanceRankings", queries, gallery, similarity);
  const tolerance = tieTolerance(queries, gallery, similarity);
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
      yield rankedRelevance(
        scoresOfBatch.subarray(q * gallery.rows, (q + 1) * gallery.rows),
        relevant,
        tolerance,
      );
    }
  }
}

/**
 * Average precision over a full ranking: the mean, over the relevant items, of the precision at their rank.
 *
 * @param ranking 1 relevant, 0 not, best first; holds every relevant item
 * @param options `noneRelevant`: what a ranking without a relevant item counts
 * @returns in (0, 1]; 0 or NaN only by that policy
 * @throws {ValueError} no relevant item (unless the policy says otherwise), or an entry other than 0 and 1
 * @example averagePrecision([1, 0, 1]) // (1/1 + 2/3) / 2 = 0.8333
 */
export function averagePrecision(
  ranking: Ranking,
  options: { readonly noneRelevant?: NoneRelevant } = {},
): number {
  return averagePrecisionOf("averagePrecision", ranking, policyOf("averagePrecision", options));
}

function averagePrecisionOf(where: string, ranking: Ranking, policy: NoneRelevant): number {
  checkArray(where, "ranking", ranking);
  let hits = 0;
  let sum = 0;
  for (let i = 0; i < ranking.length; i++) {
    checkBinary(where, ranking, i);
    if (ranking[i] === 1) sum += ++hits / (i + 1);
  }
  if (hits > 0) return sum / hits;
  return withoutRelevant(policy, () => `${where}: ranking must hold a relevant item, got none`);
}

/**
 * MAP: the mean of {@link averagePrecision} over queries.
 *
 * @param rankings one a query, over the whole gallery; taken one at a time
 * @param options `noneRelevant`: what a query counts for which nothing is relevant
 * @returns in (0, 1]; 0 only by that policy
 * @throws {ValueError} no ranking (or none left after skipping), one without a relevant item (unless the policy says otherwise), or an
 *   entry other than 0 and 1
 * @example meanAveragePrecision([[1, 0], [0, 1]]) // (1 + 1/2) / 2 = 0.75
 */
export function meanAveragePrecision(
  rankings: Iterable<Ranking>,
  options: { readonly noneRelevant?: NoneRelevant } = {},
): number {
  const where = "meanAveragePrecision";
  const policy = policyOf(where, options);
  return meanOf(where, rankings, (ranking) => averagePrecisionOf(where, ranking, policy));
}

function policyOf(where: string, options: { readonly noneRelevant?: NoneRelevant }): NoneRelevant {
  checkOptions(where, options, ["noneRelevant"]);
  const { noneRelevant = "error" } = options;
  checkOneOf(where, "noneRelevant", noneRelevant, policies);
  return noneRelevant;
}

function withoutRelevant(policy: NoneRelevant, message: () => string): number {
  if (policy === "zero") return 0;
  if (policy === "skip") return Number.NaN;
  throw new ValueError(`${message()}; noneRelevant says what else it may count`);
}

/** The mean of what is not NaN. */
function meanOf(where: string, rankings: Iterable<Ranking>, score: (ranking: Ranking) => number): number {
  if (typeof rankings !== "object" || rankings === null || !(Symbol.iterator in rankings)) {
    throw new ValueError(`${where}: rankings must be a list of rankings, got ${String(rankings)}`);
  }
  let sum = 0;
  let count = 0;
  let skipped = 0;
  for (const ranking of rankings) {
    const value = score(ranking);
    if (Number.isNaN(value)) {
      skipped++;
      continue;
    }
    sum += value;
    count++;
  }
  if (count > 0) return sum / count;
  const all = skipped > 0 ? ` with a relevant item, got ${skipped} without` : ", got 0";
  throw new ValueError(`${where}: rankings must hold at least one${all}`);
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
 *   2^g − 1; `noneRelevant`: what a ranking without a positive gain counts
 * @returns in [0, 1], or NaN by that policy
 * @throws {ValueError} no positive gain (unless the policy says otherwise), a negative or non-finite one, k not a positive integer,
 *   an unknown gain
 * @example ndcg([0, 1]) // (1 / log₂ 3) / 1 = 0.6309
 */
export function ndcg(ranking: Ranking, options: NdcgOptions = {}): number {
  return ndcgOf("ndcg", ranking, checkNdcg("ndcg", options));
}

/**
 * The mean of {@link ndcg} over queries.
 *
 * @param rankings one a query; taken one at a time
 * @throws as {@link ndcg}, and {ValueError} no ranking, or none left after skipping
 * @example meanNdcg([[1, 0], [0, 1], [0, 0]], { noneRelevant: "skip" }) // (1 + 0.6309) / 2
 */
export function meanNdcg(rankings: Iterable<Ranking>, options: NdcgOptions = {}): number {
  const checked = checkNdcg("meanNdcg", options);
  return meanOf("meanNdcg", rankings, (ranking) => ndcgOf("meanNdcg", ranking, checked));
}

/** Which ranks {@link ndcg} counts, and what grades are worth. */
export interface NdcgOptions {
  /** Only the first k ranks count. Default: all. */
  readonly k?: number;
  /** What a grade g is worth: itself, or 2^g − 1. Default `"linear"`. */
  readonly gain?: "linear" | "exponential";
  /** What a ranking without a positive gain counts. Default `"error"`. */
  readonly noneRelevant?: NoneRelevant;
}

interface CheckedNdcg {
  readonly k: number | undefined;
  readonly exponential: boolean;
  readonly policy: NoneRelevant;
}

function checkNdcg(where: string, options: NdcgOptions): CheckedNdcg {
  checkOptions(where, options, ["k", "gain", "noneRelevant"]);
  const { k, gain = "linear", noneRelevant } = options;
  if (k !== undefined) checkPositiveInteger(where, "k", k);
  checkOneOf(where, "gain", gain, ["linear", "exponential"]);
  const policy = policyOf(where, noneRelevant === undefined ? {} : { noneRelevant });
  return { k, exponential: gain === "exponential", policy };
}

function ndcgOf(
  where: string,
  ranking: Ranking,
  { k = ranking?.length, exponential, policy }: CheckedNdcg,
): number {
  checkArray(where, "ranking", ranking);
  for (let i = 0; i < ranking.length; i++) {
    const grade = ranking[i]!;
    if (!(typeof grade === "number" && grade >= 0 && grade < Number.POSITIVE_INFINITY)) {
      throw new ValueError(`${where}: ranking[${i}] must be a non-negative finite number, got ${grade}`);
    }
  }
  const largest = largestOf(ranking);
  if (largest === 0) {
    return withoutRelevant(policy, () => `${where}: ranking must hold a positive gain, got none`);
  }
  const gains = exponential ? exponentialGains(ranking, largest) : Float64Array.from(ranking);
  const scale = scaleFor(largestOf(gains));
  for (let i = 0; i < gains.length; i++) gains[i]! *= scale;
  return discountedGain(gains, k) / discountedGain(gains.slice().sort().reverse(), k);
}

/** 2^g − 1, up to a common factor: grades beyond 1,000 would be infinite. */
function exponentialGains(grades: Ranking, largest: number): Float64Array {
  const lifted = largest > 1000 ? largest : 0;
  // Of small grades 2^g − 1 would lose its digits, and of the smallest vanish.
  return Float64Array.from(grades, (grade) =>
    grade < 1 && lifted === 0 ? Math.expm1(grade * Math.LN2) : 2 ** (grade - lifted) - 2 ** -lifted,
  );
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
