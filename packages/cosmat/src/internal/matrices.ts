import { checkAllFinite, checkLength, checkPositiveInteger, ShapeError } from "@wayweave/geo-core";
import type { Matrix64, RowMatrix } from "@wayweave/nn/linalg";

export function zeros(rows: number, columns: number): Matrix64 {
  return { rows, columns, data: new Float64Array(rows * columns) };
}

/**
 * @throws {ValueError} rows or columns are no positive integers, or an entry is not finite
 * @throws {ShapeError} data.length ≠ rows · columns, or another number of columns than asked for
 */
export function checkMatrix(where: string, name: string, matrix: RowMatrix, columns?: number): void {
  checkPositiveInteger(where, `${name}.rows`, matrix.rows);
  checkPositiveInteger(where, `${name}.columns`, matrix.columns);
  checkLength(where, `${name}.data`, matrix.data, matrix.rows * matrix.columns);
  if (columns !== undefined && matrix.columns !== columns) {
    throw new ShapeError(`${where}: ${name} must have ${columns} columns, got ${matrix.columns}`);
  }
  checkAllFinite(where, `${name}.data`, matrix.data);
}

/** The rows with the given numbers, in that order. */
export function selectRows({ columns, data }: RowMatrix, rows: ArrayLike<number>): Matrix64 {
  const result = zeros(rows.length, columns);
  for (let i = 0; i < rows.length; i++) {
    result.data.set(data.subarray(rows[i]! * columns, (rows[i]! + 1) * columns), i * columns);
  }
  return result;
}

/** A · Bᵀ */
export function timesTransposed(a: RowMatrix, b: RowMatrix): Matrix64 {
  const { columns } = a;
  const result = zeros(a.rows, b.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++) {
      let sum = 0;
      for (let k = 0, p = i * columns, q = j * columns; k < columns; k++, p++, q++) {
        sum += a.data[p]! * b.data[q]!;
      }
      result.data[i * b.rows + j] = sum;
    }
  }
  return result;
}

export function transposed({ rows, columns, data }: RowMatrix): Matrix64 {
  const result = zeros(columns, rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result.data[j * rows + i] = data[i * columns + j]!;
  }
  return result;
}

/** Mean of each column. */
export function columnMeans({ rows, columns, data }: RowMatrix): Float64Array {
  const means = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) means[i % columns]! += data[i]! / rows;
  return means;
}

/** (X − shift) · factor, column by column. */
export function affineColumns(
  { rows, columns, data }: RowMatrix,
  shift: Float64Array,
  factor?: Float64Array,
): Matrix64 {
  const result = zeros(rows, columns);
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) {
      result.data[at] = (data[at]! - shift[j]!) * (factor === undefined ? 1 : factor[j]!);
    }
  }
  return result;
}

/** Each row scaled to length 1; a row of zeros stays one. */
export function unitRows({ rows, columns, data }: RowMatrix): Matrix64 {
  const result = { rows, columns, data: Float64Array.from(data) };
  for (let i = 0; i < rows; i++) {
    const row = result.data.subarray(i * columns, (i + 1) * columns);
    // By the largest entry first: squares of very small ones would vanish.
    const largest = row.reduce((kept, value) => Math.max(kept, Math.abs(value)), 0);
    if (largest === 0) continue;
    let squares = 0;
    for (let j = 0; j < columns; j++) {
      row[j]! /= largest;
      squares += row[j]! * row[j]!;
    }
    for (let j = 0; j < columns; j++) row[j]! /= Math.sqrt(squares);
  }
  return result;
}
