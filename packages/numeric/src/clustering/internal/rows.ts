import type { Matrix } from "../../matrix/matrix.js";
import { isSparse, type SparseMatrix } from "../../matrix/sparse-matrix.js";

/** What k-means needs to know of its rows. Centres are a row-major `[k, columns]` array. */
export interface Rows {
  readonly count: number;
  readonly columns: number;
  /** Must be called after `centers` changed and before the distances to them are asked for. */
  prepare(centers: Float64Array): void;
  /** Writes the row's nearest prepared centre, ‖row − it‖² and ‖row − the second nearest‖²; the lower index wins a tie. */
  nearestTwo(row: number, k: number, result: NearestTwo): void;
  /** ‖rowᵢ − center‖² to the prepared centres, ≥ 0. */
  squaredDistance(row: number, center: number): number;
  /** ‖rowᵢ − rowⱼ‖². */
  squaredDistanceBetween(row: number, other: number): number;
  /** target[center] += sign · rowᵢ. */
  addTo(target: Float64Array, center: number, row: number, sign: number): void;
}

/** What {@link Rows.nearestTwo} writes. */
export interface NearestTwo {
  nearest: number;
  first: number;
  second: number;
}

/** Rows of either storage behind one interface. */
export function rowsOf(matrix: Matrix | SparseMatrix): Rows {
  return isSparse(matrix) ? new SparseRows(matrix) : new DenseRows(matrix);
}

class DenseRows implements Rows {
  readonly count: number;
  readonly columns: number;
  readonly #data: Float32Array | Float64Array;
  #centers: Float64Array = new Float64Array(0);

  constructor(matrix: Matrix) {
    this.count = matrix.rows;
    this.columns = matrix.columns;
    this.#data = matrix.data;
  }

  prepare(centers: Float64Array): void {
    this.#centers = centers;
  }

  squaredDistance(row: number, center: number): number {
    const data = this.#data;
    const centers = this.#centers;
    const columns = this.columns;
    let sum = 0;
    for (let i = row * columns, j = center * columns, end = i + columns; i < end; i++, j++) {
      const difference = data[i]! - centers[j]!;
      sum += difference * difference;
    }
    return sum;
  }

  nearestTwo(row: number, k: number, result: NearestTwo): void {
    const data = this.#data;
    const centers = this.#centers;
    const columns = this.columns;
    const start = row * columns;
    const end = start + columns;
    let nearest = 0;
    let first = Number.POSITIVE_INFINITY;
    let second = Number.POSITIVE_INFINITY;
    for (let center = 0, j = 0; center < k; center++) {
      let sum = 0;
      for (let i = start; i < end; i++, j++) {
        const difference = data[i]! - centers[j]!;
        sum += difference * difference;
      }
      if (sum < first) {
        second = first;
        first = sum;
        nearest = center;
      } else if (sum < second) {
        second = sum;
      }
    }
    result.nearest = nearest;
    result.first = first;
    result.second = second;
  }

  squaredDistanceBetween(row: number, other: number): number {
    const data = this.#data;
    const columns = this.columns;
    let sum = 0;
    for (let i = row * columns, j = other * columns, end = i + columns; i < end; i++, j++) {
      const difference = data[i]! - data[j]!;
      sum += difference * difference;
    }
    return sum;
  }

  addTo(target: Float64Array, center: number, row: number, sign: number): void {
    const data = this.#data;
    const columns = this.columns;
    for (let i = row * columns, j = center * columns, end = i + columns; i < end; i++, j++) {
      target[j] = target[j]! + sign * data[i]!;
    }
  }
}

/** Distances as ‖x‖² − 2x·c + ‖c‖², so that a row costs its entries, not its columns. */
class SparseRows implements Rows {
  readonly count: number;
  readonly columns: number;
  readonly #matrix: SparseMatrix;
  readonly #squaredNorms: Float64Array;
  #centers: Float64Array = new Float64Array(0);
  #centerSquaredNorms: Float64Array = new Float64Array(0);
  /** One row spread out, for distances between two rows; all zero between calls. */
  readonly #spread: Float64Array;

  constructor(matrix: SparseMatrix) {
    this.count = matrix.rows;
    this.columns = matrix.columns;
    this.#matrix = matrix;
    this.#spread = new Float64Array(matrix.columns);
    this.#squaredNorms = new Float64Array(matrix.rows);
    for (let row = 0; row < matrix.rows; row++) {
      let sum = 0;
      for (let entry = matrix.rowOffsets[row]!; entry < matrix.rowOffsets[row + 1]!; entry++) {
        sum += matrix.values[entry]! * matrix.values[entry]!;
      }
      this.#squaredNorms[row] = sum;
    }
  }

  prepare(centers: Float64Array): void {
    const columns = this.columns;
    const k = centers.length / columns;
    this.#centers = centers;
    this.#centerSquaredNorms = new Float64Array(k);
    for (let center = 0; center < k; center++) {
      let sum = 0;
      for (let i = center * columns; i < (center + 1) * columns; i++) sum += centers[i]! * centers[i]!;
      this.#centerSquaredNorms[center] = sum;
    }
  }

  squaredDistance(row: number, center: number): number {
    const { values, columnIndices, rowOffsets } = this.#matrix;
    const centers = this.#centers;
    const start = center * this.columns;
    let dot = 0;
    for (let entry = rowOffsets[row]!, end = rowOffsets[row + 1]!; entry < end; entry++) {
      dot += values[entry]! * centers[start + columnIndices[entry]!]!;
    }
    // Rounding may take the difference a little below zero.
    return Math.max(0, this.#squaredNorms[row]! - 2 * dot + this.#centerSquaredNorms[center]!);
  }

  nearestTwo(row: number, k: number, result: NearestTwo): void {
    result.nearest = 0;
    result.first = Number.POSITIVE_INFINITY;
    result.second = Number.POSITIVE_INFINITY;
    for (let center = 0; center < k; center++) {
      const distance = this.squaredDistance(row, center);
      if (distance < result.first) {
        result.second = result.first;
        result.first = distance;
        result.nearest = center;
      } else if (distance < result.second) {
        result.second = distance;
      }
    }
  }

  squaredDistanceBetween(row: number, other: number): number {
    const { values, columnIndices, rowOffsets } = this.#matrix;
    const spread = this.#spread;
    for (let entry = rowOffsets[other]!; entry < rowOffsets[other + 1]!; entry++) {
      spread[columnIndices[entry]!] = values[entry]!;
    }
    let dot = 0;
    for (let entry = rowOffsets[row]!; entry < rowOffsets[row + 1]!; entry++) {
      dot += values[entry]! * spread[columnIndices[entry]!]!;
    }
    for (let entry = rowOffsets[other]!; entry < rowOffsets[other + 1]!; entry++) {
      spread[columnIndices[entry]!] = 0;
    }
    return Math.max(0, this.#squaredNorms[row]! - 2 * dot + this.#squaredNorms[other]!);
  }

  addTo(target: Float64Array, center: number, row: number, sign: number): void {
    const { values, columnIndices, rowOffsets } = this.#matrix;
    const start = center * this.columns;
    for (let entry = rowOffsets[row]!, end = rowOffsets[row + 1]!; entry < end; entry++) {
      const index = start + columnIndices[entry]!;
      target[index] = target[index]! + sign * values[entry]!;
    }
  }
}
