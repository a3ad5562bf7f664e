import { checkAllFinite, checkLength, checkPositiveInteger, ShapeError } from "@wayweave/geo-core";

/** A matrix in one typed array, row-major: entry (i, j) is `data[i * columns + j]`. */
export interface RowMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array | Float64Array;
}

/** A matrix of this package's results. */
export interface Matrix64 extends RowMatrix {
  readonly data: Float64Array;
}

export function zeros(rows: number, columns: number): Matrix64 {
  return { rows, columns, data: new Float64Array(rows * columns) };
}

/**
 * @throws {ValueError} rows or columns are no positive integers, or an entry is not finite
 * @throws {ShapeError} data.length ≠ rows · columns
 */
export function checkMatrix(where: string, name: string, { rows, columns, data }: RowMatrix): void {
  checkPositiveInteger(where, `${name}.rows`, rows);
  checkPositiveInteger(where, `${name}.columns`, columns);
  checkLength(where, `${name}.data`, data, rows * columns);
  checkAllFinite(where, `${name}.data`, data);
}

/** @throws {ShapeError} the two matrices differ in their number of rows */
export function checkSameRows(where: string, name: string, x: RowMatrix, y: RowMatrix): void {
  if (x.rows !== y.rows) throw new ShapeError(`${where}: ${name} must have ${x.rows} rows, got ${y.rows}`);
}

/** @throws {ShapeError} the matrix has another number of columns than what was fitted */
export function checkColumns(where: string, name: string, x: RowMatrix, columns: number): void {
  if (x.columns !== columns) {
    throw new ShapeError(`${where}: ${name} must have ${columns} columns, got ${x.columns}`);
  }
}

/** Mean of each column. */
export function columnMeans({ rows, columns, data }: RowMatrix): Float64Array {
  const means = new Float64Array(columns);
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, k++) means[j]! += data[k]!;
  }
  for (let j = 0; j < columns; j++) means[j]! /= rows;
  return means;
}

/** A copy with `means` subtracted from each row. */
export function centred({ rows, columns, data }: RowMatrix, means: Float64Array): Matrix64 {
  const result = zeros(rows, columns);
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, k++) result.data[k] = data[k]! - means[j]!;
  }
  return result;
}
