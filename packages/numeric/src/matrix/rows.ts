import { checkArray, checkNonNegativeInteger, ValueError } from "@wayweave/geo-core";
import { checkDimensions, type Matrix, type Matrix64, zeros } from "./matrix.js";

/** The rows with the given numbers, in that order. */
export function selectRows(matrix: Matrix, rows: ArrayLike<number>): Matrix64 {
  checkDimensions("selectRows", "matrix", matrix);
  checkArray("selectRows", "rows", rows);
  const { columns, data } = matrix;
  const result = zeros(rows.length, columns);
  for (let i = 0; i < rows.length; i++) {
    checkNonNegativeInteger("selectRows", `rows[${i}]`, rows[i]!);
    if (rows[i]! >= matrix.rows)
      throw new ValueError(`selectRows: rows[${i}] must be below ${matrix.rows}, got ${rows[i]}`);
    result.data.set(data.subarray(rows[i]! * columns, (rows[i]! + 1) * columns), i * columns);
  }
  return result;
}

/** Each row scaled to length 1; a row of zeros stays one. */
export function unitRows(matrix: Matrix): Matrix64 {
  checkDimensions("unitRows", "matrix", matrix);
  const { rows, columns, data } = matrix;
  const result = { rows, columns, data: Float64Array.from(data) };
  for (let i = 0; i < rows; i++) {
    const row = result.data.subarray(i * columns, (i + 1) * columns);
    // Divide by the largest entry first: squares of very small ones would vanish.
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
