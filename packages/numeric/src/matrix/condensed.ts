import { checkPositiveInteger, ShapeError, ValueError } from "@wayweave/geo-core";
import { checkResult, inUnits, largestOf, unitFor } from "./magnitude.js";
import { checkFloats, checkMatrix, type Matrix } from "./matrix.js";

/** A condensed symmetric distance matrix in scipy's `pdist` order, `[n(n − 1)/2]`. */
export type CondensedDistances = Float32Array | Float64Array;

/** Where d(i, j) stands, i < j: `n·i − i(i + 1)/2 + (j − i − 1)`. */
export function condensedIndex(n: number, i: number, j: number): number {
  return n * i - (i * (i + 1)) / 2 + (j - i - 1);
}

/**
 * Euclidean distances between all rows, `[rows (rows − 1) / 2]`.
 *
 * @throws {ShapeError} data.length ≠ rows · columns
 * @throws {ValueError} a non-finite entry, or a distance that does not fit into double precision
 */
export function euclideanDistances(matrix: Matrix): Float64Array {
  const where = "euclideanDistances";
  checkMatrix(where, "matrix", matrix);
  const unit = unitFor(largestOf(matrix.data));
  const { data, rows, columns } = inUnits(matrix, unit);
  const distances = new Float64Array((rows * (rows - 1)) / 2);
  let at = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = i + 1; j < rows; j++) {
      let sum = 0;
      for (let d = 0; d < columns; d++) {
        const difference = data[i * columns + d]! - data[j * columns + d]!;
        sum += difference * difference;
      }
      distances[at++] = unit * Math.sqrt(sum);
    }
  }
  if (unit !== 1) checkResult(where, "matrix", distances);
  return distances;
}

/**
 * The distances between some of the objects, in the order given: what a method needs that clusters a sample of them.
 *
 * @param distances between n objects, `[n(n − 1)/2]`
 * @param objects m of 0 … n − 1; an object that comes twice is at distance 0 from itself
 * @returns `[m(m − 1)/2]`, in the precision of `distances`
 * @throws {ShapeError} distances.length ≠ n(n − 1)/2
 * @throws {ValueError} an object that is no integer in [0, n)
 * @example selectDistances(Float64Array.of(1, 9, 8), 3, [2, 0]) // 9: d(2, 0)
 */
export function selectDistances(
  distances: CondensedDistances,
  n: number,
  objects: ArrayLike<number>,
): CondensedDistances {
  const where = "selectDistances";
  checkPositiveInteger(where, "n", n);
  checkCondensedLength(where, distances, n);
  const m = objects.length;
  for (let i = 0; i < m; i++) {
    const object = objects[i]!;
    if (!Number.isSafeInteger(object) || object < 0 || object >= n) {
      throw new ValueError(`${where}: objects[${i}] must be an integer in [0, ${n}), got ${object}`);
    }
  }
  const selected = emptyLike(distances, Math.max(0, (m * (m - 1)) / 2));
  let at = 0;
  for (let i = 0; i < m; i++) {
    for (let j = i + 1; j < m; j++, at++) {
      const a = objects[i]!;
      const b = objects[j]!;
      if (a !== b) selected[at] = distances[condensedIndex(n, Math.min(a, b), Math.max(a, b))]!;
    }
  }
  return selected;
}

/** @throws {ShapeError} a length that is not n(n − 1)/2 or an array of another kind */
function checkCondensedLength(
  where: string,
  distances: CondensedDistances,
  n: number,
  name = "distances",
): void {
  checkFloats(where, name, distances);
  const length = (n * (n - 1)) / 2;
  if (distances.length !== length) {
    throw new ShapeError(
      `${where}: ${name} must have length ${length} (${n} × ${n - 1} / 2), got ${distances.length}`,
    );
  }
}

/** @throws {ShapeError} a length that is not n(n − 1)/2; @throws {ValueError} a distance that is negative or not finite */
export function checkCondensed(
  where: string,
  distances: CondensedDistances,
  n: number,
  name = "distances",
): void {
  checkPositiveInteger(where, "n", n);
  checkCondensedLength(where, distances, n, name);
  for (let i = 0; i < distances.length; i++) {
    // Written so that NaN fails too.
    if (!(distances[i]! >= 0 && distances[i]! < Number.POSITIVE_INFINITY)) {
      throw new ValueError(
        `${where}: ${name}[${i}] must be a non-negative finite number, got ${distances[i]}`,
      );
    }
  }
}

/** Writes row i of the square matrix, `[n]`, into `target`. */
export function copyCondensedRow(
  distances: CondensedDistances,
  n: number,
  i: number,
  target: CondensedDistances,
): void {
  for (let j = 0; j < i; j++) target[j] = distances[condensedIndex(n, j, i)]!;
  target[i] = 0;
  const tail = condensedIndex(n, i, i + 1);
  target.set(distances.subarray(tail, tail + n - i - 1), i + 1);
}

/** Rows gathered together; a block of them is small beside the matrix and long beside a cache line. */
const BLOCK_ROWS = 64;

/**
 * Full rows of a condensed matrix without ever holding the square.
 *
 * The first i entries of row i lie scattered, one in each row above. Rows of a block are gathered together: the entries
 * they take from a row above are neighbours there, so every cache line is read once a block and not once a row.
 */
export class CondensedRows {
  readonly n: number;
  readonly #distances: CondensedDistances;
  readonly #block: CondensedDistances;
  #blockStart = -1;

  constructor(distances: CondensedDistances, n: number) {
    this.n = n;
    this.#distances = distances;
    this.#block = emptyLike(distances, Math.min(BLOCK_ROWS, n) * n);
  }

  /** Row i, `[n]`, as a view that the next call may overwrite. Cheap when rows are asked for in order. */
  row(i: number): CondensedDistances {
    const start = i - (i % BLOCK_ROWS);
    if (start !== this.#blockStart) this.#gather(start);
    const at = (i - start) * this.n;
    return this.#block.subarray(at, at + this.n);
  }

  /** Row i, copied into `target` `[n]`, without disturbing the block. */
  copyRow(i: number, target: CondensedDistances): void {
    copyCondensedRow(this.#distances, this.n, i, target);
  }

  #gather(start: number): void {
    const { n } = this;
    const distances = this.#distances;
    const block = this.#block;
    const end = Math.min(start + BLOCK_ROWS, n);
    for (let j = 0; j < end; j++) {
      // Entries (j, i) of the block's rows i > j, next to each other in row j.
      const first = Math.max(start, j + 1);
      let source = condensedIndex(n, j, first);
      let target = (first - start) * n + j;
      for (let i = first; i < end; i++, source++, target += n) block[target] = distances[source]!;
    }
    for (let i = start; i < end; i++) {
      const at = (i - start) * n;
      block[at + i] = 0;
      const tail = condensedIndex(n, i, i + 1);
      block.set(distances.subarray(tail, tail + n - i - 1), at + i + 1);
    }
    this.#blockStart = start;
  }
}

/** A new array of the same element type. */
export function emptyLike(array: CondensedDistances, length: number): CondensedDistances {
  return array.BYTES_PER_ELEMENT === 4 ? new Float32Array(length) : new Float64Array(length);
}
