import { Random } from "@wayweave/geo-core";
import { dot } from "../../matrix/products.js";

/** Eigenvalues closer than this share of the norm need vectors that are made orthogonal explicitly (LAPACK dstein). */
const CLUSTER = 1e-3;
const STEPS = 3;

/**
 * Eigenvectors of a symmetric tridiagonal matrix by inverse iteration, for given eigenvalues (Golub and Van Loan,
 * Matrix Computations, 4th ed., §8.2.2; with the care for clusters of LAPACK's dstein). Each costs O(n) and as much
 * again for every other vector of its cluster: for a few vectors far less than rotating all of them along.
 *
 * @param diagonal [n]
 * @param offDiagonal entry i lies between rows i and i + 1
 * @param values eigenvalues in descending order
 * @returns row-major [values.length, n], rows of length 1
 */
export function inverseIteration(
  diagonal: Float64Array,
  offDiagonal: Float64Array,
  values: Float64Array,
): Float64Array {
  const n = diagonal.length;
  const norm = oneNorm(diagonal, offDiagonal);
  const vectors = new Float64Array(values.length * n);
  const factors = new TridiagonalFactors(n);
  const random = new Random(0).split("inverse iteration");
  let clusterStart = 0;
  let shift = Number.POSITIVE_INFINITY;
  for (let k = 0; k < values.length; k++) {
    if (k > 0 && values[k - 1]! - values[k]! > CLUSTER * norm) clusterStart = k;
    // Equal eigenvalues are pulled apart a little, or every start would lead to the same vector.
    shift = Math.min(values[k]!, shift - 10 * Number.EPSILON * norm);
    factors.factorise(diagonal, offDiagonal, shift, Number.EPSILON * norm);
    const x = vectors.subarray(k * n, (k + 1) * n);
    for (let i = 0; i < n; i++) x[i] = random.uniform(-1, 1);
    for (let step = 0; step < STEPS; step++) {
      factors.solve(x);
      normalise(x);
      for (let other = clusterStart; other < k; other++) removeComponent(x, vectors, other * n);
      normalise(x);
    }
  }
  return vectors;
}

/** Factors of T − shift·I with row exchanges: the upper factor has two diagonals above its main one. */
class TridiagonalFactors {
  readonly #main: Float64Array;
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  readonly #multipliers: Float64Array;
  readonly #exchanged: Uint8Array;

  constructor(n: number) {
    this.#main = new Float64Array(n);
    this.#first = new Float64Array(n);
    this.#second = new Float64Array(n);
    this.#multipliers = new Float64Array(n);
    this.#exchanged = new Uint8Array(n);
  }

  /** @param tiny takes the place of a pivot that is 0 */
  factorise(diagonal: Float64Array, offDiagonal: Float64Array, shift: number, tiny: number): void {
    const n = diagonal.length;
    const [main, first, second] = [this.#main, this.#first, this.#second];
    for (let i = 0; i < n; i++) main[i] = diagonal[i]! - shift;
    for (let i = 0; i < n - 1; i++) first[i] = offDiagonal[i]!;
    second.fill(0);
    for (let i = 0; i < n - 1; i++) {
      const below = offDiagonal[i]!;
      const isExchanged = Math.abs(below) > Math.abs(main[i]!);
      this.#exchanged[i] = isExchanged ? 1 : 0;
      if (isExchanged) {
        const multiplier = main[i]! / below;
        const above = first[i]!;
        main[i] = below;
        first[i] = main[i + 1]!;
        main[i + 1] = above - multiplier * first[i]!;
        if (i < n - 2) {
          second[i] = first[i + 1]!;
          first[i + 1] = -multiplier * second[i]!;
        }
        this.#multipliers[i] = multiplier;
      } else {
        if (main[i] === 0) main[i] = tiny;
        this.#multipliers[i] = below / main[i]!;
        main[i + 1]! -= this.#multipliers[i]! * first[i]!;
      }
    }
    for (let i = 0; i < n; i++) if (Math.abs(main[i]!) < tiny) main[i] = main[i]! < 0 ? -tiny : tiny;
  }

  /** Overwrites x with the solution. */
  solve(x: Float64Array): void {
    const n = x.length;
    for (let i = 0; i < n - 1; i++) {
      if (this.#exchanged[i]) {
        const kept = x[i]!;
        x[i] = x[i + 1]!;
        x[i + 1] = kept - this.#multipliers[i]! * x[i]!;
      } else x[i + 1]! -= this.#multipliers[i]! * x[i]!;
    }
    for (let i = n - 1; i >= 0; i--) {
      let value = x[i]!;
      if (i + 1 < n) value -= this.#first[i]! * x[i + 1]!;
      if (i + 2 < n) value -= this.#second[i]! * x[i + 2]!;
      x[i] = value / this.#main[i]!;
    }
  }
}

/** Scaled by the largest entry first: the entries may be near the largest double. */
function normalise(x: Float64Array): void {
  let largest = 0;
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]!));
  for (let i = 0; i < x.length; i++) x[i]! /= largest;
  const length = Math.sqrt(dot(x, 0, x, 0, x.length));
  for (let i = 0; i < x.length; i++) x[i]! /= length;
}

function removeComponent(x: Float64Array, vectors: Float64Array, start: number): void {
  const overlap = dot(x, 0, vectors, start, x.length);
  for (let i = 0; i < x.length; i++) x[i]! -= overlap * vectors[start + i]!;
}

function oneNorm(diagonal: Float64Array, offDiagonal: Float64Array): number {
  // For a matrix of zeros any positive number will do that can be divided by twice.
  let norm = 1e-280;
  for (let i = 0; i < diagonal.length; i++) {
    const before = i === 0 ? 0 : Math.abs(offDiagonal[i - 1]!);
    const after = i === diagonal.length - 1 ? 0 : Math.abs(offDiagonal[i]!);
    norm = Math.max(norm, before + Math.abs(diagonal[i]!) + after);
  }
  return norm;
}
