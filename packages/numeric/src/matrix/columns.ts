import { checkLength } from "@wayweave/geo-core";
import { checkDimensions, type Matrix, type Matrix64, zeros } from "./matrix.js";

/** Mean of each column. */
export function columnMeans(matrix: Matrix): Float64Array {
  checkDimensions("columnMeans", "matrix", matrix);
  const { rows, columns, data } = matrix;
  const means = new Float64Array(columns);
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, k++) means[j]! += data[k]!;
  }
  for (let j = 0; j < columns; j++) means[j]! /= rows;
  // Sums of numbers near the largest double overflow, their shares of the mean do not.
  if (!means.every(Number.isFinite)) {
    means.fill(0);
    for (let k = 0; k < data.length; k++) means[k % columns]! += data[k]! / rows;
  }
  return means;
}

/** (X − shift) · factor, column by column; `factor` is 1 where it is left out. */
export function affineColumns(matrix: Matrix, shift: Float64Array, factor?: Float64Array): Matrix64 {
  checkDimensions("affineColumns", "matrix", matrix);
  const { rows, columns, data } = matrix;
  checkLength("affineColumns", "shift", shift, columns);
  if (factor !== undefined) checkLength("affineColumns", "factor", factor, columns);
  const result = zeros(rows, columns);
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, k++) {
      result.data[k] = (data[k]! - shift[j]!) * (factor === undefined ? 1 : factor[j]!);
    }
  }
  return result;
}

/** A copy with `means` subtracted from each row. */
export function centred(matrix: Matrix, means: Float64Array): Matrix64 {
  return affineColumns(matrix, means);
}
