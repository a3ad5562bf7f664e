import { checkOptions, ShapeError, ValueError } from "@wayweave/geo-core";
import { PACED_OPTIONS, type PacedOptions, runPaced, runThrough, type Steps } from "../internal/steps.js";
import { checkResult, inUnits, largestOf, multiply, unitFor } from "../matrix/magnitude.js";
import { checkDimensions, checkMatrix, type Matrix, type Matrix64, zeros } from "../matrix/matrix.js";
import { dot } from "../matrix/products.js";
import { inverseIteration } from "./internal/inverse-iteration.js";

/** Eigenvalues of a symmetric `[n, n]` matrix, and eigenvectors of the largest. */
export interface SymmetricEigen {
  /** All eigenvalues, largest first, `[n]`. */
  readonly values: Float64Array;
  /** The eigenvectors of the first `count` values, one a row, of length 1, `[count, n]`. */
  readonly vectors: Matrix64;
}

/** Up to n / FEW eigenvectors are made by inverse iteration. */
const FEW = 4;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, by Householder tridiagonalisation and the implicit QL
 * method (Wilkinson and Reinsch, Handbook for Automatic Computation II, contributions II/2 and II/3; as in
 * EISPACK's tred2 and tql2), with everything stored so that the inner loops run along rows. A quarter of the
 * vectors or fewer come from inverse iteration.
 *
 * @param matrix symmetric, [n, n]; only its lower triangle is read
 * @param count how many eigenvectors to return, those of the largest values; default n
 * @throws {ShapeError} not square
 * @throws {ValueError} an entry is not finite, an eigenvalue does not fit into double precision, or count is not in 0 … n
 */
export function symmetricEigen(matrix: Matrix, count = matrix?.rows): SymmetricEigen {
  return runThrough(symmetricEigenSteps("symmetricEigen", matrix, count));
}

/**
 * {@link symmetricEigen} that lets other work in between, reports and stops: the same result.
 *
 * @throws as {@link symmetricEigen}, by rejecting; the signal's reason
 */
export async function symmetricEigenAsync(
  matrix: Matrix,
  count = matrix?.rows,
  options: PacedOptions = {},
): Promise<SymmetricEigen> {
  const where = "symmetricEigenAsync";
  checkOptions(where, options, PACED_OPTIONS);
  checkDimensions(where, "matrix", matrix);
  return runPaced(symmetricEigenSteps(where, matrix, count), eigenWork(matrix.rows, count), options);
}

/** Multiplications of {@link symmetricEigenSteps}, about. */
export function eigenWork(n: number, count: number): number {
  return 2 * n ** 3 * (count * FEW <= n ? 1 / 3 : 4 / 3) + count * n * n;
}

/** {@link symmetricEigen} with pauses. */
export function* symmetricEigenSteps(where: string, matrix: Matrix, count: number): Steps<SymmetricEigen> {
  checkMatrix(where, "matrix", matrix);
  const n = matrix.rows;
  if (matrix.columns !== n) {
    throw new ShapeError(`${where}: matrix must be square, got [${n}, ${matrix.columns}]`);
  }
  if (!Number.isSafeInteger(count) || count < 0 || count > n) {
    throw new ValueError(`${where}: count must be an integer in [0, ${n}], got ${count}`);
  }
  const unit = unitFor(largestOf(matrix.data));
  const reflectors = Float64Array.from(inUnits(matrix, unit).data);
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const scales = yield* tridiagonalise(reflectors, n, diagonal, offDiagonal);
  // Rotating all n vectors along costs more than making a few from the tridiagonal matrix afterwards.
  const isFew = count * FEW <= n;
  const tridiagonal = isFew ? { diagonal: diagonal.slice(), offDiagonal: offDiagonal.slice() } : undefined;
  const rotations = isFew ? undefined : identity(n);
  yield* implicitQl(diagonal, offDiagonal, rotations);

  const order = Int32Array.from(diagonal, (_, i) => i).sort((i, j) => diagonal[j]! - diagonal[i]!);
  const values = Float64Array.from(order, (i) => diagonal[i]!);
  const vectors = zeros(count, n);
  if (tridiagonal !== undefined) {
    vectors.data.set(
      inverseIteration(tridiagonal.diagonal, tridiagonal.offDiagonal, values.subarray(0, count)),
    );
  } else {
    for (let k = 0; k < count; k++) {
      const row = order[k]! * n;
      vectors.data.set(rotations!.subarray(row, row + n), k * n);
    }
  }
  for (let k = 0; k < count; k++) {
    applyReflectors(reflectors, scales, n, vectors.data, k * n);
    yield n * n;
  }
  multiply(values, unit);
  if (unit !== 1) checkResult(where, "matrix", values);
  return { values, vectors };
}

/**
 * A = Q·T·Qᵀ. Row i loses all but its last entry left of the diagonal to the reflector H = I − β·v·vᵀ, for i from
 * the last to the third row; v stays in the row, β is returned. T goes to `diagonal` and to `offDiagonal`, whose
 * entry i lies between rows i and i + 1.
 */
function* tridiagonalise(
  a: Float64Array,
  n: number,
  diagonal: Float64Array,
  offDiagonal: Float64Array,
): Steps<Float64Array> {
  const scales = new Float64Array(n);
  const p = new Float64Array(n);
  // Where the matrix has a low rank, what is left of it are rounding errors, then rounding errors of those, down to where
  // their squares underflow. Below the rounding error of the whole matrix an entry is as good as 0.
  const negligible = (Number.EPSILON * largestOf(a)) ** 2;
  for (let i = n - 1; i > 1; i--) {
    const row = i * n;
    const last = a[row + i - 1]!;
    const tail = dot(a, row, a, row, i - 1);
    if (tail <= negligible) {
      offDiagonal[i - 1] = last;
      continue;
    }
    const norm = Math.sqrt(tail + last * last);
    const target = last > 0 ? -norm : norm;
    offDiagonal[i - 1] = target;
    a[row + i - 1] = last - target;
    yield 2 * i * i;
    const beta = 1 / (norm * (norm + Math.abs(last)));
    scales[i] = beta;
    symmetricTimesVector(a, n, i, row, p);
    const half = (beta * beta * dot(p, 0, a, row, i)) / 2;
    // w = β·A·v − (β²/2)(vᵀ·A·v)·v, then A ← A − v·wᵀ − w·vᵀ
    for (let j = 0; j < i; j++) p[j] = beta * p[j]! - half * a[row + j]!;
    for (let j = 0; j < i; j++) {
      const at = j * n;
      const v = a[row + j]!;
      const w = p[j]!;
      for (let k = 0; k <= j; k++) a[at + k]! -= v * p[k]! + w * a[row + k]!;
    }
  }
  if (n > 1) offDiagonal[0] = a[n]!;
  for (let i = 0; i < n; i++) diagonal[i] = a[i * n + i]!;
  return scales;
}

/** p = A·v for the leading [size, size] part of A, from its lower triangle; v lies in A's row at `row`. */
function symmetricTimesVector(a: Float64Array, n: number, size: number, row: number, p: Float64Array): void {
  for (let j = 0; j < size; j++) {
    const at = j * n;
    const v = a[row + j]!;
    let sum = 0;
    for (let k = 0; k < j; k++) {
      const entry = a[at + k]!;
      sum += entry * a[row + k]!;
      p[k]! += entry * v;
    }
    p[j] = sum + a[at + j]! * v;
  }
}

/** x ← Q·x for the vector at `start`: the reflectors in the reverse of the order they were made in. */
function applyReflectors(
  reflectors: Float64Array,
  scales: Float64Array,
  n: number,
  x: Float64Array,
  start: number,
): void {
  for (let i = 2; i < n; i++) {
    if (scales[i] === 0) continue;
    const row = i * n;
    const factor = scales[i]! * dot(reflectors, row, x, start, i);
    for (let k = 0; k < i; k++) x[start + k]! -= factor * reflectors[row + k]!;
  }
}

/**
 * Diagonalises the tridiagonal matrix in place; row i of `vectors`, if given, becomes the eigenvector of
 * `diagonal[i]`. The variables keep EISPACK's names.
 */
function* implicitQl(d: Float64Array, e: Float64Array, vectors: Float64Array | undefined): Steps<void> {
  const n = d.length;
  let f = 0;
  let largest = 0;
  for (let l = 0; l < n; l++) {
    largest = Math.max(largest, Math.abs(d[l]!) + Math.abs(e[l]!));
    let m = l;
    while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * largest) m++;
    while (m > l) {
      const g = d[l]!;
      const ratio = (d[l + 1]! - g) / (2 * e[l]!);
      const root = ratio < 0 ? -Math.hypot(ratio, 1) : Math.hypot(ratio, 1);
      d[l] = e[l]! / (ratio + root);
      d[l + 1] = e[l]! * (ratio + root);
      const dl1 = d[l + 1]!;
      const shift = g - d[l]!;
      for (let i = l + 2; i < n; i++) d[i]! -= shift;
      f += shift;
      qlSweep(d, e, vectors, l, m, dl1);
      if (Math.abs(e[l]!) <= Number.EPSILON * largest) break;
    }
    d[l]! += f;
    e[l] = 0;
    if (vectors !== undefined) yield 4 * n * (n - l);
  }
}

/** One implicit QL step on rows l … m, as in EISPACK's tql2. */
function qlSweep(
  d: Float64Array,
  e: Float64Array,
  vectors: Float64Array | undefined,
  l: number,
  m: number,
  dl1: number,
): void {
  const n = d.length;
  const el1 = e[l + 1]!;
  let p = d[m]!;
  let c = 1;
  let c2 = 1;
  let c3 = 1;
  let s = 0;
  let s2 = 0;
  for (let i = m - 1; i >= l; i--) {
    c3 = c2;
    c2 = c;
    s2 = s;
    const g = c * e[i]!;
    const h = c * p;
    const r = Math.hypot(p, e[i]!);
    e[i + 1] = s * r;
    s = e[i]! / r;
    c = p / r;
    p = c * d[i]! - s * g;
    d[i + 1] = h + s * (c * g + s * d[i]!);
    if (vectors !== undefined) rotate(vectors, i * n, (i + 1) * n, n, c, s);
  }
  p = (-s * s2 * c3 * el1 * e[l]!) / dl1;
  e[l] = s * p;
  d[l] = c * p;
}

/** (x, y) ← (c·x − s·y, s·x + c·y) for the rows at x and y. */
function rotate(data: Float64Array, x: number, y: number, length: number, c: number, s: number): void {
  for (let k = 0; k < length; k++) {
    const upper = data[x + k]!;
    const lower = data[y + k]!;
    data[y + k] = s * upper + c * lower;
    data[x + k] = c * upper - s * lower;
  }
}

function identity(n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) result[i * n + i] = 1;
  return result;
}
