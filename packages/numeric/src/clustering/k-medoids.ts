import { checkPositiveInteger, Pace, Random, ValueError } from "@wayweave/geo-core";
import { checkRequiredOptions } from "../internal/required-options.js";
import { type CondensedDistances, CondensedRows, checkCondensed, emptyLike } from "../matrix/condensed.js";
import { largestOf } from "../matrix/magnitude.js";
import { MedoidState } from "./internal/medoid-state.js";

/** How many medoids {@link kMedoids} looks for, where it starts and when it stops. */
export interface KMedoidsOptions {
  /** The number of clusters. */
  readonly k: number;
  /** Decides the objects that restarts begin with. @defaultValue 0 */
  readonly seed?: number;
  /** Independent starts; the one of least objective is returned. 1 with `initialMedoids`. @defaultValue 10 */
  readonly restarts?: number;
  /** Passes over all candidates before giving up. @defaultValue 100 */
  readonly maxPasses?: number;
  /** Start from these k different objects instead of k-medoids++. */
  readonly initialMedoids?: ArrayLike<number>;
  /** Called after every restart with the least objective so far. */
  readonly onProgress?: (progress: { done: number; total: number; objective: number }) => void;
  /** Asked after every 16 candidates; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The clustering of the restart whose objective is least. */
export interface KMedoidsResult {
  /** The objects that stand for their clusters, ascending, `[k]`. */
  readonly medoids: Uint32Array;
  /** The index in `medoids` of each object's nearest medoid, `[n]`. */
  readonly labels: Uint32Array;
  /** Σ d(object, its medoid); Infinity where that does not fit into double precision. */
  readonly objective: number;
  /** Swaps of the best restart. */
  readonly swaps: number;
  /** False when `maxPasses` ended the best restart. */
  readonly converged: boolean;
  /** The best restart, from 0. */
  readonly restart: number;
}

/** Distances beyond are summed in units of {@link SUM_UNIT}: a power of two, which changes no digit. */
const LARGEST_SUMMED = 2 ** 900;
const SUM_UNIT = 2 ** 124;

/** Known to {@link kMedoids}, and to what passes its options on. */
export const K_MEDOIDS_OPTIONS = [
  "k",
  "seed",
  "restarts",
  "maxPasses",
  "initialMedoids",
  "onProgress",
  "signal",
] as const;

/**
 * K-Medoids: k of n objects, so that the summed distance of all objects to their nearest chosen one is (locally) least.
 *
 * Search: FasterPAM (Schubert & Rousseeuw 2021, "Fast and eager k-medoids clustering", Algorithm 4): every non-medoid in
 * turn is tried against all medoids at once in O(n), and the best swap is made as soon as it improves. It ends when n
 * candidates in a row improve nothing: no single swap does. Starts: greedy k-medoids++ (k-means++ with the distance
 * itself in place of its square, 2 + ⌊ln k⌋ candidates a step).
 *
 * Memory: the condensed matrix as given, 64 rows of n, and k rows of n. The triangle inequality is not needed.
 *
 * @param distances in scipy's `pdist` order, `[n(n − 1)/2]`, non-negative
 * @param n number of objects
 * @throws {ShapeError} distances.length ≠ n(n − 1)/2
 * @throws {ValueError} k outside [1, n], a distance that is negative or not finite, an option out of range
 * @example
 * // Objects at 0, 1 and 9 on a line: d(0,1) = 1, d(0,2) = 9, d(1,2) = 8.
 * const { medoids, objective } = await kMedoids(Float32Array.of(1, 9, 8), 3, { k: 2 }); // objective 1
 */
export async function kMedoids(
  distances: CondensedDistances,
  n: number,
  options: KMedoidsOptions,
): Promise<KMedoidsResult> {
  checkRequiredOptions("kMedoids", options, K_MEDOIDS_OPTIONS);
  const { k, seed = 0, maxPasses = 100, initialMedoids, onProgress, signal } = options;
  checkCondensed("kMedoids", distances, n);
  checkPositiveInteger("kMedoids", "k", k);
  if (k > n) throw new ValueError(`kMedoids: k must be at most the number of objects, ${n}, got ${k}`);
  checkPositiveInteger("kMedoids", "maxPasses", maxPasses);
  const restarts = options.restarts ?? (initialMedoids === undefined ? 10 : 1);
  checkPositiveInteger("kMedoids", "restarts", restarts);
  if (initialMedoids !== undefined) checkInitialMedoids(initialMedoids, n, k, restarts);

  // Sums of distances near the largest double overflow.
  const unit = largestOf(distances) > LARGEST_SUMMED ? SUM_UNIT : 1;
  const summed = unit === 1 ? distances : Float64Array.from(distances, (distance) => distance / unit);
  const rows = new CondensedRows(summed, n);
  const random = new Random(seed, "kMedoids");
  const pace = new Pace(signal);
  let best: KMedoidsResult | undefined;
  for (let restart = 0; restart < restarts; restart++) {
    const start =
      initialMedoids === undefined
        ? plusPlusMedoids(rows, summed, k, random.split(restart))
        : Uint32Array.from(initialMedoids);
    const state = new MedoidState(rows, summed, start);
    const converged = await search(state, rows, maxPasses, pace);
    if (best === undefined || state.objective < best.objective) {
      best = { ...sortedMedoids(state), objective: state.objective, swaps: state.swaps, converged, restart };
    }
    onProgress?.({ done: restart + 1, total: restarts, objective: best.objective * unit });
  }
  return { ...best!, objective: best!.objective * unit };
}

/** Tries candidates in turn until n of them in a row improve nothing; false when the passes run out before. */
async function search(
  state: MedoidState,
  rows: CondensedRows,
  maxPasses: number,
  pace: Pace,
): Promise<boolean> {
  let idle = 0;
  for (let pass = 0; pass < maxPasses; pass++) {
    for (let candidate = 0; candidate < rows.n; candidate++) {
      if (candidate % 16 === 0) await pace.step();
      if (state.trySwap(candidate, rows.row(candidate))) idle = 0;
      else if (++idle >= rows.n) return true;
    }
  }
  return false;
}

/** Greedy k-medoids++: each next medoid is the best of a few objects drawn with probability by distance. */
function plusPlusMedoids(
  rows: CondensedRows,
  distances: CondensedDistances,
  k: number,
  random: Random,
): Uint32Array {
  const { n } = rows;
  const candidates = 2 + Math.floor(Math.log(k));
  const row = emptyLike(distances, n);
  const nearest = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const chosen = new Uint32Array(k);
  const isChosen = new Uint8Array(n);
  for (let medoid = 0; medoid < k; medoid++) {
    let bestCandidate = -1;
    let bestSum = Number.POSITIVE_INFINITY;
    for (let draw = 0; draw < (medoid === 0 ? 1 : candidates); draw++) {
      const candidate = medoid === 0 ? random.integer(n) : drawByDistance(nearest, isChosen, random);
      rows.copyRow(candidate, row);
      let sum = 0;
      for (let i = 0; i < n; i++) sum += Math.min(nearest[i]!, row[i]!);
      if (sum < bestSum) {
        bestSum = sum;
        bestCandidate = candidate;
      }
    }
    rows.copyRow(bestCandidate, row);
    for (let i = 0; i < n; i++) nearest[i] = Math.min(nearest[i]!, row[i]!);
    chosen[medoid] = bestCandidate;
    isChosen[bestCandidate] = 1;
  }
  return chosen;
}

/** An object not chosen yet, with probability by its distance; any of them when all distances are 0. */
function drawByDistance(nearest: Float64Array, isChosen: Uint8Array, random: Random): number {
  let total = 0;
  let free = 0;
  for (let i = 0; i < nearest.length; i++) {
    if (isChosen[i] === 1) continue;
    total += nearest[i]!;
    free++;
  }
  let left = random.next() * (total > 0 ? total : free);
  let last = -1;
  for (let i = 0; i < nearest.length; i++) {
    const weight = isChosen[i] === 1 ? 0 : total > 0 ? nearest[i]! : 1;
    if (weight === 0) continue;
    last = i;
    left -= weight;
    if (left < 0) return i;
  }
  // Rounding can leave a crumb of the total: it belongs to the last possible object.
  return last;
}

function sortedMedoids(state: MedoidState): { medoids: Uint32Array; labels: Uint32Array } {
  const order = Array.from(state.medoids.keys()).sort((a, b) => state.medoids[a]! - state.medoids[b]!);
  const rank = new Uint32Array(order.length);
  order.forEach((slot, i) => {
    rank[slot] = i;
  });
  return { medoids: state.medoids.slice().sort(), labels: state.nearest.map((slot) => rank[slot]!) };
}

function checkInitialMedoids(medoids: ArrayLike<number>, n: number, k: number, restarts: number): void {
  const isValid = Array.from(medoids).every((m) => Number.isInteger(m) && m >= 0 && m < n);
  if (!isValid || medoids.length !== k || new Set(Array.from(medoids)).size !== k) {
    throw new ValueError(
      `kMedoids: initialMedoids must be ${k} different integers in [0, ${n}), got [${Array.from(medoids)}]`,
    );
  }
  if (restarts !== 1) {
    throw new ValueError(`kMedoids: restarts must be 1 when initialMedoids are given, got ${restarts}`);
  }
}
