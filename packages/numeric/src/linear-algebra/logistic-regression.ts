import { checkFinite, checkLength, StateError, ValueError } from "@wayweave/geo-core";
import { countClasses } from "../matrix/class-labels.js";
import { checkColumns, checkMatrix, type Matrix, type Matrix64 } from "../matrix/matrix.js";
import { timesTransposed, transposed } from "../matrix/products.js";
import { type LbfgsOptions, lbfgs, type Objective } from "./lbfgs.js";

export interface LogisticRegressionOptions extends LbfgsOptions {
  /** Weight λ ≥ 0 of ½‖W‖² against the summed loss (scikit-learn's 1/C); intercepts are free of it. Default 1. */
  readonly ridge?: number;
  /** Number of classes; default the largest label plus 1. */
  readonly classes?: number;
}

export interface LogisticRegression {
  /** [classes, d] */
  readonly weights: Matrix64;
  /** [classes] */
  readonly intercept: Float64Array;
  readonly iterations: number;
}

/**
 * Multinomial logistic regression with an L2 penalty, fitted by L-BFGS: the W, b that minimise
 * −Σᵢ log softmax(W·xᵢ + b)[labelᵢ] + (λ/2)‖W‖² (Bishop, Pattern Recognition and Machine Learning, §4.3.4). The
 * objective is scikit-learn's `LogisticRegression(C=1/λ)`.
 *
 * @param x [n, d]
 * @param labels [n], class numbers from 0
 * @throws {ShapeError} labels.length ≠ n
 * @throws {ValueError} a label that is no class, fewer than two classes, a negative ridge, a non-finite entry
 * @throws {StateError} not converged within maxIterations
 */
export function logisticRegression(
  x: Matrix,
  labels: ArrayLike<number>,
  options: LogisticRegressionOptions = {},
): LogisticRegression {
  const where = "logisticRegression";
  checkMatrix(where, "x", x);
  checkLength(where, "labels", labels, x.rows);
  const classes = countClasses(where, labels, options.classes);
  const { ridge = 1 } = options;
  checkFinite(where, "ridge", ridge);
  if (ridge < 0) throw new ValueError(`${where}: ridge must be ≥ 0, got ${ridge}`);
  const objective = logisticObjective(x, labels, classes, ridge);
  const start = new Float64Array(classes * (x.columns + 1));
  const { x: found, iterations, converged } = lbfgs(objective, start, options);
  if (!converged) {
    throw new StateError(
      `${where}: not converged after ${iterations} iterations; scale the columns of x, or raise maxIterations or tolerance`,
    );
  }
  const size = classes * x.columns;
  return {
    weights: { rows: classes, columns: x.columns, data: found.slice(0, size) },
    intercept: found.slice(size),
    iterations,
  };
}

/**
 * Class probabilities.
 *
 * @param x [m, d]
 * @returns [m, classes]; each row adds up to 1
 */
export function logisticProbabilities({ weights, intercept }: LogisticRegression, x: Matrix): Matrix64 {
  checkMatrix("logisticProbabilities", "x", x);
  checkColumns("logisticProbabilities", "x", x, weights.columns);
  const scores = timesTransposed(x, weights);
  softmaxRows(scores, intercept);
  return scores;
}

/**
 * Value and gradient of the objective at [W (row-major), b], for {@link lbfgs}.
 *
 * @param labels checked by the caller
 */
export function logisticObjective(
  x: Matrix,
  labels: ArrayLike<number>,
  classes: number,
  ridge: number,
): Objective {
  const { rows, columns } = x;
  const size = classes * columns;
  const xTransposed = transposed(x);
  return (point, gradient) => {
    const weights: Matrix64 = { rows: classes, columns, data: point.subarray(0, size) };
    const scores = timesTransposed(x, weights);
    let value = softmaxRows(scores, point.subarray(size), labels);
    // d/dscore = probability − 1 at the label
    for (let i = 0; i < rows; i++) scores.data[i * classes + labels[i]!]! -= 1;
    const residuals = transposed(scores); // [classes, n]
    gradient.set(timesTransposed(residuals, xTransposed).data);
    for (let j = 0; j < size; j++) {
      value += (ridge / 2) * point[j]! ** 2;
      gradient[j]! += ridge * point[j]!;
    }
    for (let k = 0; k < classes; k++) {
      let sum = 0;
      for (let i = k * rows; i < (k + 1) * rows; i++) sum += residuals.data[i]!;
      gradient[size + k] = sum;
    }
    return value;
  };
}

/** Scores + intercept → probabilities, in place; returns −Σ log probability of the labels, if given. */
function softmaxRows(
  { rows, columns, data }: Matrix64,
  intercept: Float64Array,
  labels?: ArrayLike<number>,
): number {
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    const row = i * columns;
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < columns; k++) {
      data[row + k]! += intercept[k]!;
      largest = Math.max(largest, data[row + k]!);
    }
    const target = labels === undefined ? 0 : data[row + labels[i]!]!;
    let sum = 0;
    for (let k = 0; k < columns; k++) {
      data[row + k] = Math.exp(data[row + k]! - largest);
      sum += data[row + k]!;
    }
    for (let k = 0; k < columns; k++) data[row + k]! /= sum;
    loss += largest + Math.log(sum) - target;
  }
  return loss;
}
