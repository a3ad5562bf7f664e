import { checkArray, ValueError } from "@wayweave/geo-core";
import { checkRequiredOptions } from "../internal/required-options.js";
import type { CondensedDistances } from "../matrix/condensed.js";
import { K_MEDOIDS_OPTIONS, type KMedoidsOptions, type KMedoidsResult, kMedoids } from "./k-medoids.js";

/** The thresholds that {@link searchThreshold} tries, and what each of them means. */
export interface ThresholdSearch {
  /** Matching thresholds ε to try, in the distance's unit (metres); at least one. */
  readonly thresholds: readonly number[];
  /** Number of objects. */
  readonly n: number;
  /** The distances at a threshold, condensed in scipy's `pdist` order, `[n(n − 1)/2]`. */
  readonly distancesAt: (threshold: number) => Promise<CondensedDistances>;
  /**
   * How good a clustering is, higher is better, on a scale that does not depend on the threshold and without labels. A score
   * that sees only a part of what a trajectory is favours the thresholds that agree with that part: among mean positions,
   * lanes and opposite directions are one.
   */
  readonly score: (labels: Uint32Array) => number;
}

/**
 * How objects are clustered at each threshold: {@link kMedoids}' options, with the progress of the search in place of
 * its own.
 */
export interface ThresholdSearchOptions extends Omit<KMedoidsOptions, "onProgress"> {
  /** Called after every threshold. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** The threshold that {@link searchThreshold} chose, and what it chose from. */
export interface ThresholdSearchResult {
  /** The threshold of the highest score; of equal ones the first. */
  readonly threshold: number;
  /** The clustering at that threshold. */
  readonly clustering: KMedoidsResult;
  /** Each threshold's score, `[thresholds]`. */
  readonly scores: Float64Array;
}

/**
 * K-Medoids at each of several matching thresholds of EDR or LCSS, and the one whose clusters score best.
 *
 * E2DTC tunes the threshold "by grid search" and does not say on what. Labels are out of the question for an unsupervised
 * method. Nor can the distances decide that the threshold changes: the objective Σd falls to 0 as ε grows and everything
 * matches everything, and even a scale-free index of the distances themselves (their silhouette) prefers a large ε,
 * which leaves few different values to tell clusters by. So all thresholds are judged by one yardstick that ε does not
 * touch.
 *
 * @throws {ValueError} no thresholds, a score that is NaN; and as {@link kMedoids}
 * @example
 * // How far the clustering of a sample agrees with the clusterings at the thresholds beside it, say, or its stability.
 * const { threshold, clustering } = await searchThreshold(
 *   {
 *     thresholds: [100, 200, 400, 800, 1600],
 *     n: set.length,
 *     distancesAt: (epsilon) => pairwiseDistances(set, { name: "edr", epsilon, value: "normalized" }),
 *     score: (labels) => agreementWithOtherViews(labels),
 *   },
 *   { k: 12 },
 * );
 */
export async function searchThreshold(
  search: ThresholdSearch,
  options: ThresholdSearchOptions,
): Promise<ThresholdSearchResult> {
  checkRequiredOptions("searchThreshold", search, ["thresholds", "n", "distancesAt", "score"]);
  checkRequiredOptions("searchThreshold", options, K_MEDOIDS_OPTIONS);
  const { thresholds, n, distancesAt, score } = search;
  checkArray("searchThreshold", "thresholds", thresholds);
  if (thresholds.length === 0) {
    throw new ValueError("searchThreshold: thresholds must hold at least one, got 0");
  }
  const { onProgress, ...clusteringOptions } = options;
  const { signal } = options;
  const scores = new Float64Array(thresholds.length);
  let best: { threshold: number; clustering: KMedoidsResult; score: number } | undefined;
  for (const [i, threshold] of thresholds.entries()) {
    signal?.throwIfAborted();
    const clustering = await kMedoids(await distancesAt(threshold), n, clusteringOptions);
    const value = score(clustering.labels);
    if (Number.isNaN(value)) throw new ValueError("searchThreshold: score must be a number, got NaN");
    scores[i] = value;
    if (best === undefined || value > best.score) best = { threshold, clustering, score: value };
    onProgress?.({ done: i + 1, total: thresholds.length });
  }
  return { threshold: best!.threshold, clustering: best!.clustering, scores };
}
