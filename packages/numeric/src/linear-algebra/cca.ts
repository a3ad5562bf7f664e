import { checkFinite, checkInRange, checkPositiveInteger, ValueError } from "@wayweave/geo-core";
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
} from "../matrix/magnitude.js";
import {
  checkColumns,
  checkMatrix,
  checkSameRows,
  type Matrix,
  type Matrix64,
  zeros,
} from "../matrix/matrix.js";
import {
  gramSteps,
  gramWork,
  times,
  timesTransposed,
  timesTransposedSteps,
  transposed,
  transposedTimes,
} from "../matrix/products.js";
import {
  choleskySteps,
  choleskyWork,
  pivotedCholesky,
  solveLower,
  solveLowerTransposed,
} from "./internal/cholesky.js";
import { eigenWork, symmetricEigenSteps } from "./symmetric-eigen.js";

/** How many pairs {@link cca} finds, and how far it is regularised. */
export interface CcaOptions {
  /** Number of canonical pairs, at most min(n − 1, dx, dy). */
  readonly components: number;
  /**
   * Added to the diagonal of both covariance matrices, ≥ 0, in the square of the columns' unit. Default 0, which is refused
   * where the columns of a view with more rows than columns are dependent. A view with as many columns as rows, or one fewer,
   * finds a correlation of 1 in anything without it.
   */
  readonly ridge?: number;
}

/** One view's share of a fitted CCA. */
export interface CcaView {
  /** Column means, [d]. */
  readonly mean: Float64Array;
  /** Canonical weights, one pair a row, [components, d]. */
  readonly weights: Matrix64;
}

/** A fitted canonical correlation analysis: {@link ccaTransform} takes either view of it. */
export interface Cca {
  /** The weights of the first view, of dx columns. */
  readonly x: CcaView;
  /** The weights of the second view, of dy columns; their k-th row pairs with the first's. */
  readonly y: CcaView;
  /** Canonical correlations (with the ridge in the denominators), largest first, in [0, 1]. */
  readonly correlations: Float64Array;
}

/**
 * Canonical correlation analysis of two views, regularised (Hotelling 1936; Vinod 1976 for the ridge): weights u,
 * v that maximise uᵀC_xy·v under uᵀ(C_xx + rI)u = vᵀ(C_yy + rI)v = 1, covariances with divisor n − 1.
 *
 * With Cholesky factors C_xx + rI = L_x·L_xᵀ, the weights are L_x⁻ᵀ times the singular vectors of
 * L_x⁻¹·C_xy·L_y⁻ᵀ. A view with more columns than rows is first turned, exactly, into its coordinates in the row
 * space, so the cost grows with min(n, d)³. Signs: each x weight's entry of largest magnitude is positive.
 *
 * @param x [n, dx]
 * @param y [n, dy]
 * @throws {ShapeError} the views differ in rows
 * @throws {ValueError} too many components, a negative ridge, a non-finite entry, a singular covariance matrix, or a weight
 *   that does not fit into double precision
 */
export function cca(x: Matrix, y: Matrix, options: CcaOptions): Cca {
  checkRequiredOptions("cca", options, OPTIONS);
  return runThrough(fit("cca", x, y, options));
}

/**
 * {@link cca} that lets other work in between, reports and stops: the same result.
 *
 * @throws as {@link cca}, by rejecting; the signal's reason
 */
export async function ccaAsync(x: Matrix, y: Matrix, options: CcaOptions & PacedOptions): Promise<Cca> {
  const where = "ccaAsync";
  checkRequiredOptions(where, options, [...OPTIONS, ...PACED_OPTIONS]);
  const [dx, dy] = [x, y].map((view) => Math.min(view.rows, view.columns)) as [number, number];
  const least = Math.min(dx, dy);
  const viewWork = (view: Matrix, d: number) =>
    gramWork(d, Math.max(view.rows, view.columns)) + choleskyWork(d);
  const crossWork = dx * dy * x.rows + gramWork(least, Math.max(dx, dy));
  const work = viewWork(x, dx) + viewWork(y, dy) + crossWork + eigenWork(least, options.components);
  return runPaced(fit(where, x, y, options), work, options);
}

/**
 * {@link cca} of the same views with several ridges or numbers of components: what does not depend on them is made once.
 *
 * @returns a function of the options, with the same results as `cca`, which throws what `cca` throws
 * @example
 * const fit = prepareCca(x, y);
 * const fits = [0.1, 1, 10].map((ridge) => fit({ components: 2, ridge }));
 */
export function prepareCca(x: Matrix, y: Matrix): (options: CcaOptions) => Cca {
  const kept: Kept = {};
  return (options) => {
    checkRequiredOptions("prepareCca", options, OPTIONS);
    return runThrough(fit("prepareCca", x, y, options, kept));
  };
}

const OPTIONS = ["components", "ridge"] as const;

/** What an earlier fit of the same views has made. */
interface Kept {
  x?: PreparedView;
  y?: PreparedView;
  /** C_xy in the views' coordinates, [rx, ry] */
  cross?: Matrix64;
}

function* fit(where: string, x: Matrix, y: Matrix, options: CcaOptions, kept: Kept = {}): Steps<Cca> {
  checkMatrix(where, "x", x);
  checkMatrix(where, "y", y);
  checkSameRows(where, "y", x, y);
  checkInRange(where, "x.rows", x.rows, 2, Number.MAX_SAFE_INTEGER);
  const { components, ridge = 0 } = options;
  checkPositiveInteger(where, "components", components);
  checkInRange(where, "components", components, 1, Math.min(x.rows - 1, x.columns, y.columns));
  checkFinite(where, "ridge", ridge);
  if (ridge < 0) throw new ValueError(`${where}: ridge must be ≥ 0, got ${ridge}`);

  const xSide = yield* whiten(where, "x", x, ridge, kept.x);
  const ySide = yield* whiten(where, "y", y, ridge, kept.y);
  const isKept = xSide.coordinates === kept.x?.coordinates && ySide.coordinates === kept.y?.coordinates;
  const covariance = (isKept ? kept.cross : undefined) ?? (yield* crossCovariance(xSide, ySide));
  Object.assign(kept, { x: xSide, y: ySide, cross: covariance });
  // T = L_x⁻¹·C_xy·L_y⁻ᵀ; the Gram matrix of its smaller side gives the singular vectors.
  const cross = { ...covariance, data: covariance.data.slice() };
  solveLower(xSide.factor, cross);
  const t = transposed(solveLower(ySide.factor, transposed(cross))); // [rx, ry]
  const tall = t.rows > t.columns;
  const { values, vectors } = yield* symmetricEigenSteps(
    where,
    yield* gramSteps(tall ? transposed(t) : t),
    Math.min(components, t.rows, t.columns),
  );
  const correlations = Float64Array.from({ length: components }, (_, k) =>
    Math.sqrt(Math.min(1, Math.max(0, values[k] ?? 0))),
  );
  // Singular vectors of the other side, T·v/ρ. Where ρ is 0 there is nothing to correlate: a zero weight.
  const others = tall ? timesTransposed(vectors, t) : times(vectors, t);
  divideRows(others, correlations);
  const [left, right] = tall ? [others, vectors] : [vectors, others];
  const result = {
    x: inOwnUnits(where, "x", xSide, unwhiten(xSide, left, components)),
    y: inOwnUnits(where, "y", ySide, unwhiten(ySide, right, components)),
    correlations,
  };
  fixSigns(result.x.weights, result.y.weights);
  return result;
}

/**
 * Canonical variates of one view: (X − mean)·weightsᵀ.
 *
 * @param view `fitted.x` or `fitted.y`
 * @param data [m, d]
 * @returns [m, components]
 */
export function ccaTransform(view: CcaView, data: Matrix): Matrix64 {
  checkMatrix("ccaTransform", "data", data);
  checkColumns("ccaTransform", "data", data, view.weights.columns);
  return checkedResult("ccaTransform", "data", timesTransposed(centred(data, view.mean), view.weights));
}

/** A view's share from weights of what was divided by its unit. */
function inOwnUnits(where: string, name: string, { mean, unit }: WhitenedView, weights: Matrix64): CcaView {
  if (unit !== 1) {
    for (let i = 0; i < weights.data.length; i++) weights.data[i]! /= unit;
    checkResult(where, name, weights.data);
  }
  return { mean: multiply(mean, unit), weights };
}

/** A view in coordinates of full rank: all that does not depend on the ridge. */
interface PreparedView {
  /** What the view was divided by. */
  readonly unit: number;
  readonly mean: Float64Array;
  /** [n, r] */
  readonly coordinates: Matrix64;
  /** coordinatesᵀ·coordinates/(n − 1), [r, r] */
  readonly covariance: Matrix64;
  /** How to get back to the view's own columns; absent when the coordinates are those. */
  readonly rowSpace?: RowSpace;
}

interface WhitenedView extends PreparedView {
  /** L with L·Lᵀ = covariance + ridge·I, [r, r] */
  readonly factor: Matrix64;
}

/** An orthonormal basis of the space that a view's rows span: Q = triangle⁻¹·rows, [r, d]; never computed itself. */
interface RowSpace {
  /** Lower triangular, [r, r]. */
  readonly triangle: Matrix64;
  /** The view's pivot rows, [r, d]. */
  readonly rows: Matrix64;
}

function* whiten(
  where: string,
  name: string,
  matrix: Matrix,
  ridge: number,
  known: PreparedView | undefined,
): Steps<WhitenedView> {
  const unit = penalisedUnit(largestOf(matrix.data), ridge);
  const view = known?.unit === unit ? known : yield* prepareView(matrix, unit);
  const covariance = { ...view.covariance, data: view.covariance.data.slice() };
  for (let i = 0; i < covariance.rows; i++) covariance.data[i * covariance.rows + i]! += ridge / unit / unit;
  const factor = covariance.rows === 0 ? undefined : yield* choleskySteps(covariance);
  if (factor === undefined) {
    throw new ValueError(
      `${where}: the columns of ${name} are dependent; ridge must be larger than ${ridge}`,
    );
  }
  return { ...view, factor };
}

function* prepareView(view: Matrix, unit: number): Steps<PreparedView> {
  const scaled = inUnits(view, unit);
  const mean = columnMeans(scaled);
  const deviations = centred(scaled, mean);
  const reduced = view.columns >= view.rows ? yield* reduce(deviations) : { coordinates: deviations };
  const covariance = yield* gramSteps(transposed(reduced.coordinates));
  scale(covariance, 1 / (view.rows - 1));
  return { unit, mean, ...reduced, covariance };
}

function* crossCovariance(x: PreparedView, y: PreparedView): Steps<Matrix64> {
  const cross = yield* timesTransposedSteps(transposed(x.coordinates), transposed(y.coordinates));
  scale(cross, 1 / (x.coordinates.rows - 1));
  return cross;
}

/**
 * Coordinates of the rows in an orthonormal basis of the space they span: X = L·Q. L is the pivoted Cholesky
 * factor of X·Xᵀ; its pivot rows are triangular, which gives Q.
 */
function* reduce(deviations: Matrix64): Steps<{ coordinates: Matrix64; rowSpace: RowSpace }> {
  const { factor, pivots } = pivotedCholesky(yield* gramSteps(deviations));
  const rank = pivots.length;
  const d = deviations.columns;
  const triangle = zeros(rank, rank);
  const rows = zeros(rank, d);
  pivots.forEach((row, i) => {
    triangle.data.set(factor.data.subarray(row * rank, row * rank + rank), i * rank);
    rows.data.set(deviations.data.subarray(row * d, row * d + d), i * d);
  });
  return { coordinates: factor, rowSpace: { triangle, rows } };
}

/** Weights in the view's own columns from singular vectors (rows): L⁻ᵀ·s, then times Q = triangle⁻¹·rows. */
function unwhiten({ factor, rowSpace }: WhitenedView, singular: Matrix64, components: number): Matrix64 {
  const inner = solveLowerTransposed(factor, transposed(singular)); // [r, components]
  const weights =
    rowSpace === undefined
      ? transposed(inner)
      : transposedTimes(solveLowerTransposed(rowSpace.triangle, inner), rowSpace.rows);
  if (weights.rows === components) return weights;
  // Fewer pairs exist than were asked for, because a view's rank is lower: the rest are zero.
  const padded = zeros(components, weights.columns);
  padded.data.set(weights.data);
  return padded;
}

function scale({ data }: Matrix64, factor: number): void {
  for (let i = 0; i < data.length; i++) data[i]! *= factor;
}

function divideRows({ rows, columns, data }: Matrix64, divisors: Float64Array): void {
  for (let i = 0; i < rows; i++) {
    const factor = divisors[i]! > 1e-12 ? 1 / divisors[i]! : 0;
    for (let j = i * columns; j < (i + 1) * columns; j++) data[j]! *= factor;
  }
}

function fixSigns(x: Matrix64, y: Matrix64): void {
  for (let k = 0; k < x.rows; k++) {
    const row = x.data.subarray(k * x.columns, (k + 1) * x.columns);
    const extreme = row.reduce((kept, value) => (Math.abs(value) > Math.abs(kept) ? value : kept), 0);
    if (extreme >= 0) continue;
    for (let j = 0; j < x.columns; j++) row[j]! *= -1;
    for (let j = k * y.columns; j < (k + 1) * y.columns; j++) y.data[j]! *= -1;
  }
}
