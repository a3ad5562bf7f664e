import {
  checkGiven,
  checkOptions,
  checkPositive,
  checkPositiveInteger,
  Pace,
  Random,
  ValueError,
} from "@wayweave/geo-core";
import { checkResult, inUnits, largestOf, multiply, unitFor } from "../matrix/magnitude.js";
import { type Matrix64, zeros } from "../matrix/matrix.js";
import { dot } from "../matrix/products.js";
import type { SymmetricOperator } from "../matrix/symmetric-operator.js";
import { GrowingBasis } from "./internal/growing-basis.js";

/** When {@link leadingEigen} stops, and where it starts. */
export interface LeadingEigenOptions {
  /**
   * Stop when every ‖A·v − λ·v‖ is at most this share of the largest |λ| found. Eigenvalues are then right to about its
   * square. @defaultValue 1e-8
   */
  readonly tolerance?: number;
  /** Products with blocks of vectors before giving up. @defaultValue 500 */
  readonly maxSteps?: number;
  /** Seed of the first vectors. @defaultValue 0 */
  readonly seed?: number;
  /** Called after each product with a block of vectors. */
  readonly onProgress?: (progress: { steps: number; converged: number; total: number }) => void;
  /** Stops between two products; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The eigenpairs that {@link leadingEigen} found, and how exact they are. */
export interface LeadingEigen {
  /** Eigenvalues, largest first, `[count]`. */
  readonly values: Float64Array;
  /** Their eigenvectors, one a row, of length 1, `[count, n]`. */
  readonly vectors: Matrix64;
  /** ‖A·v − λ·v‖ of each, `[count]`. */
  readonly residuals: Float64Array;
  /** Products with blocks of vectors. */
  readonly steps: number;
  /** False when `maxSteps` ended the search. */
  readonly converged: boolean;
}

/** Vectors beyond the wanted ones: the search converges by the gap after them. */
const GUARD = 3;
/** The basis starts again from its best vectors when it has this many, or five blocks. */
const BASIS = 160;

/**
 * The largest eigenvalues of a large symmetric matrix and their eigenvectors, by products with the matrix only.
 *
 * A block Krylov method with thick restarts (Golub and Underwood 1977; Wu and Simon 2000): Rayleigh–Ritz in a basis that
 * grows by the residuals of the best approximations, every vector being made orthogonal to all others. Several start
 * vectors find equal eigenvalues, which one start vector would miss. For matrices up to some 500 rows `symmetricEigen`
 * is faster.
 *
 * @param count how many, in 1 … n
 * @throws {ValueError} count out of range, an option, or a product or eigenvalue that does not fit into double precision
 */
export async function leadingEigen(
  operator: SymmetricOperator,
  count: number,
  options: LeadingEigenOptions = {},
): Promise<LeadingEigen> {
  const where = "leadingEigen";
  checkOptions(where, options, ["tolerance", "maxSteps", "seed", "onProgress", "signal"]);
  const { tolerance = 1e-8, maxSteps = 500, seed = 0, onProgress, signal } = options;
  checkGiven(where, "operator", operator);
  const { n } = operator;
  checkPositiveInteger(where, "operator.n", n);
  checkPositiveInteger(where, "count", count);
  if (count > n) throw new ValueError(`${where}: count must be at most ${n} rows, got ${count}`);
  checkPositive(where, "tolerance", tolerance);
  checkPositiveInteger(where, "maxSteps", maxSteps);
  const pace = new Pace(signal);
  const random = new Random(seed, where).split(where);
  const width = Math.min(n, count + GUARD);
  let candidates = randomVectors(random, width, n);
  const products = operator.multiply(candidates).data;
  checkResult(where, "operator", products);
  const unit = unitFor(largestOf(products));
  const scaled =
    unit === 1 ? operator : { n, multiply: (x: Matrix64) => inUnits(operator.multiply(x), unit) };
  const basis = new GrowingBasis(scaled, Math.min(n, Math.max(BASIS, 5 * width)));
  for (let steps = 1; ; steps++) {
    // Where the basis holds all that the candidates hold, only new directions can help.
    if (basis.extend(candidates) === 0) basis.extend(randomVectors(random, width, n));
    await pace.step();
    const ritz = basis.best(width);
    const bound = tolerance * Math.max(Math.abs(ritz.values[0]!), Number.MIN_VALUE);
    const norms = rowNorms(ritz.residuals);
    let found = 0;
    while (found < count && norms[found]! <= bound) found++;
    onProgress?.({ steps, converged: found, total: count });
    const converged = found === count || basis.size === n;
    if (converged || steps === maxSteps) {
      const vectors = zeros(count, n);
      vectors.data.set(ritz.vectors.data.subarray(0, count * n));
      const values = multiply(ritz.values.slice(0, count), unit);
      if (unit !== 1) checkResult(where, "operator", values);
      return { values, vectors, residuals: multiply(norms.slice(0, count), unit), steps, converged };
    }
    candidates = rowsAbove(ritz.residuals, norms, bound);
    if (basis.size + width > basis.capacity) basis.restart(Math.min(basis.size, 2 * width));
  }
}

function randomVectors(random: Random, rows: number, columns: number): Matrix64 {
  return { rows, columns, data: Float64Array.from({ length: rows * columns }, () => random.normal()) };
}

function rowNorms({ rows, columns, data }: Matrix64): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) =>
    Math.sqrt(dot(data, i * columns, data, i * columns, columns)),
  );
}

/** The rows whose norm is above the bound. */
function rowsAbove({ columns, data }: Matrix64, norms: Float64Array, bound: number): Matrix64 {
  const kept = Array.from(norms.keys()).filter((i) => norms[i]! > bound);
  const result = zeros(kept.length, columns);
  kept.forEach((row, i) => {
    result.data.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return result;
}
