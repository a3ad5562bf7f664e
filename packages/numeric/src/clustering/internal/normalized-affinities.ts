import type { CondensedDistances } from "../../matrix/condensed.js";
import { type Matrix64, zeros } from "../../matrix/matrix.js";
import { transposed } from "../../matrix/products.js";
import type { SymmetricOperator } from "../../matrix/symmetric-operator.js";

/**
 * D^(−½)·A·D^(−½), D being the sums of A's rows: I minus the normalised Laplacian, eigenvalues in [−1, 1].
 *
 * Stored are the entries above the diagonal, by rows. Those too small to change a sum in double precision are left out,
 * which are most of them where affinities fall off fast. An object without any affinity is a component of its own, with
 * 1 on the diagonal.
 */
export class NormalizedAffinities implements SymmetricOperator {
  readonly n: number;
  /** D^½, 1 for an object without any affinity, `[n]`. */
  readonly rootDegrees: Float64Array;
  readonly #isIsolated: Uint8Array;
  readonly #values: Float64Array;
  readonly #columns: Uint32Array;
  readonly #rowOffsets: Float64Array;

  constructor(affinities: CondensedDistances, n: number) {
    this.n = n;
    const degrees = rowSums(affinities, n);
    this.#isIsolated = Uint8Array.from(degrees, (degree) => (degree === 0 ? 1 : 0));
    this.rootDegrees = degrees.map((degree) => (degree === 0 ? 1 : Math.sqrt(degree)));
    const negligible = Number.EPSILON / n;
    const normalized = (at: number, i: number, j: number): number =>
      affinities[at]! / this.rootDegrees[i]! / this.rootDegrees[j]!;
    let entries = 0;
    forEachPair(n, (at, i, j) => {
      if (normalized(at, i, j) > negligible) entries++;
    });
    this.#values = new Float64Array(entries);
    this.#columns = new Uint32Array(entries);
    this.#rowOffsets = new Float64Array(n + 1);
    let entry = 0;
    forEachPair(n, (at, i, j) => {
      const value = normalized(at, i, j);
      if (value <= negligible) return;
      this.#values[entry] = value;
      this.#columns[entry] = j;
      this.#rowOffsets[i + 1] = ++entry;
    });
    for (let i = 0; i < n; i++) {
      this.#rowOffsets[i + 1] = Math.max(this.#rowOffsets[i]!, this.#rowOffsets[i + 1]!);
    }
  }

  multiply(vectors: Matrix64): Matrix64 {
    const { n } = this;
    const width = vectors.rows;
    // One object's entries of all vectors side by side: each stored affinity is read once.
    const x = transposed(vectors).data; // [n, width]
    const result = zeros(n, width);
    const y = result.data;
    const values = this.#values;
    const columns = this.#columns;
    for (let i = 0; i < n; i++) {
      const row = i * width;
      const end = this.#rowOffsets[i + 1]!;
      for (let entry = this.#rowOffsets[i]!; entry < end; entry++) {
        const value = values[entry]!;
        const column = columns[entry]! * width;
        for (let k = 0; k < width; k++) {
          y[row + k]! += value * x[column + k]!;
          y[column + k]! += value * x[row + k]!;
        }
      }
      if (this.#isIsolated[i] === 1) for (let k = 0; k < width; k++) y[row + k] = x[row + k]!;
    }
    return transposed(result);
  }

  /** The square matrix, `[n, n]`. */
  toMatrix(): Matrix64 {
    const { n } = this;
    const square = zeros(n, n);
    for (let i = 0; i < n; i++) {
      square.data[i * n + i] = this.#isIsolated[i]!;
      for (let entry = this.#rowOffsets[i]!; entry < this.#rowOffsets[i + 1]!; entry++) {
        const j = this.#columns[entry]!;
        square.data[i * n + j] = this.#values[entry]!;
        square.data[j * n + i] = this.#values[entry]!;
      }
    }
    return square;
  }
}

function forEachPair(n: number, visit: (at: number, i: number, j: number) => void): void {
  for (let i = 0, at = 0; i < n; i++) for (let j = i + 1; j < n; j++, at++) visit(at, i, j);
}

function rowSums(affinities: CondensedDistances, n: number): Float64Array {
  const sums = new Float64Array(n);
  forEachPair(n, (at, i, j) => {
    sums[i]! += affinities[at]!;
    sums[j]! += affinities[at]!;
  });
  return sums;
}
