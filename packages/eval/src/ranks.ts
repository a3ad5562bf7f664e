import {
  checkArray,
  checkLength,
  checkOptions,
  checkPositiveInteger,
  ShapeError,
  ValueError,
} from "@wayweave/geo-core";
import {
  checkEmbeddings,
  type Embeddings,
  type Similarity,
  scoreBlocks,
  targetScores,
  tieTolerance,
} from "./internal/score-blocks.js";

export type { Embeddings, Similarity } from "./internal/score-blocks.js";

/** What embeddings are compared by. */
export interface SimilarityOptions {
  /** What is larger for what is more alike. @defaultValue "cosine" */
  readonly similarity?: Similarity;
}

/** Where each item's partner ranks among all candidates, from 1. */
export interface PairedRanks {
  /** The rank of gallery item i for query i, `[n]`. */
  readonly queryToGallery: Uint32Array;
  /** The rank of query i for gallery item i, `[n]`. */
  readonly galleryToQuery: Uint32Array;
}

/**
 * Ranks of paired items in both directions: query i belongs to gallery item i.
 *
 * Ties count against us: a rank is 1 + the number of other candidates that score at least as high as the partner; cosines tie that
 * differ by no more than rounding (2⁻²² for float32, 2⁻⁴⁰ for float64). A model
 * that gives everything the same embedding gets rank n, not 1. Scores are computed once for both directions, in blocks:
 * memory is O(n), never n × n.
 *
 * @param queries `[n × d]`
 * @param gallery `[n × d]`
 * @throws {ShapeError} different numbers of rows or columns
 * @throws {ValueError} a non-finite entry, or an unknown similarity
 * @example
 * const { queryToGallery } = pairedRanks(trajectories, images);
 * topK(queryToGallery, 5) // the share of trajectories whose image is among the first five
 */
export function pairedRanks(
  queries: Embeddings,
  gallery: Embeddings,
  options: SimilarityOptions = {},
): PairedRanks {
  checkOptions("pairedRanks", options, ["similarity"]);
  const { similarity = "cosine" } = options;
  checkEmbeddings("pairedRanks", queries, gallery, similarity);
  const n = queries.rows;
  if (gallery.rows !== n) {
    throw new ShapeError(`pairedRanks: gallery.rows must be ${n} as queries.rows, got ${gallery.rows}`);
  }
  // What another candidate must reach to count against the partner.
  const own = lowered(
    targetScores(queries, gallery, identity(n), similarity),
    tieTolerance(queries, gallery, similarity),
  );
  // An item's comparison with itself gives the 1 that ranks start from.
  const queryToGallery = new Uint32Array(n);
  const galleryToQuery = new Uint32Array(n);
  for (const { queryStart, queryEnd, galleryStart, galleryEnd, scores, stride } of scoreBlocks(
    queries,
    gallery,
    similarity,
  )) {
    for (let q = queryStart; q < queryEnd; q++) {
      const ownOfQuery = own[q]!;
      let at = (q - queryStart) * stride;
      let count = 0;
      for (let g = galleryStart; g < galleryEnd; g++, at++) {
        const score = scores[at]!;
        if (score >= ownOfQuery) count++;
        if (score >= own[g]!) galleryToQuery[g]!++;
      }
      queryToGallery[q] = queryToGallery[q]! + count;
    }
  }
  return { queryToGallery, galleryToQuery };
}

/**
 * The rank of one gallery item for each query; the gallery may be larger than the queries. Ties count against us.
 *
 * @param queries `[n × d]`
 * @param gallery `[m × d]`
 * @param targets the gallery row that belongs to each query, `[n]`
 * @returns ranks in [1, m], `[n]`
 * @throws {ShapeError} widths that differ, or not one target a query
 * @throws {ValueError} a target that is no gallery row, a non-finite entry, or an unknown similarity
 */
export function targetRanks(
  queries: Embeddings,
  gallery: Embeddings,
  targets: ArrayLike<number>,
  options: SimilarityOptions = {},
): Uint32Array {
  checkOptions("targetRanks", options, ["similarity"]);
  const { similarity = "cosine" } = options;
  checkEmbeddings("targetRanks", queries, gallery, similarity);
  checkLength("targetRanks", "targets", targets, queries.rows);
  for (let q = 0; q < targets.length; q++) {
    const target = targets[q]!;
    if (!Number.isInteger(target) || target < 0 || target >= gallery.rows) {
      throw new ValueError(
        `targetRanks: targets[${q}] must be an integer in [0, ${gallery.rows}), got ${target}`,
      );
    }
  }
  const own = lowered(
    targetScores(queries, gallery, targets, similarity),
    tieTolerance(queries, gallery, similarity),
  );
  const ranks = new Uint32Array(queries.rows);
  for (const { queryStart, queryEnd, galleryStart, galleryEnd, scores, stride } of scoreBlocks(
    queries,
    gallery,
    similarity,
  )) {
    for (let q = queryStart; q < queryEnd; q++) {
      const start = (q - queryStart) * stride;
      let count = 0;
      for (let at = start; at < start + galleryEnd - galleryStart; at++) if (scores[at]! >= own[q]!) count++;
      ranks[q] = ranks[q]! + count;
    }
  }
  return ranks;
}

/**
 * top@k (recall@k with one right answer a query): the share of ranks that are at most k.
 *
 * @param ranks from 1, `[n]`
 * @param k a positive integer
 * @returns in [0, 1]
 * @throws {ValueError} no ranks, a rank or k that is not a positive integer
 * @example topK([1, 3, 7, 2], 3) // 0.75
 */
export function topK(ranks: ArrayLike<number>, k: number): number {
  checkRanks("topK", ranks);
  checkPositiveInteger("topK", "k", k);
  let hits = 0;
  for (let i = 0; i < ranks.length; i++) if (ranks[i]! <= k) hits++;
  return hits / ranks.length;
}

/**
 * Mean reciprocal rank: the mean of 1 / rank.
 *
 * @param ranks from 1, `[n]`
 * @returns in (0, 1]
 * @throws {ValueError} no ranks, or a rank that is not a positive integer
 * @example meanReciprocalRank([1, 2, 4]) // (1 + 1/2 + 1/4) / 3 = 0.5833
 */
export function meanReciprocalRank(ranks: ArrayLike<number>): number {
  checkRanks("meanReciprocalRank", ranks);
  let sum = 0;
  for (let i = 0; i < ranks.length; i++) sum += 1 / ranks[i]!;
  return sum / ranks.length;
}

function checkRanks(where: string, ranks: ArrayLike<number>): void {
  checkArray(where, "ranks", ranks);
  if (ranks.length === 0) throw new ValueError(`${where}: ranks must hold at least one rank, got 0`);
  for (let i = 0; i < ranks.length; i++) checkPositiveInteger(where, `ranks[${i}]`, ranks[i]!);
}

function identity(n: number): Uint32Array {
  return Uint32Array.from({ length: n }, (_, i) => i);
}

function lowered(scores: Float64Array, by: number): Float64Array {
  return scores.map((score) => score - by);
}
