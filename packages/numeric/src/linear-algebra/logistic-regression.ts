import {
  checkFinite,
  checkGiven,
  checkLength,
  checkOptions,
  checkPositive,
  checkPositiveInteger,
  Pace,
  StateError,
  ValueError,
} from "@wayweave/geo-core";
import { countClasses } from "../matrix/class-labels.js";
import { centred, columnMeans } from "../matrix/columns.js";
import { checkedResult, checkResult, penalisedUnit } from "../matrix/magnitude.js";
import {
  checkColumns,
  checkDimensions,
  checkMatrix,
  type Matrix,
  type Matrix64,
  zeros,
} from "../matrix/matrix.js";
import { dot, timesTransposed } from "../matrix/products.js";
import { type NewtonProgress, newtonCg } from "./internal/newton-cg.js";
import { SoftmaxProblem, softmaxRows } from "./internal/softmax-problem.js";

/** How {@link logisticRegression} is regularised, and when it stops. */
export interface LogisticRegressionOptions {
  /** Weight λ ≥ 0 of ½‖W‖² against the summed loss (scikit-learn's 1/C); intercepts are free of it. Default 1. */
  readonly ridge?: number;
  /** Number of classes; default the largest label plus 1. */
  readonly classes?: number;
  /**
   * Stop when every entry of the gradient is at most this, each column's being divided by the column's standard deviation:
   * a column's unit does not matter. Default 1e-6.
   */
  readonly tolerance?: number;
  /** Newton steps. Some ten are usual; many where there is no minimum. Default 200. */
  readonly maxIterations?: number;
}

/** {@link LogisticRegressionOptions}, and how the fit reports and stops. */
export interface FitLogisticRegressionOptions extends LogisticRegressionOptions {
  /** Called after each Newton step with the value reached. */
  readonly onProgress?: (progress: { iterations: number; value: number }) => void;
  /**
   * Stops at the next pause, of which a Newton step has several; the promise then rejects with the signal's reason.
   */
  readonly signal?: AbortSignal;
}

/** A fitted model: the probability of class k given x is softmax(W·x + b)ₖ; see {@link logisticProbabilities}. */
export interface LogisticRegression {
  /** [classes, d] */
  readonly weights: Matrix64;
  /** [classes]; they add up to 0. */
  readonly intercept: Float64Array;
  /** Newton steps that the fit took. */
  readonly iterations: number;
}

/**
 * Multinomial logistic regression with an L2 penalty: the W, b that minimise
 * −Σᵢ log softmax(W·xᵢ + b)[labelᵢ] + (λ/2)‖W‖² (Bishop, Pattern Recognition and Machine Learning, §4.3.4). The
 * objective is scikit-learn's `LogisticRegression(C=1/λ)`.
 *
 * Newton's method with preconditioned conjugate gradients, which does not mind the columns' scales: columns are centred
 * inside, and the Hessian's diagonal blocks precondition it (for more than 600 columns, its diagonal). The penalty stays on
 * W as it is.
 *
 * @param x [n, d]
 * @param labels [n], class numbers from 0
 * @throws {ShapeError} labels.length ≠ n
 * @throws {ValueError} a label that is no class, fewer than two classes, a negative ridge, a non-finite entry, or a weight that
 *   does not fit into double precision
 * @throws {StateError} not converged within maxIterations, as where classes are separable and the ridge is 0
 */
export function logisticRegression(
  x: Matrix,
  labels: ArrayLike<number>,
  options: LogisticRegressionOptions = {},
): LogisticRegression {
  checkOptions("logisticRegression", options, OPTIONS);
  const steps = fit("logisticRegression", x, labels, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * {@link logisticRegression} that lets other work in between, reports and stops: the same result.
 *
 * @throws as {@link logisticRegression}, by rejecting; the signal's reason
 */
export async function fitLogisticRegression(
  x: Matrix,
  labels: ArrayLike<number>,
  options: FitLogisticRegressionOptions = {},
): Promise<LogisticRegression> {
  const where = "fitLogisticRegression";
  checkOptions(where, options, [...OPTIONS, "onProgress", "signal"]);
  const { onProgress, signal } = options;
  const pace = new Pace(signal);
  const steps = fit(where, x, labels, options);
  for (let seen = 0; ; ) {
    const { done, value } = steps.next();
    if (done) return value;
    if (value.iterations > seen) onProgress?.(value);
    seen = value.iterations;
    await pace.step();
  }
}

const OPTIONS = ["ridge", "classes", "tolerance", "maxIterations"] as const;

function* fit(
  where: string,
  x: Matrix,
  labels: ArrayLike<number>,
  options: LogisticRegressionOptions,
): Generator<NewtonProgress, LogisticRegression> {
  checkMatrix(where, "x", x);
  checkLength(where, "labels", labels, x.rows);
  const classes = countClasses(where, labels, options.classes);
  const { ridge = 1, tolerance = 1e-6, maxIterations = 200 } = options;
  checkFinite(where, "ridge", ridge);
  if (ridge < 0) throw new ValueError(`${where}: ridge must be ≥ 0, got ${ridge}`);
  checkPositive(where, "tolerance", tolerance);
  checkPositiveInteger(where, "maxIterations", maxIterations);
  const units = columnUnits(x, ridge);
  const scaled = inColumnUnits(x, units);
  const means = columnMeans(scaled);
  const deviations = centred(scaled, means);
  const isSmall = smallGradient(standardDeviations(deviations), tolerance);
  // λ‖W‖² in the columns' own units.
  const penalties = units.map((unit) => ridge / unit / unit);
  const problem = new SoftmaxProblem(deviations, labels, classes, penalties);
  const { point, iterations, converged } = yield* newtonCg(problem, { maxIterations, isSmall });
  if (!converged) {
    throw new StateError(
      `${where}: not converged after ${iterations} iterations; raise ridge, maxIterations or tolerance`,
    );
  }
  const { weights, intercept } = uncentred(point, means, classes);
  for (let at = 0; at < weights.data.length; at++) weights.data[at]! /= units[at % units.length]!;
  checkResult(where, "x", weights.data);
  return { weights, intercept, iterations };
}

/** The unit of each column: 1 for usual ones, a power of two for those whose squares would overflow or vanish. */
function columnUnits({ columns, data }: Matrix, ridge: number): Float64Array {
  const largest = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) {
    largest[at % columns] = Math.max(largest[at % columns]!, Math.abs(data[at]!));
  }
  return largest.map((value) => penalisedUnit(value, ridge));
}

function inColumnUnits(x: Matrix, units: Float64Array): Matrix {
  if (units.every((unit) => unit === 1)) return x;
  const data = new Float64Array(x.data);
  for (let at = 0; at < data.length; at++) data[at]! /= units[at % units.length]!;
  return { ...x, data };
}

/**
 * Class probabilities.
 *
 * @param x [m, d]
 * @returns [m, classes]; each row adds up to 1
 * @throws {ValueError} a non-finite entry, or a score that does not fit into double precision
 */
export function logisticProbabilities(model: LogisticRegression, x: Matrix): Matrix64 {
  checkGiven("logisticProbabilities", "model", model);
  const { weights, intercept } = model;
  checkDimensions("logisticProbabilities", "model.weights", weights);
  checkMatrix("logisticProbabilities", "x", x);
  checkColumns("logisticProbabilities", "x", x, weights.columns);
  const scores = timesTransposed(x, weights);
  for (let i = 0; i < scores.data.length; i++) scores.data[i]! += intercept[i % intercept.length]!;
  checkedResult("logisticProbabilities", "x", scores);
  softmaxRows(scores);
  return scores;
}

/** Root mean squares of centred columns; 1 for a column that does not vary. */
function standardDeviations({ rows, columns, data }: Matrix64): Float64Array {
  const squares = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) squares[at % columns]! += data[at]! ** 2;
  return squares.map((sum) => Math.sqrt(sum / rows) || 1);
}

/** Judges gradients [classes, d + 1] of centred columns; the last entry of each row belongs to the intercept. */
function smallGradient(
  deviations: Float64Array,
  tolerance: number,
): (gradient: Float64Array, share: number) => boolean {
  const width = deviations.length + 1;
  return (gradient, share) =>
    gradient.every((entry, at) => Math.abs(entry) <= share * tolerance * (deviations[at % width] ?? 1));
}

/** From [W | b] of centred columns to W and b of the columns as they are. */
function uncentred(
  point: Float64Array,
  means: Float64Array,
  classes: number,
): { weights: Matrix64; intercept: Float64Array } {
  const d = means.length;
  const weights = zeros(classes, d);
  const intercept = new Float64Array(classes);
  for (let k = 0; k < classes; k++) {
    const start = k * (d + 1);
    weights.data.set(point.subarray(start, start + d), k * d);
    intercept[k] = point[start + d]! - dot(point, start, means, 0, d);
  }
  // Only their differences count.
  const mean = intercept.reduce((sum, value) => sum + value, 0) / classes;
  return { weights, intercept: intercept.map((value) => value - mean) };
}
