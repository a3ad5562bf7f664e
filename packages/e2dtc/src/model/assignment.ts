import { checkAllFinite, checkPositiveInteger, ShapeError, ValueError } from "@wayweave/geo-core";
import { checkMatrix, type Matrix } from "@wayweave/numeric";

/** Soft and hard assignment of rows to clusters. */
export interface Assignment {
  /** Q of eq. 9, rows sum to 1, row-major, `[rows × k]`. */
  readonly soft: Float32Array;
  /** The likeliest cluster, `[rows]`. */
  readonly labels: Uint32Array;
}

/**
 * Eq. 9: qᵢⱼ = (1 + ‖vᵢ − Cⱼ‖²)⁻¹ / Σⱼ′ (1 + ‖vᵢ − Cⱼ′‖²)⁻¹. Of equal ones the first cluster is taken.
 *
 * @param centers row-major, `[k × columns]`
 * @throws {ShapeError} `rows` or `centers` of a length that does not fit `columns`
 * @throws {ValueError} an entry that is not finite
 */
export function assign(matrix: Matrix, centers: ArrayLike<number>): Assignment {
  checkMatrix("assign", "matrix", matrix);
  const { data, rows, columns } = matrix;
  const k = countRows("assign", "centers", centers, columns);
  checkAllFinite("assign", "centers", centers);
  const soft = new Float32Array(rows * k);
  const labels = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    let best = 0;
    for (let j = 0; j < k; j++) {
      let squared = 0;
      for (let d = 0; d < columns; d++) {
        const difference = data[i * columns + d]! - centers[j * columns + d]!;
        squared += difference * difference;
      }
      const similarity = 1 / (1 + squared);
      soft[i * k + j] = similarity;
      sum += similarity;
      if (soft[i * k + j]! > soft[i * k + best]!) best = j;
    }
    if (!(sum > LEAST_SIMILARITY)) {
      labels[i] = assignFar(data, i * columns, columns, centers, soft.subarray(i * k, (i + 1) * k));
      continue;
    }
    labels[i] = best;
    for (let j = 0; j < k; j++) soft[i * k + j]! /= sum;
  }
  return { soft, labels };
}

/** Below it float32 loses digits. */
const LEAST_SIMILARITY = 1e-30;

/**
 * {@link assign} for a row that is so far from every center that similarities vanish: shares are ratios of squared distances,
 * those of the nearest center's.
 *
 * @returns the likeliest cluster
 */
function assignFar(
  data: ArrayLike<number>,
  start: number,
  columns: number,
  centers: ArrayLike<number>,
  soft: Float32Array,
): number {
  // A distance by way of its largest difference: squares would overflow.
  const distances = Float64Array.from(soft, (_, j) => {
    let largest = 0;
    let squares = 0;
    const difference = (d: number) => Math.abs(data[start + d]! / 2 - centers[j * columns + d]! / 2);
    for (let d = 0; d < columns; d++) largest = Math.max(largest, difference(d));
    for (let d = 0; d < columns; d++) squares += (difference(d) / largest) ** 2;
    return largest * Math.sqrt(squares / columns);
  });
  const least = distances.reduce((kept, distance) => Math.min(kept, distance), Number.POSITIVE_INFINITY);
  const shares = distances.map((distance) => (least / distance) ** 2);
  const sum = shares.reduce((total, share) => total + share, 0);
  for (let j = 0; j < soft.length; j++) soft[j] = shares[j]! / sum;
  return distances.indexOf(least);
}

/**
 * Eq. 10: pᵢⱼ = (qᵢⱼ² / fⱼ) / Σⱼ′ (qᵢⱼ′² / fⱼ′), f the columns' sums: surer than Q, and fair to small clusters.
 *
 * A cluster that no row has any share in has none in P either: there qᵢⱼ² / fⱼ is 0 / 0.
 *
 * @param soft Q, row-major, `[rows × k]`
 * @returns P, row-major, `[rows × k]`
 * @throws {ShapeError} a length that is no multiple of k
 * @throws {ValueError} an entry below 0 or not finite, a row of zeros, k not a positive integer
 * @example targetDistribution(Float32Array.of(0.8, 0.2, 0.4, 0.6), 2) // rows (0.914, 0.086) and (0.229, 0.771)
 */
export function targetDistribution(soft: Float32Array, k: number): Float32Array {
  checkPositiveInteger("targetDistribution", "k", k);
  const rows = countRows("targetDistribution", "soft", soft, k);
  checkShares(soft);
  const frequency = new Float64Array(k);
  for (let at = 0; at < soft.length; at++) frequency[at % k]! += soft[at]!;
  const target = new Float32Array(soft.length);
  const weighted = new Float64Array(k);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < k; j++) {
      weighted[j] = frequency[j] === 0 ? 0 : soft[i * k + j]! ** 2 / frequency[j]!;
      sum += weighted[j]!;
    }
    if (sum === 0) {
      throw new ValueError(`targetDistribution: row ${i} of soft must have an entry above 0, got none`);
    }
    for (let j = 0; j < k; j++) target[i * k + j] = weighted[j]! / sum;
  }
  return target;
}

function checkShares(soft: Float32Array): void {
  checkAllFinite("targetDistribution", "soft", soft);
  for (let at = 0; at < soft.length; at++) {
    if (soft[at]! < 0) {
      throw new ValueError(`targetDistribution: soft[${at}] must be at least 0, got ${soft[at]}`);
    }
  }
}

/** The cluster of largest share in each row, the first of equal ones, `[rows]`. */
export function likeliest(soft: Float32Array, k: number): Uint32Array {
  const labels = new Uint32Array(soft.length / k);
  for (let at = 0; at < soft.length; at++) {
    const row = Math.floor(at / k);
    if (soft[at]! > soft[row * k + labels[row]!]!) labels[row] = at % k;
  }
  return labels;
}

/** How many rows of `columns` entries an array holds. */
function countRows(where: string, name: string, array: ArrayLike<number>, columns: number): number {
  if (array.length === 0 || array.length % columns !== 0) {
    throw new ShapeError(
      `${where}: ${name} must have a length that is a multiple of ${columns}, got ${array.length}`,
    );
  }
  return array.length / columns;
}

/** Share of entries that differ. */
export function changedShare(before: Uint32Array, after: Uint32Array): number {
  let changed = 0;
  for (let i = 0; i < after.length; i++) if (before[i] !== after[i]) changed++;
  return changed / after.length;
}
