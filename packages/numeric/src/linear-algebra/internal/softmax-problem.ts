import type { Matrix, Matrix64 } from "../../matrix/matrix.js";
import { zeros } from "../../matrix/matrix.js";
import { dot, gram, timesTransposed, transposed } from "../../matrix/products.js";
import { cholesky, solveVectorWithFactor } from "./cholesky.js";
import type { NewtonProblem, Preconditioner } from "./newton-cg.js";

/** Up to so many columns the blocks of the Hessian are factored; above, their diagonals stand for them. */
const MAX_BLOCK = 600;
/** A row whose p(1 − p) is smaller says nothing about the curvature. */
const NO_WEIGHT = 1e-12;

/**
 * −Σᵢ log softmax(W·xᵢ + b)[labelᵢ] + ½Σⱼ λⱼ‖W.ⱼ‖², at points [W | b], row-major `[classes, d + 1]`.
 *
 * Its Hessian is Σᵢ (diag(pᵢ) − pᵢpᵢᵀ) ⊗ x̃ᵢx̃ᵢᵀ + λ on the weights, x̃ = (x, 1) (Bishop, §4.3.4).
 */
export class SoftmaxProblem implements NewtonProblem {
  readonly size: number;
  readonly #labels: ArrayLike<number>;
  readonly #classes: number;
  /** λ of each column, and 0 for the intercept, [d + 1]. */
  readonly #ridge: Float64Array;
  /** [n, d + 1], the last column 1. */
  readonly #x: Matrix64;
  readonly #xTransposed: Matrix64;
  /** Of the point that was evaluated last, [n, classes]. */
  #probabilities: Matrix64;
  #preconditioner: Preconditioner | undefined;

  /** @param ridge λ of each column, [d] */
  constructor(x: Matrix, labels: ArrayLike<number>, classes: number, ridge: Float64Array) {
    this.#labels = labels;
    this.#classes = classes;
    this.#ridge = Float64Array.of(...ridge, 0);
    this.#x = withOnes(x);
    this.#xTransposed = transposed(this.#x);
    this.#probabilities = zeros(x.rows, classes);
    this.size = classes * (x.columns + 1);
  }

  evaluate(point: Float64Array, gradient: Float64Array): number {
    const labels = this.#labels;
    const width = this.#x.columns;
    const classes = this.#classes;
    const probabilities = timesTransposed(this.#x, this.#matrix(point));
    let value = softmaxRows(probabilities, labels);
    const residuals = { ...probabilities, data: probabilities.data.slice() };
    // d/dscore = probability − 1 at the label
    for (let i = 0; i < residuals.rows; i++) residuals.data[i * classes + labels[i]!]! -= 1;
    gradient.set(timesTransposed(transposed(residuals), this.#xTransposed).data);
    for (let at = 0; at < point.length; at++) {
      const pull = this.#ridge[at % width]! * point[at]!;
      value += (pull / 2) * point[at]!;
      gradient[at]! += pull;
    }
    this.#probabilities = probabilities;
    return value;
  }

  hessianTimes(direction: Float64Array): Float64Array {
    const { rows, data: p } = this.#probabilities;
    const classes = this.#classes;
    const width = this.#x.columns;
    const scores = timesTransposed(this.#x, this.#matrix(direction));
    const s = scores.data;
    for (let i = 0; i < rows; i++) {
      const row = i * classes;
      const mean = dot(p, row, s, row, classes);
      for (let k = row; k < row + classes; k++) s[k] = p[k]! * (s[k]! - mean);
    }
    const product = timesTransposed(transposed(scores), this.#xTransposed).data;
    for (let at = 0; at < direction.length; at++) {
      product[at]! += this.#ridge[at % width]! * direction[at]!;
    }
    return product;
  }

  /**
   * The Hessian's blocks on the diagonal, one a class, factored; for many columns its diagonal. What was made for an earlier
   * point is used again until it takes more steps than new blocks would cost.
   */
  preconditioner(steps: number | undefined): Preconditioner {
    const width = this.#x.columns;
    // Work of new blocks in products with the Hessian: classes · n · width² / 2 against 2 · classes · n · width.
    if (this.#preconditioner !== undefined && steps !== undefined && steps <= width / 4) {
      return this.#preconditioner;
    }
    const solverOf = (k: number) => (width <= MAX_BLOCK ? this.#blockSolver(k) : this.#diagonalSolver(k));
    // Before the first step all classes are equally likely, and all blocks are the same.
    const first = steps === undefined ? solverOf(0) : undefined;
    const solvers = Array.from({ length: this.#classes }, (_, k) => first ?? solverOf(k));
    this.#preconditioner = (vector) => {
      const result = vector.slice();
      solvers.forEach((solve, k) => {
        solve(result, k * width);
      });
      return result;
    };
    return this.#preconditioner;
  }

  #blockSolver(k: number): (vector: Float64Array, start: number) => void {
    const width = this.#x.columns;
    const block = gram(this.#weighted(k));
    for (let j = 0; j < width; j++) block.data[j * width + j]! += this.#ridge[j]!;
    const diagonal = Float64Array.from({ length: width }, (_, j) => block.data[j * width + j]!);
    const largest = diagonal.reduce((kept, value) => Math.max(kept, value), Number.MIN_VALUE);
    // Without a ridge, dependent columns or a class whose probabilities are all 0 or 1 leave the block singular.
    for (let shift = 0; shift < 1; shift = Math.max(1e-12, 100 * shift)) {
      for (let j = 0; j < width; j++) block.data[j * width + j] = diagonal[j]! + shift * largest;
      const factor = cholesky(block);
      if (factor !== undefined) return (vector, start) => solveVectorWithFactor(factor, vector, start);
    }
    return this.#diagonalSolver(k);
  }

  #diagonalSolver(k: number): (vector: Float64Array, start: number) => void {
    const { rows: width, columns, data } = this.#weighted(k);
    const diagonal = Float64Array.from(
      { length: width },
      (_, j) => dot(data, j * columns, data, j * columns, columns) + this.#ridge[j]!,
    );
    const least = Number.EPSILON * diagonal.reduce((kept, value) => Math.max(kept, value), Number.MIN_VALUE);
    return (vector, start) => {
      for (let j = 0; j < width; j++) vector[start + j]! /= Math.max(diagonal[j]!, least);
    };
  }

  /** x̃ᵢ·√(p(1 − p)) of class k in columns, `[d + 1, rows that have any weight]`. */
  #weighted(k: number): Matrix64 {
    const { rows: n, columns: classes, data: p } = this.#probabilities;
    const roots = Float64Array.from({ length: n }, (_, i) => {
      const probability = p[i * classes + k]!;
      return Math.sqrt(probability * (1 - probability));
    });
    const kept = Array.from(roots.keys()).filter((i) => roots[i]! ** 2 > NO_WEIGHT);
    const result = zeros(this.#x.columns, kept.length);
    for (let j = 0; j < result.rows; j++) {
      kept.forEach((row, i) => {
        result.data[j * kept.length + i] = roots[row]! * this.#xTransposed.data[j * n + row]!;
      });
    }
    return result;
  }

  #matrix(point: Float64Array): Matrix64 {
    return { rows: this.#classes, columns: this.#x.columns, data: point };
  }
}

function withOnes({ rows, columns, data }: Matrix): Matrix64 {
  const result = zeros(rows, columns + 1);
  for (let i = 0; i < rows; i++) {
    result.data.set(data.subarray(i * columns, (i + 1) * columns), i * (columns + 1));
    result.data[i * (columns + 1) + columns] = 1;
  }
  return result;
}

/** Scores → probabilities, in place; returns −Σ log probability of the labels, if given. */
export function softmaxRows({ rows, columns, data }: Matrix64, labels?: ArrayLike<number>): number {
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    const row = i * columns;
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = row; k < row + columns; k++) largest = Math.max(largest, data[k]!);
    const target = labels === undefined ? 0 : data[row + labels[i]!]!;
    let sum = 0;
    for (let k = row; k < row + columns; k++) {
      data[k] = Math.exp(data[k]! - largest);
      sum += data[k]!;
    }
    for (let k = row; k < row + columns; k++) data[k]! /= sum;
    loss += largest - target + Math.log(sum);
  }
  return loss;
}
