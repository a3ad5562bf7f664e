import { checkFinite, checkGiven, ValueError } from "@wayweave/geo-core";
import { checkRequiredOptions } from "../internal/required-options.js";
import { PACED_OPTIONS, type PacedOptions, runPaced, runThrough, type Steps } from "../internal/steps.js";
import { centred, columnMeans } from "../matrix/columns.js";
import {
  checkedResult,
  checkResult,
  inUnits,
  largestOf,
  multiply,
  penalisedUnit,
  unitFor,
} from "../matrix/magnitude.js";
import {
  checkColumns,
  checkDimensions,
  checkMatrix,
  checkSameRows,
  type Matrix,
  type Matrix64,
} from "../matrix/matrix.js";
import {
  gramSteps,
  gramWork,
  timesTransposed,
  timesTransposedSteps,
  transposed,
} from "../matrix/products.js";
import { choleskySteps, choleskyWork, solveWithFactor } from "./internal/cholesky.js";

/** How {@link ridgeSolve} is regularised. */
export interface RidgeOptions {
  /** Weight λ ≥ 0 of ‖W‖² against the sum of squared errors; the intercept is free of it. */
  readonly ridge: number;
  /** Whether to fit an intercept. Default true. */
  readonly intercept?: boolean;
}

/** A fitted linear map, y = W·x + b: {@link ridgePredict} applies it. */
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
 * @throws {ValueError} ridge < 0, a non-finite entry, ridge = 0 where the columns of X are dependent, or a weight that does not
 *   fit into double precision
 */
export function ridgeSolve(x: Matrix, y: Matrix, options: RidgeOptions): RidgeSolution {
  checkRequiredOptions("ridgeSolve", options, OPTIONS);
  return runThrough(solve("ridgeSolve", x, y, options));
}

/**
 * {@link ridgeSolve} that lets other work in between, reports and stops: the same result.
 *
 * @throws as {@link ridgeSolve}, by rejecting; the signal's reason
 */
export async function ridgeSolveAsync(
  x: Matrix,
  y: Matrix,
  options: RidgeOptions & PacedOptions,
): Promise<RidgeSolution> {
  const where = "ridgeSolveAsync";
  checkRequiredOptions(where, options, [...OPTIONS, ...PACED_OPTIONS]);
  const least = Math.min(x.rows, x.columns);
  const most = Math.max(x.rows, x.columns);
  const work = gramWork(least, most) + choleskyWork(least) + least * most * y.columns;
  return runPaced(solve(where, x, y, options), work, options);
}

const OPTIONS = ["ridge", "intercept"] as const;

function* solve(where: string, x: Matrix, y: Matrix, options: RidgeOptions): Steps<RidgeSolution> {
  checkMatrix(where, "x", x);
  checkMatrix(where, "y", y);
  checkSameRows(where, "y", x, y);
  const { ridge, intercept = true } = options;
  checkFinite(where, "ridge", ridge);
  if (ridge < 0) throw new ValueError(`${where}: ridge must be ≥ 0, got ${ridge}`);

  const xUnit = penalisedUnit(largestOf(x.data), ridge);
  const yUnit = unitFor(largestOf(y.data));
  const xScaled = inUnits(x, xUnit);
  const yScaled = inUnits(y, yUnit);
  const xMean = intercept ? columnMeans(xScaled) : new Float64Array(x.columns);
  const yMean = intercept ? columnMeans(yScaled) : new Float64Array(y.columns);
  const xs = centred(xScaled, xMean);
  const ys = centred(yScaled, yMean);
  const dual = x.columns > x.rows;
  const system = yield* gramSteps(dual ? xs : transposed(xs));
  for (let i = 0; i < system.rows; i++) system.data[i * system.rows + i]! += ridge / xUnit / xUnit;
  const factor = yield* choleskySteps(system);
  if (factor === undefined) {
    throw new ValueError(`${where}: the columns of x are dependent; ridge must be larger than ${ridge}`);
  }
  const timesX = (b: Matrix64): Steps<Matrix64> => timesTransposedSteps(transposed(xs), transposed(b));
  const solution = solveWithFactor(factor, dual ? ys : yield* timesX(ys));
  const weights = transposed(dual ? yield* timesX(solution) : solution);
  const offsets = Float64Array.from(yMean, (mean, k) => {
    let product = 0;
    for (let j = 0; j < x.columns; j++) product += weights.data[k * x.columns + j]! * xMean[j]!;
    return mean - product;
  });
  if (xUnit !== 1 || yUnit !== 1) {
    multiply(weights.data, yUnit / xUnit);
    multiply(offsets, yUnit);
    checkResult(where, "x", weights.data);
    checkResult(where, "x", offsets);
  }
  return { weights, intercept: offsets };
}

/**
 * X·Wᵀ + b
 *
 * @param x [m, d]
 * @returns [m, targets]
 * @throws {ValueError} a non-finite entry, or a prediction that does not fit into double precision
 */
export function ridgePredict(solution: RidgeSolution, x: Matrix): Matrix64 {
  checkGiven("ridgePredict", "solution", solution);
  const { weights, intercept } = solution;
  checkDimensions("ridgePredict", "solution.weights", weights);
  checkMatrix("ridgePredict", "x", x);
  checkColumns("ridgePredict", "x", x, weights.columns);
  const result = timesTransposed(x, weights);
  for (let i = 0; i < result.data.length; i++) result.data[i]! += intercept[i % intercept.length]!;
  return checkedResult("ridgePredict", "x", result);
}
