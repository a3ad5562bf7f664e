import { runThrough, type Steps } from "../../internal/steps.js";
import { type Matrix64, zeros } from "../../matrix/matrix.js";
import { dot } from "../../matrix/products.js";

/**
 * The lower factor of a symmetric positive definite matrix, A = L·Lᵀ, computed row by row (Golub and Van Loan,
 * Matrix Computations, 4th ed., §4.2).
 *
 * @returns `undefined` when A is not positive definite, or not by more than rounding error
 */
export function cholesky(a: Matrix64): Matrix64 | undefined {
  return runThrough(choleskySteps(a));
}

export function choleskyWork(n: number): number {
  return n ** 3 / 6;
}

/** {@link cholesky} with pauses: {@link choleskyWork} multiplications. */
export function* choleskySteps(a: Matrix64): Steps<Matrix64 | undefined> {
  const n = a.rows;
  const lower = zeros(n, n);
  const l = lower.data;
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j < i; j++) {
      l[row + j] = (a.data[row + j]! - dot(l, row, l, j * n, j)) / l[j * n + j]!;
    }
    const pivot = a.data[row + i]! - dot(l, row, l, row, i);
    // What is left of a dependent row is rounding error, of either sign.
    if (!(pivot > n * Number.EPSILON * a.data[row + i]!)) return undefined;
    l[row + i] = Math.sqrt(pivot);
    yield (i * i) / 2;
  }
  return lower;
}

/** A factor A = L·Lᵀ of a positive semidefinite matrix of rank r, with the rows that were the pivots. */
export interface PivotedFactor {
  /** [n, r]; rows in the matrix's own order. */
  readonly factor: Matrix64;
  /** Row of the i-th pivot: the rows `pivots` of the factor are lower triangular. */
  readonly pivots: Int32Array;
}

/**
 * Cholesky factor with diagonal pivoting, stopped when what remains is rounding error (Higham, Accuracy and
 * Stability of Numerical Algorithms, 2nd ed., §10.3).
 *
 * @param negligible share of the largest diagonal entry that counts as nothing
 */
export function pivotedCholesky(a: Matrix64, negligible = a.rows * Number.EPSILON): PivotedFactor {
  const n = a.rows;
  const l = new Float64Array(n * n);
  const remaining = new Float64Array(n);
  for (let i = 0; i < n; i++) remaining[i] = a.data[i * n + i]!;
  const tolerance = negligible * remaining.reduce((largest, x) => Math.max(largest, x), 0);
  const pivots: number[] = [];
  const used = new Uint8Array(n);
  for (let rank = 0; rank < n; rank++) {
    let pivot = -1;
    for (let i = 0; i < n; i++) {
      if (!used[i] && (pivot < 0 || remaining[i]! > remaining[pivot]!)) pivot = i;
    }
    if (!(remaining[pivot]! > tolerance)) break;
    const root = Math.sqrt(remaining[pivot]!);
    used[pivot] = 1;
    pivots.push(pivot);
    l[pivot * n + rank] = root;
    for (let i = 0; i < n; i++) {
      if (used[i]) continue;
      const value = (a.data[i * n + pivot]! - dot(l, i * n, l, pivot * n, rank)) / root;
      l[i * n + rank] = value;
      remaining[i]! -= value * value;
    }
  }
  const rank = pivots.length;
  const factor = zeros(n, rank);
  for (let i = 0; i < n; i++) factor.data.set(l.subarray(i * n, i * n + rank), i * rank);
  return { factor, pivots: Int32Array.from(pivots) };
}

/** Solves L·X = B in place; L lower triangular [n, n], B [n, m]. */
export function solveLower(lower: Matrix64, b: Matrix64): Matrix64 {
  const n = lower.rows;
  const m = b.columns;
  const { data } = b;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) subtractRow(data, i * m, data, k * m, lower.data[i * n + k]!, m);
    scaleRow(data, i * m, 1 / lower.data[i * n + i]!, m);
  }
  return b;
}

/** L⁻¹, lower triangular as L is: a third of what solving for the identity takes. */
export function invertLower(lower: Matrix64): Matrix64 {
  const n = lower.rows;
  const inverse = zeros(n, n);
  const { data } = inverse;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) subtractRow(data, i * n, data, k * n, lower.data[i * n + k]!, k + 1);
    data[i * n + i] = 1;
    scaleRow(data, i * n, 1 / lower.data[i * n + i]!, i + 1);
  }
  return inverse;
}

/** Solves Lᵀ·X = B in place; L lower triangular [n, n], B [n, m]. */
export function solveLowerTransposed(lower: Matrix64, b: Matrix64): Matrix64 {
  const n = lower.rows;
  const m = b.columns;
  const { data } = b;
  for (let i = n - 1; i >= 0; i--) {
    scaleRow(data, i * m, 1 / lower.data[i * n + i]!, m);
    for (let k = 0; k < i; k++) subtractRow(data, k * m, data, i * m, lower.data[i * n + k]!, m);
  }
  return b;
}

/** Solves A·X = B in place, given A's lower factor. */
export function solveWithFactor(lower: Matrix64, b: Matrix64): Matrix64 {
  return solveLowerTransposed(lower, solveLower(lower, b));
}

/** Solves A·x = b in place for the vector at `start`, given A's lower factor. */
export function solveVectorWithFactor(lower: Matrix64, b: Float64Array, start: number): void {
  const n = lower.rows;
  const l = lower.data;
  for (let i = 0; i < n; i++) b[start + i] = (b[start + i]! - dot(l, i * n, b, start, i)) / l[i * n + i]!;
  for (let i = n - 1; i >= 0; i--) {
    const value = b[start + i]! / l[i * n + i]!;
    b[start + i] = value;
    subtractRow(b, start, l, i * n, value, i);
  }
}

function subtractRow(
  y: Float64Array,
  yStart: number,
  x: Float64Array,
  xStart: number,
  factor: number,
  length: number,
): void {
  if (factor === 0) return;
  for (let j = 0; j < length; j++) y[yStart + j]! -= factor * x[xStart + j]!;
}

function scaleRow(x: Float64Array, start: number, factor: number, length: number): void {
  for (let j = start; j < start + length; j++) x[j]! *= factor;
}
