import type { DenseMatrix } from "./matrix.js";

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
 */
export function assign({ data, rows, columns }: DenseMatrix, centers: ArrayLike<number>): Assignment {
  const k = centers.length / columns;
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
    labels[i] = best;
    for (let j = 0; j < k; j++) soft[i * k + j]! /= sum;
  }
  return { soft, labels };
}

/**
 * Eq. 10: pᵢⱼ = (qᵢⱼ² / fⱼ) / Σⱼ′ (qᵢⱼ′² / fⱼ′), f the columns' sums: surer than Q, and fair to small clusters.
 *
 * @param soft Q, row-major, `[rows × k]`
 * @returns P, row-major, `[rows × k]`
 * @example targetDistribution(Float32Array.of(0.8, 0.2, 0.4, 0.6), 2) // rows (0.914, 0.086) and (0.229, 0.771)
 */
export function targetDistribution(soft: Float32Array, k: number): Float32Array {
  const rows = soft.length / k;
  const frequency = new Float64Array(k);
  for (let at = 0; at < soft.length; at++) frequency[at % k]! += soft[at]!;
  const target = new Float32Array(soft.length);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < k; j++) sum += soft[i * k + j]! ** 2 / frequency[j]!;
    for (let j = 0; j < k; j++) target[i * k + j] = soft[i * k + j]! ** 2 / frequency[j]! / sum;
  }
  return target;
}

/** Share of entries that differ. */
export function changedShare(before: Uint32Array, after: Uint32Array): number {
  let changed = 0;
  for (let i = 0; i < after.length; i++) if (before[i] !== after[i]) changed++;
  return changed / after.length;
}
