import { checkOneOf, checkOptions, Pace } from "@wayweave/geo-core";
import { type CondensedDistances, checkCondensed, copyCondensedRow } from "../matrix/condensed.js";
import { largestOf, unitFor } from "../matrix/magnitude.js";
import { Dendrogram } from "./dendrogram.js";
import { closestPairs } from "./internal/closest-pairs.js";
import type { Merges } from "./internal/merges.js";
import { nearestNeighborChain } from "./internal/nearest-neighbor-chain.js";
import { spanningTree } from "./internal/spanning-tree.js";
import { type DistanceToUnion, WorkingDistances } from "./internal/working-distances.js";

/** How far two clusters are from each other. */
export type Linkage = "single" | "complete" | "average" | "weighted" | "ward" | "centroid" | "median";

/** What {@link agglomerative} joins clusters by, and how it reports and stops. */
export interface AgglomerativeOptions {
  /**
   * The distance between two clusters:
   * - `single`: the least between their objects: finds chains;
   * - `complete`: the largest: finds clusters of small diameter;
   * - `average`: the mean over all pairs (UPGMA);
   * - `weighted`: the mean of the distances to the two clusters that were joined last (WPGMA);
   * - `ward`: what joining adds to the squared distances to the clusters' means, for Euclidean distances;
   * - `centroid`, `median`: between the clusters' means, or midpoints of midpoints, for Euclidean distances. Their heights
   *   may fall.
   * @defaultValue "average"
   */
  readonly linkage?: Linkage;
  /** Called now and then with the merges made so far. */
  readonly onProgress?: (progress: { done: number; total: number }) => void;
  /** Stops between two merges; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const LINKAGES = ["single", "complete", "average", "weighted", "ward", "centroid", "median"] as const;

/** Distances to a union (Lance and Williams 1967), as SciPy writes them. */
const TO_UNION: { readonly [linkage in Exclude<Linkage, "single">]: DistanceToUnion } = {
  complete: (a, b) => Math.max(a, b),
  average: (a, b, _, m, n) => (m * a + n * b) / (m + n),
  weighted: (a, b) => (a + b) / 2,
  ward: (a, b, between, m, n, size) => {
    const total = m + n + size;
    return Math.sqrt(((m + size) * a * a + (n + size) * b * b - size * between * between) / total);
  },
  centroid: (a, b, between, m, n) => {
    const total = m + n;
    return Math.sqrt((m * a * a + n * b * b - (m * n * between * between) / total) / total);
  },
  median: (a, b, between) => Math.sqrt((a * a + b * b) / 2 - (between * between) / 4),
};

/**
 * Agglomerative clustering: every object begins as a cluster, and the two closest clusters are joined until one is left.
 *
 * Single linkage is read off the minimum spanning tree (Gower and Ross 1969); complete, average, weighted and Ward's
 * linkage come by nearest-neighbour chains; centroid and median linkage by the closest pair. All take O(n²) time and, but
 * for single linkage, which copies nothing, one copy of the distances in their own precision.
 *
 * @param distances in scipy's `pdist` order, `[n(n − 1)/2]`, non-negative; not changed
 * @param n number of objects
 * @returns the tree; `cut` it at a number of clusters or a distance
 * @throws {ShapeError} distances.length ≠ n(n − 1)/2
 * @throws {ValueError} a distance that is negative or not finite, an unknown option or linkage
 * @example
 * // Objects at 0, 1 and 9 on a line.
 * const tree = await agglomerative(Float64Array.of(1, 9, 8), 3, { linkage: "single" });
 * tree.cut({ k: 2 }); // 0, 0, 1
 * tree.linkage; // 0 and 1 at height 1 into 3, of two objects; 2 and 3 at height 8 into 4, of three
 */
export async function agglomerative(
  distances: CondensedDistances,
  n: number,
  options: AgglomerativeOptions = {},
): Promise<Dendrogram> {
  const where = "agglomerative";
  checkOptions(where, options, ["linkage", "onProgress", "signal"]);
  const { linkage = "average", onProgress, signal } = options;
  checkOneOf(where, "linkage", linkage, LINKAGES);
  checkCondensed(where, distances, n);
  const pace = new Pace(signal);
  const stride = Math.max(1, Math.floor(n / 100));
  let done = 0;
  const onMerge = (): void => {
    done++;
    if (done % stride === 0 || done === n - 1) onProgress?.({ done, total: n - 1 });
  };
  // Squares, and means of many, of extreme distances would overflow or vanish.
  const unit = unitFor(largestOf(distances), SQUARING.includes(linkage) ? SQUARED_BITS : SUMMED_BITS);
  const scaled = unit === 1 ? distances : Float64Array.from(distances, (distance) => distance / unit);
  const merges = await mergesOf(scaled, n, linkage, pace, onMerge);
  // Closest pairs are found in the order in which they join.
  const tree = merges.toLinkage(linkage !== "centroid" && linkage !== "median");
  if (unit !== 1) for (let i = 2; i < tree.length; i += 4) tree[i]! *= unit;
  return new Dendrogram(n, tree);
}

/** Linkages whose formulas square distances. */
const SQUARING: readonly Linkage[] = ["ward", "centroid", "median"];
/** Distances may be float32. */
const SQUARED_BITS = 100;
const SUMMED_BITS = 900;

async function mergesOf(
  distances: CondensedDistances,
  n: number,
  linkage: Linkage,
  pace: Pace,
  onMerge: () => void,
): Promise<Merges> {
  if (linkage === "single") {
    const rowOf = (i: number, target: Float64Array) => copyCondensedRow(distances, n, i, target);
    return spanningTree(n, rowOf, new Float64Array(n), pace, onMerge);
  }
  const clusters = new WorkingDistances(distances.slice(), n, TO_UNION[linkage]);
  const join = linkage === "centroid" || linkage === "median" ? closestPairs : nearestNeighborChain;
  return join(clusters, pace, onMerge);
}
