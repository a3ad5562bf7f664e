import { ShapeError } from "@wayweave/geo-core";
import { runThrough, type Steps } from "../internal/steps.js";
import { checkColumns, checkDimensions, checkSameRows, type Matrix, type Matrix64, zeros } from "./matrix.js";

/** Depth of the blocks that {@link timesTransposed} works on: eight rows of it fit a core's first-level cache. */
const DEPTH = 512;

/**
 * A · Bᵀ. Both operands are read along their rows, so this is the one product that everything is built on;
 * 4 × 4 results are summed at once in registers.
 */
export function timesTransposed(a: Matrix, b: Matrix): Matrix64 {
  checkDimensions("timesTransposed", "a", a);
  checkDimensions("timesTransposed", "b", b);
  checkColumns("timesTransposed", "b", b, a.columns);
  return runThrough(timesTransposedSteps(a, b));
}

/** {@link timesTransposed} with pauses: `a.rows · b.rows · a.columns` multiplications. */
export function* timesTransposedSteps(a: Matrix, b: Matrix): Steps<Matrix64> {
  const result = zeros(a.rows, b.rows);
  for (let start = 0; start < a.columns; start += DEPTH) {
    const end = Math.min(a.columns, start + DEPTH);
    for (let i = 0; i < a.rows; i += 4) {
      for (let j = 0; j < b.rows; j += 4) addTile(a, b, result, i, j, start, end);
      yield Math.min(4, a.rows - i) * b.rows * (end - start);
    }
  }
  return result;
}

/**
 * A · Lᵀ with L lower triangular: half of the multiplications of {@link timesTransposed}. Only L's lower triangle is read.
 *
 * @param a `[m, n]`
 * @param lower `[n, n]`
 * @returns `[m, n]`
 * @throws {ShapeError} not square, or another number of columns
 */
export function timesLowerTransposed(a: Matrix, lower: Matrix): Matrix64 {
  checkDimensions("timesLowerTransposed", "a", a);
  checkDimensions("timesLowerTransposed", "lower", lower);
  checkColumns("timesLowerTransposed", "lower", lower, a.columns);
  if (lower.rows !== lower.columns) {
    throw new ShapeError(`timesLowerTransposed: lower must be square, got [${lower.rows}, ${lower.columns}]`);
  }
  const result = zeros(a.rows, lower.rows);
  for (let start = 0; start < a.columns; start += DEPTH) {
    const end = Math.min(a.columns, start + DEPTH);
    for (let i = 0; i < a.rows; i += 4) {
      for (let j = start; j < lower.rows; j += 4) addTile(a, lower, result, i, j, start, Math.min(end, j));
    }
  }
  addDiagonalTiles(a, lower, result);
  return result;
}

/** Adds what the 4 × 4 tiles on the diagonal of L give: rows j … j + 3 begin to differ in length there. */
function addDiagonalTiles(a: Matrix, lower: Matrix, result: Matrix64): void {
  const n = lower.rows;
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = j - (j % 4); k <= j; k++) sum += a.data[i * n + k]! * lower.data[j * n + k]!;
      result.data[i * n + j]! += sum;
    }
  }
}

/** A · Aᵀ: the tiles on and below the diagonal, mirrored. */
export function gram(a: Matrix): Matrix64 {
  checkDimensions("gram", "a", a);
  return runThrough(gramSteps(a));
}

/** {@link gram} with pauses: {@link gramWork} multiplications. */
export function* gramSteps(a: Matrix): Steps<Matrix64> {
  const n = a.rows;
  const result = zeros(n, n);
  for (let start = 0; start < a.columns; start += DEPTH) {
    const end = Math.min(a.columns, start + DEPTH);
    for (let i = 0; i < n; i += 4) {
      for (let j = 0; j <= i; j += 4) addTile(a, a, result, i, j, start, end);
      yield 4 * i * (end - start);
    }
  }
  const { data } = result;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) data[j * n + i] = data[i * n + j]!;
  }
  return result;
}

export function gramWork(rows: number, columns: number): number {
  return (rows * rows * columns) / 2;
}

/** A · B */
export function times(a: Matrix, b: Matrix): Matrix64 {
  checkDimensions("times", "a", a);
  checkDimensions("times", "b", b);
  if (b.rows !== a.columns) throw new ShapeError(`times: b must have ${a.columns} rows, got ${b.rows}`);
  return timesTransposed(a, transposed(b));
}

/** Aᵀ · B */
export function transposedTimes(a: Matrix, b: Matrix): Matrix64 {
  checkDimensions("transposedTimes", "a", a);
  checkDimensions("transposedTimes", "b", b);
  checkSameRows("transposedTimes", "b", a, b);
  return timesTransposed(transposed(a), transposed(b));
}

/** Copied in blocks of 32 × 32, so that neither side jumps through memory. */
export function transposed(matrix: Matrix): Matrix64 {
  checkDimensions("transposed", "matrix", matrix);
  const { rows, columns, data } = matrix;
  const result = zeros(columns, rows);
  for (let i0 = 0; i0 < rows; i0 += 32) {
    for (let j0 = 0; j0 < columns; j0 += 32) {
      const iEnd = Math.min(rows, i0 + 32);
      const jEnd = Math.min(columns, j0 + 32);
      for (let i = i0; i < iEnd; i++) {
        for (let j = j0; j < jEnd; j++) result.data[j * rows + i] = data[i * columns + j]!;
      }
    }
  }
  return result;
}

/** Σ x[i]·y[i] of two runs of `length` entries. */
export function dot(
  x: Float64Array,
  xStart: number,
  y: Float64Array,
  yStart: number,
  length: number,
): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += x[xStart + i]! * y[yStart + i]!;
    s1 += x[xStart + i + 1]! * y[yStart + i + 1]!;
    s2 += x[xStart + i + 2]! * y[yStart + i + 2]!;
    s3 += x[xStart + i + 3]! * y[yStart + i + 3]!;
  }
  for (; i < length; i++) s0 += x[xStart + i]! * y[yStart + i]!;
  return s0 + s1 + (s2 + s3);
}

/** Adds the products of four rows of `a` with four rows of `b`, over columns start … end − 1, to the result. */
function addTile(
  a: Matrix,
  b: Matrix,
  result: Matrix64,
  i: number,
  j: number,
  start: number,
  end: number,
): void {
  const iCount = Math.min(4, a.rows - i);
  const jCount = Math.min(4, b.rows - j);
  const width = result.columns;
  if (iCount === 4 && jCount === 4) {
    addFullTile(a, b, result, i, j, start, end);
    return;
  }
  for (let p = 0; p < iCount; p++) {
    for (let q = 0; q < jCount; q++) {
      let sum = 0;
      const aRow = (i + p) * a.columns;
      const bRow = (j + q) * b.columns;
      for (let k = start; k < end; k++) sum += a.data[aRow + k]! * b.data[bRow + k]!;
      result.data[(i + p) * width + j + q]! += sum;
    }
  }
}

/** Sixteen sums in registers: eight loads for sixteen multiplications. */
function addFullTile(
  { data: a, columns: aWidth }: Matrix,
  { data: b, columns: bWidth }: Matrix,
  { data: c, columns: width }: Matrix64,
  i: number,
  j: number,
  start: number,
  end: number,
): void {
  let c00 = 0,
    c01 = 0,
    c02 = 0,
    c03 = 0;
  let c10 = 0,
    c11 = 0,
    c12 = 0,
    c13 = 0;
  let c20 = 0,
    c21 = 0,
    c22 = 0,
    c23 = 0;
  let c30 = 0,
    c31 = 0,
    c32 = 0,
    c33 = 0;
  let p = i * aWidth + start;
  let q = j * bWidth + start;
  for (let k = start; k < end; k++, p++, q++) {
    const a0 = a[p]!;
    const a1 = a[p + aWidth]!;
    const a2 = a[p + 2 * aWidth]!;
    const a3 = a[p + 3 * aWidth]!;
    const b0 = b[q]!;
    const b1 = b[q + bWidth]!;
    const b2 = b[q + 2 * bWidth]!;
    const b3 = b[q + 3 * bWidth]!;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  const at = i * width + j;
  c[at]! += c00;
  c[at + 1]! += c01;
  c[at + 2]! += c02;
  c[at + 3]! += c03;
  c[at + width]! += c10;
  c[at + width + 1]! += c11;
  c[at + width + 2]! += c12;
  c[at + width + 3]! += c13;
  c[at + 2 * width]! += c20;
  c[at + 2 * width + 1]! += c21;
  c[at + 2 * width + 2]! += c22;
  c[at + 2 * width + 3]! += c23;
  c[at + 3 * width]! += c30;
  c[at + 3 * width + 1]! += c31;
  c[at + 3 * width + 2]! += c32;
  c[at + 3 * width + 3]! += c33;
}
