import {
  checkInRange,
  checkOneOf,
  checkOptions,
  checkPositiveInteger,
  Pace,
  ValueError,
} from "@wayweave/geo-core";
import { type CondensedDistances, checkCondensed, copyCondensedRow } from "../matrix/condensed.js";
import { inUnits, largestOf, unitFor } from "../matrix/magnitude.js";
import { checkMatrix, type Matrix } from "../matrix/matrix.js";
import { type CondensedTree, condense } from "./internal/condensed-tree.js";
import { kthSmallest } from "./internal/kth-smallest.js";
import { selectClusters } from "./internal/select-clusters.js";
import { type DistanceRow, spanningTree } from "./internal/spanning-tree.js";

/** What counts as a cluster for {@link hdbscan}, and how it reports and stops. */
export interface HdbscanOptions {
  /** The fewest objects that make a cluster, ≥ 2. @defaultValue 5 */
  readonly minClusterSize?: number;
  /**
   * An object's neighbourhood is as wide as the distance to this neighbour, the object itself being the first: larger
   * values call more objects outliers. @defaultValue minClusterSize
   */
  readonly minSamples?: number;
  /**
   * `excessOfMass` takes the clusters that last longest, `leaf` those that are not split any more: more, and smaller.
   * @defaultValue "excessOfMass"
   */
  readonly selection?: "excessOfMass" | "leaf";
  /** Whether all objects may be one cluster. @defaultValue false */
  readonly allowSingleCluster?: boolean;
  /** Called now and then with the objects joined so far. */
  readonly onProgress?: (progress: { done: number; total: number }) => void;
  /** Stops between two objects; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What {@link hdbscan} found: a cluster or none for each object. */
export interface Hdbscan {
  /** The cluster of each object, from 0 in the order of the clusters' first objects; −1 for an outlier, `[n]`. */
  readonly labels: Int32Array;
  /** How firmly each object belongs to its cluster, in [0, 1]; 0 for an outlier, `[n]`. */
  readonly probabilities: Float64Array;
  /** Number of clusters. */
  readonly clusters: number;
}

const OPTIONS = [
  "minClusterSize",
  "minSamples",
  "selection",
  "allowSingleCluster",
  "onProgress",
  "signal",
] as const;

/**
 * HDBSCAN: clusters of any density where objects lie denser than around them, as many as there are, and outliers.
 *
 * Source: Campello, Moulavi and Sander, _Density-based clustering based on hierarchical density estimates_ (2013), as
 * scikit-learn's `HDBSCAN` computes it: single linkage of the mutual reachability max(coreᵢ, coreⱼ, dᵢⱼ), condensed to
 * clusters of at least `minClusterSize`. O(n²) time and memory for a few rows of n. Of edges that are equally long the one
 * of smaller distance comes first, so that the result does not depend on the objects' order where distances all differ.
 * Where `minSamples` objects coincide, as often by EDR and LCSS, they are a cluster that lasts for ever.
 *
 * @param distances in scipy's `pdist` order, `[n(n − 1)/2]`, non-negative
 * @param n number of objects
 * @throws {ShapeError} distances.length ≠ n(n − 1)/2
 * @throws {ValueError} a distance that is negative or not finite, an option out of range, more samples than objects
 * @example
 * const { labels, clusters } = await hdbscan(distances, n, { minClusterSize: 10 });
 */
export async function hdbscan(
  distances: CondensedDistances,
  n: number,
  options: HdbscanOptions = {},
): Promise<Hdbscan> {
  checkCondensed("hdbscan", distances, n);
  // λ = 1 / distance must be finite too.
  const unit = unitFor(largestOf(distances));
  const rowOf: DistanceRow = (i, target) => {
    copyCondensedRow(distances, n, i, target);
    if (unit !== 1) for (let j = 0; j < n; j++) target[j]! /= unit;
  };
  return cluster("hdbscan", n, rowOf, options);
}

/**
 * {@link hdbscan} of rows by Euclidean distance, which are computed as they are needed: memory for a few rows of n.
 *
 * @param rows `[n, columns]`
 * @throws {ShapeError} data.length ≠ rows · columns
 * @throws {ValueError} a non-finite value, an option out of range, more samples than rows
 */
export async function hdbscanRows(rows: Matrix, options: HdbscanOptions = {}): Promise<Hdbscan> {
  checkMatrix("hdbscanRows", "rows", rows);
  const { data, columns, rows: n } = inUnits(rows, unitFor(largestOf(rows.data)));
  const distancesTo: DistanceRow = (i, target) => {
    for (let j = 0, at = 0; j < n; j++) {
      let squared = 0;
      for (let d = i * columns; d < (i + 1) * columns; d++, at++) {
        const difference = data[d]! - data[at]!;
        squared += difference * difference;
      }
      target[j] = Math.sqrt(squared);
    }
  };
  return cluster("hdbscanRows", n, distancesTo, options);
}

async function cluster(
  where: string,
  n: number,
  rowOf: DistanceRow,
  options: HdbscanOptions,
): Promise<Hdbscan> {
  checkOptions(where, options, OPTIONS);
  const { minClusterSize = 5, selection = "excessOfMass", allowSingleCluster = false } = options;
  const { minSamples = minClusterSize, onProgress, signal } = options;
  checkPositiveInteger(where, "minClusterSize", minClusterSize);
  checkInRange(where, "minClusterSize", minClusterSize, 2, Number.MAX_SAFE_INTEGER);
  checkPositiveInteger(where, "minSamples", minSamples);
  if (minSamples > n) {
    throw new ValueError(
      `${where}: minSamples must be at most the number of objects, ${n}, got ${minSamples}`,
    );
  }
  checkOneOf(where, "selection", selection, ["excessOfMass", "leaf"]);
  if (typeof allowSingleCluster !== "boolean") {
    throw new ValueError(
      `${where}: allowSingleCluster must be true or false, got ${String(allowSingleCluster)}`,
    );
  }
  const pace = new Pace(signal);
  let done = 0;
  // Every object's row is looked at twice: for its neighbourhood, and when it joins the tree.
  const stride = Math.max(1, Math.floor(n / 50));
  const onRow = (): void => {
    done++;
    if (done % stride === 0 || done === 2 * n - 1) onProgress?.({ done, total: 2 * n - 1 });
  };
  const cores = await coreDistances(n, rowOf, minSamples, pace, onRow);
  const edges = await spanningTree(n, rowOf, cores, pace, onRow);
  const tree = condense(edges.toLinkage(true), n, minClusterSize);
  return labelsOf(tree, selectClusters(tree, selection, allowSingleCluster));
}

async function coreDistances(
  n: number,
  rowOf: DistanceRow,
  minSamples: number,
  pace: Pace,
  onRow: () => void,
): Promise<Float64Array> {
  const row = new Float64Array(n);
  const smallest = new Float64Array(minSamples);
  const cores = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    await pace.step();
    rowOf(i, row);
    cores[i] = kthSmallest(row, minSamples, -1, smallest);
    onRow();
  }
  return cores;
}

/** Labels by the selected cluster that an object was in last, and probabilities by when it left. */
function labelsOf(tree: CondensedTree, selected: readonly number[]): Hdbscan {
  const { clusters, parents, lastCluster, exits } = tree;
  const n = exits.length;
  const owner = new Int32Array(clusters).fill(-1);
  for (const c of selected) owner[c] = c;
  for (let c = 1; c < clusters; c++) if (owner[c]! < 0) owner[c] = owner[parents[c]!]!;
  const deaths = lastEvents(tree);
  const numbers = new Map<number, number>();
  const labels = new Int32Array(n).fill(-1);
  const probabilities = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const c = owner[lastCluster[i]!]!;
    // Of all objects as one cluster only those count that are left at its end.
    if (c < 0 || (c === 0 && exits[i]! < deaths[0]!)) continue;
    labels[i] = numbers.get(c) ?? numbers.size;
    numbers.set(c, labels[i]!);
    probabilities[i] = exits[i]! >= deaths[c]! ? 1 : exits[i]! / deaths[c]!;
  }
  return { labels, probabilities, clusters: numbers.size };
}

/** The largest λ at which an object falls out of each cluster, or at which it is split: its end. */
function lastEvents({ clusters, parents, births, lastCluster, exits }: CondensedTree): Float64Array {
  const deaths = new Float64Array(clusters);
  for (let i = 0; i < exits.length; i++) {
    deaths[lastCluster[i]!] = Math.max(deaths[lastCluster[i]!]!, exits[i]!);
  }
  for (let c = 1; c < clusters; c++) deaths[parents[c]!] = Math.max(deaths[parents[c]!]!, births[c]!);
  return deaths;
}
