import { checkGiven, checkInRange, checkOptions, checkPositiveInteger } from "@wayweave/geo-core";
import { PACED_OPTIONS, type PacedOptions, runPaced, runThrough, type Steps } from "../internal/steps.js";
import { centred, columnMeans } from "../matrix/columns.js";
import { checkedResult, inUnits, largestOf, multiply, unitFor } from "../matrix/magnitude.js";
import { checkColumns, checkDimensions, checkMatrix, type Matrix, type Matrix64 } from "../matrix/matrix.js";
import { gramSteps, gramWork, times, timesTransposed, transposed } from "../matrix/products.js";
import { eigenWork, symmetricEigenSteps } from "./symmetric-eigen.js";

/** Fitted principal components: {@link pcaTransform} gives rows' coordinates along them. */
export interface Pca {
  /** Column means of the fitted matrix, [d]. */
  readonly mean: Float64Array;
  /** Principal axes, one a row, [components, d], of length 1; the entry of largest magnitude is positive. */
  readonly axes: Matrix64;
  /** Variance along each axis (divisor n − 1), largest first; Infinity where that does not fit into double precision. */
  readonly explainedVariance: Float64Array;
  /** The same as shares of the total variance; 0 when nothing varies. */
  readonly explainedVarianceRatio: Float64Array;
}

/**
 * Principal component analysis: the eigenvectors of the covariance matrix (Jolliffe, Principal Component Analysis,
 * 2nd ed., ch. 2), computed from the smaller of XᵀX [d, d] and XXᵀ [n, n].
 *
 * @param x [n, d], n ≥ 2
 * @param components how many axes, at most min(n − 1, d)
 * @throws {ShapeError} data.length ≠ rows · columns
 * @throws {ValueError} a non-finite entry, or too many components
 */
export function pca(x: Matrix, components: number): Pca {
  return runThrough(fit("pca", x, components));
}

/**
 * {@link pca} that lets other work in between, reports and stops: the same result.
 *
 * @throws as {@link pca}, by rejecting; the signal's reason
 */
export async function pcaAsync(x: Matrix, components: number, options: PacedOptions = {}): Promise<Pca> {
  const where = "pcaAsync";
  checkOptions(where, options, PACED_OPTIONS);
  checkMatrix(where, "x", x);
  const least = Math.min(x.rows, x.columns);
  const work = gramWork(least, Math.max(x.rows, x.columns)) + eigenWork(least, components);
  return runPaced(fit(where, x, components), work, options);
}

function* fit(where: string, x: Matrix, components: number): Steps<Pca> {
  checkMatrix(where, "x", x);
  checkInRange(where, "x.rows", x.rows, 2, Number.MAX_SAFE_INTEGER);
  checkPositiveInteger(where, "components", components);
  checkInRange(where, "components", components, 1, Math.min(x.rows - 1, x.columns));
  const unit = unitFor(largestOf(x.data));
  const scaled = inUnits(x, unit);
  const mean = columnMeans(scaled);
  const deviations = centred(scaled, mean);
  const divisor = x.rows - 1;
  let total = 0;
  for (const value of deviations.data) total += value * value;

  const wide = x.columns > x.rows;
  const products = yield* gramSteps(wide ? deviations : transposed(deviations));
  const { values, vectors } = yield* symmetricEigenSteps(where, products, components);
  // For the wide case u is an eigenvector of XXᵀ, and the axis is Xᵀu, to be brought to length 1.
  const axes = wide ? times(vectors, deviations) : vectors;
  for (let k = 0; k < components; k++) normaliseAxis(axes, k);
  const explainedVariance = values.slice(0, components).map((value) => Math.max(0, value) / divisor);
  const explainedVarianceRatio = explainedVariance.map((value) =>
    total === 0 ? 0 : (value * divisor) / total,
  );
  multiply(multiply(explainedVariance, unit), unit);
  return { mean: multiply(mean, unit), axes, explainedVariance, explainedVarianceRatio };
}

/**
 * Coordinates along the principal axes.
 *
 * @param x [m, d]
 * @returns [m, components]
 * @throws {ValueError} a non-finite entry, or a coordinate that does not fit into double precision
 */
export function pcaTransform(fitted: Pca, x: Matrix): Matrix64 {
  checkGiven("pcaTransform", "fitted", fitted);
  const { mean, axes } = fitted;
  checkDimensions("pcaTransform", "fitted.axes", axes);
  checkMatrix("pcaTransform", "x", x);
  checkColumns("pcaTransform", "x", x, axes.columns);
  return checkedResult("pcaTransform", "x", timesTransposed(centred(x, mean), axes));
}

/** Length 1, with the entry of largest magnitude positive. An axis of length 0 (no variance) stays as it is. */
function normaliseAxis({ data, columns }: Matrix64, row: number): void {
  let squares = 0;
  let extreme = 0;
  for (let i = row * columns; i < (row + 1) * columns; i++) {
    squares += data[i]! ** 2;
    if (Math.abs(data[i]!) > Math.abs(extreme)) extreme = data[i]!;
  }
  if (squares === 0) return;
  const factor = Math.sign(extreme) / Math.sqrt(squares);
  for (let i = row * columns; i < (row + 1) * columns; i++) data[i]! *= factor;
}
