import {
  checkAllFinite,
  checkInRange,
  checkLength,
  checkPositiveInteger,
  Pace,
  Random,
  ValueError,
} from "@wayweave/geo-core";
import { checkRequiredOptions } from "../internal/required-options.js";
import { entriesOf, inUnits, largestOf, multiply, unitFor } from "../matrix/magnitude.js";
import type { Matrix } from "../matrix/matrix.js";
import { checkRows, type SparseMatrix } from "../matrix/sparse-matrix.js";
import { HamerlyLloyd } from "./internal/hamerly-lloyd.js";
import { type Rows, rowsOf } from "./internal/rows.js";

/** How many clusters {@link kMeans} looks for, where it starts and when it stops. */
export interface KMeansOptions {
  /** The number of clusters. */
  readonly k: number;
  /** Decides the rows that restarts begin with. @defaultValue 0 */
  readonly seed?: number;
  /** Independent starts; the one of least inertia is returned. 1 with `initialCenters`. @defaultValue 10 */
  readonly restarts?: number;
  /** Iterations of one restart before it ends unconverged. @defaultValue 300 */
  readonly maxIterations?: number;
  /**
   * Stop when the centres' summed squared movement falls to this share of the columns' mean variance (scikit-learn's
   * rule), or when no label changes. @defaultValue 1e-4
   */
  readonly tolerance?: number;
  /** Start from these centres, row-major `[k, columns]`, instead of k-means++. */
  readonly initialCenters?: Float32Array | Float64Array;
  /** Called after every restart with the least inertia so far. */
  readonly onProgress?: (progress: { done: number; total: number; inertia: number }) => void;
  /** Stops between two iterations; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The clustering of the restart whose inertia is least. */
export interface KMeansResult {
  /** The cluster of each row, 0 … k − 1, `[rows]`. */
  readonly labels: Uint32Array;
  /** The clusters' means, row-major `[k, columns]`. */
  readonly centers: Float64Array;
  /** Σ ‖row − its centre‖²; Infinity where that does not fit into double precision. */
  readonly inertia: number;
  /** Iterations of the best restart. */
  readonly iterations: number;
  /** False when `maxIterations` ended the best restart. */
  readonly converged: boolean;
  /** The best restart, from 0. */
  readonly restart: number;
}

const OPTIONS = [
  "k",
  "seed",
  "restarts",
  "maxIterations",
  "tolerance",
  "initialCenters",
  "onProgress",
  "signal",
] as const;

/**
 * k-means: partitions rows so that the summed squared distance to the clusters' means is (locally) least.
 *
 * Starts: greedy k-means++ (Arthur & Vassilvitskii 2007, with 2 + ⌊ln k⌋ candidates a step as scikit-learn draws).
 * Iterations: Lloyd's, with Hamerly's bounds (2010), which skip most distances and change nothing else. A cluster
 * that loses all its rows takes the row farthest from its centre. With fewer distinct rows than k, some clusters
 * stay empty. The same seed gives the same result on every machine with IEEE arithmetic. Rows may have any scale; what differs by
 * less than some 1e-150 of the largest entry counts as equal.
 *
 * @param rows dense or sparse, `[rows, columns]`
 * @returns labels, centres and inertia of the best restart
 * @throws {ShapeError} arrays whose lengths do not fit
 * @throws {ValueError} k outside [1, rows], a non-finite value, an option out of range
 * @example
 * const { labels } = await kMeans({ data: Float64Array.of(0, 1, 10, 11), rows: 4, columns: 1 }, { k: 2 });
 * // the first two together, and the last two
 */
export async function kMeans(rows: Matrix | SparseMatrix, options: KMeansOptions): Promise<KMeansResult> {
  checkRequiredOptions("kMeans", options, OPTIONS);
  const { k, seed = 0, maxIterations = 300, tolerance = 1e-4, initialCenters, onProgress, signal } = options;
  checkRows("kMeans", "rows", rows);
  checkPositiveInteger("kMeans", "k", k);
  if (k > rows.rows)
    throw new ValueError(`kMeans: k must be at most the number of rows, ${rows.rows}, got ${k}`);
  const restarts = options.restarts ?? (initialCenters === undefined ? 10 : 1);
  checkPositiveInteger("kMeans", "restarts", restarts);
  checkPositiveInteger("kMeans", "maxIterations", maxIterations);
  checkInRange("kMeans", "tolerance", tolerance, 0, Number.MAX_VALUE);
  if (initialCenters !== undefined) {
    checkLength("kMeans", "initialCenters", initialCenters, k * rows.columns);
    checkAllFinite("kMeans", "initialCenters", initialCenters);
    if (restarts !== 1) {
      throw new ValueError(`kMeans: restarts must be 1 when initialCenters are given, got ${restarts}`);
    }
  }

  const unit = unitFor(Math.max(largestOf(entriesOf(rows)), largestOf(initialCenters ?? [])));
  const source = rowsOf(inUnits(rows, unit));
  const squaredTolerance = tolerance * meanVariance(source);
  const random = new Random(seed, "kMeans");
  const pace = new Pace(signal);
  let best: KMeansResult | undefined;
  for (let restart = 0; restart < restarts; restart++) {
    const centers =
      initialCenters === undefined
        ? await plusPlusCenters(source, k, random.split(restart), pace)
        : Float64Array.from(initialCenters, (entry) => entry / unit);
    const lloyd = new HamerlyLloyd(source, centers);
    let shift = Number.POSITIVE_INFINITY;
    while (lloyd.iterations < maxIterations && shift > squaredTolerance) {
      await pace.step();
      shift = lloyd.iterate();
    }
    const converged = shift <= squaredTolerance;
    const { labels, inertia } = lloyd.finish();
    if (best === undefined || inertia < best.inertia) {
      best = { labels, centers, inertia, iterations: lloyd.iterations, converged, restart };
    }
    onProgress?.({ done: restart + 1, total: restarts, inertia: best.inertia * unit * unit });
  }
  return { ...best!, centers: multiply(best!.centers, unit), inertia: best!.inertia * unit * unit };
}

/** The mean over the columns of their variance. */
function meanVariance(rows: Rows): number {
  const mean = new Float64Array(rows.columns);
  for (let row = 0; row < rows.count; row++) rows.addTo(mean, 0, row, 1 / rows.count);
  rows.prepare(mean);
  let sum = 0;
  for (let row = 0; row < rows.count; row++) sum += rows.squaredDistance(row, 0);
  return sum / rows.count / rows.columns;
}

/**
 * Greedy k-means++: each next centre is the best of a few rows drawn with probability proportional to the squared
 * distance to the nearest centre so far.
 */
async function plusPlusCenters(rows: Rows, k: number, random: Random, pace: Pace): Promise<Float64Array> {
  const n = rows.count;
  const centers = new Float64Array(k * rows.columns);
  const candidates = 2 + Math.floor(Math.log(k));
  let nearest = new Float64Array(n).fill(Number.POSITIVE_INFINITY); // squared distance to the nearest centre, [n]
  let trial = new Float64Array(n);
  let bestTrial = new Float64Array(n);
  for (let center = 0; center < k; center++) {
    await pace.step();
    let bestRow = -1;
    let bestSum = Number.POSITIVE_INFINITY;
    const draws = center === 0 ? 1 : candidates;
    const total = center === 0 ? 0 : sumOf(nearest);
    for (let draw = 0; draw < draws; draw++) {
      const candidate = total > 0 ? drawWeighted(nearest, total, random) : random.integer(n);
      let sum = 0;
      for (let row = 0; row < n; row++) {
        const distance = Math.min(nearest[row]!, rows.squaredDistanceBetween(row, candidate));
        trial[row] = distance;
        sum += distance;
      }
      if (sum < bestSum) {
        bestSum = sum;
        bestRow = candidate;
        [trial, bestTrial] = [bestTrial, trial];
      }
    }
    [nearest, bestTrial] = [bestTrial, nearest];
    rows.addTo(centers, center, bestRow, 1);
  }
  return centers;
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

/** An index drawn with probability weights[i] / total. */
function drawWeighted(weights: Float64Array, total: number, random: Random): number {
  let left = random.next() * total;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    last = i;
    left -= weights[i]!;
    if (left < 0) return i;
  }
  // Rounding can leave a crumb of the total: it belongs to the last possible index.
  return last;
}
