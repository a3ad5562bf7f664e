import { checkInRange, checkPositiveInteger, Pace, Random, ValueError } from "@wayweave/geo-core";
import { checkRequiredOptions } from "../internal/required-options.js";
import { inUnits, largestOf, unitFor } from "../matrix/magnitude.js";
import { checkMatrix, type Matrix } from "../matrix/matrix.js";

/** How many peaks {@link densityPeaks} looks for, and how wide their surroundings are. */
export interface DensityPeaksOptions {
  /** The number of centres, at most the rows that are looked at. */
  readonly k: number;
  /** Decides which rows are looked at, where there are more than `sampleSize`. @defaultValue 0 */
  readonly seed?: number;
  /** Rows that are looked at: distances between all of them are needed. @defaultValue 4000 */
  readonly sampleSize?: number;
  /**
   * The kernel is as wide as the distance that this share of all pairs falls below: 1–2 % in the source.
   * @defaultValue 0.02
   */
  readonly neighborShare?: number;
  /** Called now and then with the rows whose distances, densities and separations are known: three times the sample in all. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Stops between two rows; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Squared distances are kept in float32, which knows numbers of up to 2¹²⁷. */
const FLOAT32_BITS = 40;

/**
 * Cluster centres where rows lie densest, far from any denser place.
 *
 * Source: Rodriguez and Laio, _Clustering by fast search and find of density peaks_ (2014): density ρᵢ = Σⱼ exp(−(dᵢⱼ/d_c)²),
 * separation δᵢ = least dᵢⱼ to a denser row (for the densest, the largest), and the k rows of largest ρδ. Unlike k-means'
 * objective, it does not prefer clusters of equal width. Of equally good rows the first of the sample is taken.
 *
 * @returns k rows, row-major, `[k × columns]`; some coincide where fewer different rows exist
 * @throws {ShapeError} data.length ≠ rows · columns
 * @throws {ValueError} k above the number of rows looked at, an option out of range, a non-finite value
 */
export async function densityPeaks(rows: Matrix, options: DensityPeaksOptions): Promise<Float64Array> {
  const where = "densityPeaks";
  checkRequiredOptions(where, options, ["k", "seed", "sampleSize", "neighborShare", "onProgress", "signal"]);
  const { k, seed = 0, sampleSize = 4000, neighborShare = 0.02, onProgress, signal } = options;
  checkMatrix(where, "rows", rows);
  checkPositiveInteger(where, "k", k);
  checkPositiveInteger(where, "sampleSize", sampleSize);
  checkInRange(where, "neighborShare", neighborShare, 0, 1);
  if (k > Math.min(rows.rows, sampleSize)) {
    throw new ValueError(
      `${where}: k must be at most the ${Math.min(rows.rows, sampleSize)} rows looked at, got ${k}`,
    );
  }
  const sample = new Random(seed, where).split(where).sample(rows.rows, Math.min(rows.rows, sampleSize));
  const scaled = inUnits(rows, unitFor(largestOf(rows.data), FLOAT32_BITS));
  const pace = new Pace(signal);
  const total = 3 * sample.length;
  const stride = Math.max(1, Math.floor(total / 100));
  let done = 0;
  const onRow = async (): Promise<void> => {
    done++;
    if (done % stride === 0 || done === total) onProgress?.({ done, total });
    await pace.step();
  };
  const distances = await squaredDistances(scaled, sample, onRow);
  const peaks = await bestPeaks(distances, sample.length, neighborShare, k, onRow);
  const centers = new Float64Array(k * rows.columns);
  for (const [j, peak] of peaks.entries()) {
    const start = sample[peak]! * rows.columns;
    centers.set(rows.data.subarray(start, start + rows.columns), j * rows.columns);
  }
  return centers;
}

/** Squared distances between sampled rows, `[n × n]`. */
async function squaredDistances(
  rows: Matrix,
  sample: Uint32Array,
  onRow: () => Promise<void>,
): Promise<Float32Array> {
  const { data, columns } = rows;
  const n = sample.length;
  const distances = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    await onRow();
    const a = sample[i]! * columns;
    for (let j = 0; j < i; j++) {
      const b = sample[j]! * columns;
      let sum = 0;
      for (let d = 0; d < columns; d++) {
        const difference = data[a + d]! - data[b + d]!;
        sum += difference * difference;
      }
      distances[i * n + j] = sum;
      distances[j * n + i] = sum;
    }
  }
  return distances;
}

async function bestPeaks(
  distances: Float32Array,
  n: number,
  neighborShare: number,
  k: number,
  onRow: () => Promise<void>,
): Promise<Uint32Array> {
  const width = kernelWidth(distances, n, neighborShare);
  const density = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += Math.exp(-distances[i * n + j]! / width);
    density[i] = sum;
    await onRow();
  }
  const score = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let separation = Number.POSITIVE_INFINITY;
    let farthest = 0;
    for (let j = 0; j < n; j++) {
      const distance = distances[i * n + j]!;
      const isDenser = density[j]! > density[i]! || (density[j] === density[i] && j < i);
      if (isDenser && distance < separation) separation = distance;
      if (distance > farthest) farthest = distance;
    }
    score[i] = density[i]! * Math.sqrt(separation === Number.POSITIVE_INFINITY ? farthest : separation);
    await onRow();
  }
  return Uint32Array.from({ length: n }, (_, i) => i)
    .sort((a, b) => score[b]! - score[a]! || a - b)
    .slice(0, k);
}

/** d_c², above 0. */
function kernelWidth(distances: Float32Array, n: number, neighborShare: number): number {
  const pairs: number[] = [];
  // Every pair of small samples, some 10⁵ of large ones.
  const stride = Math.max(1, Math.floor((n * n) / 200_000) | 1);
  for (let at = 0; at < n * n; at += stride) if (at % (n + 1) !== 0) pairs.push(distances[at]!);
  const sorted = Float64Array.from(pairs).sort();
  const width = sorted[Math.floor(neighborShare * (sorted.length - 1))] ?? 0;
  return width > 0 ? width : (sorted.find((value) => value > 0) ?? 1);
}
