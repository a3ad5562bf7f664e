import {
  checkAllFinite,
  checkLength,
  checkPositiveInteger,
  ShapeError,
  ValueError,
} from "@wayweave/geo-core";

/** A matrix in one typed array, row-major: entry (i, j) is `data[i * columns + j]`. */
export interface Matrix {
  /** A positive integer. */
  readonly rows: number;
  /** A positive integer. */
  readonly columns: number;
  /** The entries, row by row, `[rows · columns]`; finite. */
  readonly data: Float32Array | Float64Array;
}

/** A matrix in double precision: what this package returns. */
export interface Matrix64 extends Matrix {
  /** The entries, row by row, `[rows · columns]`. */
  readonly data: Float64Array;
}

/**
 * A matrix of zeros. Trusts its input.
 *
 * @param rows an integer ≥ 0
 * @param columns an integer ≥ 0
 */
export function zeros(rows: number, columns: number): Matrix64 {
  return { rows, columns, data: new Float64Array(rows * columns) };
}

/**
 * @throws {ValueError} rows or columns are no positive integers, or an entry is not finite
 * @throws {ShapeError} data.length ≠ rows · columns, or another number of columns than asked for
 */
export function checkMatrix(where: string, name: string, matrix: Matrix, columns?: number): void {
  checkDimensions(where, name, matrix);
  if (columns !== undefined) checkColumns(where, name, matrix, columns);
  checkAllFinite(where, `${name}.data`, matrix.data);
}

/**
 * {@link checkMatrix} without a look at the entries.
 *
 * @throws {ValueError} rows or columns are no positive integers
 * @throws {ShapeError} data.length ≠ rows · columns
 */
export function checkDimensions(where: string, name: string, matrix: Matrix): void {
  if (typeof matrix !== "object" || matrix === null) {
    throw new ValueError(`${where}: ${name} must be a matrix { rows, columns, data }, got ${String(matrix)}`);
  }
  const { rows, columns, data } = matrix;
  checkPositiveInteger(where, `${name}.rows`, rows);
  checkPositiveInteger(where, `${name}.columns`, columns);
  checkFloats(where, `${name}.data`, data);
  checkLength(where, `${name}.data`, data, rows * columns);
}

/**
 * Whether an array can be computed with: a `Float32Array` or `Float64Array`, of this realm or another.
 *
 * @throws {ValueError} anything else
 */
export function checkFloats(where: string, name: string, array: unknown): void {
  const kind = Object.prototype.toString.call(array).slice("[object ".length, -1);
  if (ArrayBuffer.isView(array) && (kind === "Float32Array" || kind === "Float64Array")) return;
  throw new ValueError(
    `${where}: ${name} must be a Float32Array or Float64Array, got ${describe(array, kind)}`,
  );
}

function describe(value: unknown, kind: string): string {
  if (typeof value === "object" && value !== null) return /^[AEIOU]/.test(kind) ? `an ${kind}` : `a ${kind}`;
  return String(value);
}

/** @throws {ShapeError} the two matrices differ in their number of rows */
export function checkSameRows(where: string, name: string, x: Matrix, y: Matrix): void {
  if (x.rows !== y.rows) throw new ShapeError(`${where}: ${name} must have ${x.rows} rows, got ${y.rows}`);
}

/** @throws {ShapeError} the matrix has another number of columns than what was fitted */
export function checkColumns(where: string, name: string, x: Matrix, columns: number): void {
  if (x.columns !== columns) {
    throw new ShapeError(`${where}: ${name} must have ${columns} columns, got ${x.columns}`);
  }
}
