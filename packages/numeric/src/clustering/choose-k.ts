import { elbow, silhouetteSamples } from "@wayweave/eval";
import { checkGiven, checkOptions, checkPositiveInteger, ValueError } from "@wayweave/geo-core";
import { inUnits, largestOf, unitFor } from "../matrix/magnitude.js";
import { checkMatrix, type Matrix } from "../matrix/matrix.js";
import { kMeans } from "./k-means.js";

/** Numbers of clusters to try, both ends included. */
export interface KRange {
  /** The least, ≥ 2. */
  readonly min: number;
  /** The largest, at least `min` + 2 and at most the number of rows. */
  readonly max: number;
}

/**
 * The number of clusters that {@link chooseK} chose, and the curves it was read from: their entries belong to `ks`.
 */
export interface ChosenK {
  /** The elbow where the curve has one, else the k of largest silhouette. */
  readonly k: number;
  /** The ks tried. */
  readonly ks: readonly number[];
  /** Eₖ: summed distances of rows to their nearest centre (§VII-G). */
  readonly errors: readonly number[];
  /** Mean silhouette of (a sample of 1,000 of) the rows; 0 where only one cluster has any, or every row is its own. */
  readonly silhouettes: readonly number[];
  /** `undefined` where the curve has no elbow. */
  readonly elbow: number | undefined;
  /** The k of largest silhouette. */
  readonly bestSilhouette: number;
}

/** Rows whose silhouettes are measured. */
const SILHOUETTE_SAMPLE = 1000;

/**
 * Chooses the number of clusters as E2DTC's Fig. 6 does: the elbow of Eₖ, k-means being run for each k.
 *
 * @param rows such as embeddings, `[rows, columns]`
 * @param options.seed of k-means' starts and of the silhouettes' sample, default 0
 * @param options.restarts starts of k-means for each k, default 5
 * @param options.onProgress called after each k
 * @param options.signal stops between two iterations of k-means, with its reason
 * @throws {ShapeError} data.length ≠ rows · columns
 * @throws {ValueError} a range that is not 2 ≤ min, min + 2 ≤ max ≤ rows, a non-finite value, or an option out of range
 */
export async function chooseK(
  rows: Matrix,
  range: KRange,
  options: {
    readonly seed?: number;
    readonly restarts?: number;
    readonly onProgress?: (progress: { done: number; total: number }) => void;
    readonly signal?: AbortSignal;
  } = {},
): Promise<ChosenK> {
  checkOptions("chooseK", options, ["seed", "restarts", "onProgress", "signal"]);
  const { seed = 0, restarts = 5, onProgress, signal } = options;
  checkMatrix("chooseK", "rows", rows);
  checkPositiveInteger("chooseK", "restarts", restarts);
  checkKRange("chooseK", "range", range, rows.rows);
  const { min, max } = range;
  const unit = unitFor(largestOf(rows.data));
  const scaled = inUnits(rows, unit);
  const ks = Array.from({ length: max - min + 1 }, (_, i) => min + i);
  const errors: number[] = [];
  const silhouettes: number[] = [];
  for (const k of ks) {
    const { labels, centers } = await kMeans(scaled, { k, seed, restarts, ...(signal ? { signal } : {}) });
    errors.push(summedDistances(scaled, labels, centers));
    silhouettes.push(meanSilhouette(scaled, labels, seed));
    onProgress?.({ done: errors.length, total: ks.length });
  }
  const atElbow = elbow(ks, errors);
  const bestSilhouette = ks[silhouettes.indexOf(Math.max(...silhouettes))]!;
  return {
    k: atElbow ?? bestSilhouette,
    ks,
    errors: errors.map((error) => error * unit),
    silhouettes,
    elbow: atElbow,
    bestSilhouette,
  };
}

/** @throws {ValueError} a range that is not 2 ≤ min, min + 2 ≤ max ≤ rows: a curve of fewer than three ks has no elbow */
export function checkKRange(where: string, name: string, range: KRange, rows: number): void {
  checkGiven(where, name, range);
  const { min, max } = range;
  const areIntegers = Number.isSafeInteger(min) && Number.isSafeInteger(max);
  if (areIntegers && min >= 2 && max >= min + 2 && max <= rows) return;
  throw new ValueError(
    `${where}: ${name} must be integers with 2 ≤ min, min + 2 ≤ max ≤ ${rows} rows, got ${min} to ${max}`,
  );
}

function summedDistances(
  { data, rows, columns }: Matrix,
  labels: Uint32Array,
  centers: Float64Array,
): number {
  let total = 0;
  for (let i = 0; i < rows; i++) {
    let squared = 0;
    for (let d = 0; d < columns; d++) {
      const difference = data[i * columns + d]! - centers[labels[i]! * columns + d]!;
      squared += difference * difference;
    }
    total += Math.sqrt(squared);
  }
  return total;
}

function meanSilhouette({ data, columns }: Matrix, labels: Uint32Array, seed: number): number {
  const clusters = new Set(labels).size;
  if (clusters < 2 || clusters > labels.length - 1) return 0;
  const { values } = silhouetteSamples({ data, columns, rows: labels.length }, labels, {
    sampleSize: SILHOUETTE_SAMPLE,
    seed,
  });
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
