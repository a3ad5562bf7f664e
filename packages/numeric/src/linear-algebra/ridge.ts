import { checkFinite, ValueError } from "@wayweave/geo-core";
import { checkRequiredOptions } from "../internal/required-options.js";
import { centred, columnMeans } from "../matrix/columns.js";
import { checkColumns, checkMatrix, checkSameRows, type Matrix, type Matrix64 } from "../matrix/matrix.js";
import { gram, timesTransposed, transposed, transposedTimes } from "../matrix/products.js";
import { cholesky, solveWithFactor } from "./internal/cholesky.js";

export interface RidgeOptions {
  /** Weight λ ≥ 0 of ‖W‖² against the sum of squared errors; the intercept is free of it. */
  readonly ridge: number;
  /** Whether to fit an intercept. Default true. */
  readonly intercept?: boolean;
}

export interface RidgeSolution {
  /** [targets, d] */
  readonly weights: Matrix64;
  /** [targets]; zeros without an intercept. */
  readonly intercept: Float64Array;
}

/**
 * Ridge regression of several targets: the W that minimises ‖X·Wᵀ + b − Y‖² + λ‖W‖² (Hoerl and Kennard 1970).
 * Solved by Cholesky in the smaller of the two forms, (XᵀX + λI)W = XᵀY or W = Xᵀ(XXᵀ + λI)⁻¹Y.
 *
 * @param x [n, d]
 * @param y [n, targets]
 * @throws {ShapeError} the matrices differ in rows
 * @throws {ValueError} ridge < 0, a non-finite entry, or ridge = 0 where the columns of X are dependent
 */
export function ridgeSolve(x: Matrix, y: Matrix, options: RidgeOptions): RidgeSolution {
  const where = "ridgeSolve";
  checkRequiredOptions(where, options, ["ridge", "intercept"]);
  checkMatrix(where, "x", x);
  checkMatrix(where, "y", y);
  checkSameRows(where, "y", x, y);
  const { ridge, intercept = true } = options;
  checkFinite(where, "ridge", ridge);
  if (ridge < 0) throw new ValueError(`${where}: ridge must be ≥ 0, got ${ridge}`);

  const xMean = intercept ? columnMeans(x) : new Float64Array(x.columns);
  const yMean = intercept ? columnMeans(y) : new Float64Array(y.columns);
  const xs = centred(x, xMean);
  const ys = centred(y, yMean);
  const dual = x.columns > x.rows;
  const system = gram(dual ? xs : transposed(xs));
  for (let i = 0; i < system.rows; i++) system.data[i * system.rows + i]! += ridge;
  const factor = cholesky(system);
  if (factor === undefined) {
    throw new ValueError(`${where}: the columns of x are dependent; ridge must be larger than ${ridge}`);
  }
  const solution = solveWithFactor(factor, dual ? ys : transposedTimes(xs, ys));
  const weights = transposed(dual ? transposedTimes(xs, solution) : solution);
  const offsets = Float64Array.from(yMean, (mean, k) => {
    let product = 0;
    for (let j = 0; j < x.columns; j++) product += weights.data[k * x.columns + j]! * xMean[j]!;
    return mean - product;
  });
  return { weights, intercept: offsets };
}

/**
 * X·Wᵀ + b
 *
 * @param x [m, d]
 * @returns [m, targets]
 */
export function ridgePredict({ weights, intercept }: RidgeSolution, x: Matrix): Matrix64 {
  checkMatrix("ridgePredict", "x", x);
  checkColumns("ridgePredict", "x", x, weights.columns);
  const result = timesTransposed(x, weights);
  for (let i = 0; i < result.data.length; i++) result.data[i]! += intercept[i % intercept.length]!;
  return result;
}
