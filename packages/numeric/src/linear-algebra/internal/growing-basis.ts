import { type Matrix64, zeros } from "../../matrix/matrix.js";
import { dot, timesTransposed, transposed } from "../../matrix/products.js";
import type { SymmetricOperator } from "../../matrix/symmetric-operator.js";
import { symmetricEigen } from "../symmetric-eigen.js";

/** The best approximations of eigenvectors that a basis holds. */
interface RitzPairs {
  readonly values: Float64Array;
  /** [count, n] */
  readonly vectors: Matrix64;
  /** A·v − λ·v of each, [count, n] */
  readonly residuals: Matrix64;
}

/** A share of a candidate below which what is new in it is rounding error. */
const NEGLIGIBLE = 1e-10;

/** An orthonormal basis Q, the products A·Q, and the matrix Q·A·Qᵀ, all growing together. */
export class GrowingBasis {
  size = 0;
  readonly capacity: number;
  readonly #operator: SymmetricOperator;
  readonly #n: number;
  /** One vector a row, [capacity, n]. */
  readonly #vectors: Float64Array;
  readonly #products: Float64Array;
  /** [capacity, capacity], of which [size, size] is used. */
  readonly #projected: Float64Array;

  constructor(operator: SymmetricOperator, capacity: number) {
    this.capacity = capacity;
    this.#operator = operator;
    this.#n = operator.n;
    this.#vectors = new Float64Array(capacity * operator.n);
    this.#products = new Float64Array(capacity * operator.n);
    this.#projected = new Float64Array(capacity * capacity);
  }

  /**
   * Adds what is new in the candidates, as far as there is room.
   *
   * @param candidates [m, n]
   * @returns how many vectors were added
   */
  extend({ rows, data }: Matrix64): number {
    const n = this.#n;
    const before = this.size;
    for (let i = 0; i < rows && this.size < this.capacity; i++) this.#append(data, i * n);
    const added = this.size - before;
    if (added === 0) return 0;
    const fresh = this.#vectors.subarray(before * n, this.size * n);
    const products = this.#operator.multiply({ rows: added, columns: n, data: fresh });
    this.#products.set(products.data, before * n);
    for (let i = before; i < this.size; i++) {
      for (let j = 0; j <= i; j++) {
        const entry = dot(this.#vectors, j * n, this.#products, i * n, n);
        this.#projected[i * this.capacity + j] = entry;
        this.#projected[j * this.capacity + i] = entry;
      }
    }
    return added;
  }

  /** Eigenpairs of the projected matrix, largest values first. */
  best(count: number): RitzPairs {
    const n = this.#n;
    const kept = Math.min(count, this.size);
    const { values, vectors: weights } = symmetricEigen(this.#square(), kept);
    const vectors = timesTransposed(weights, transposed(this.#rows(this.#vectors)));
    const residuals = timesTransposed(weights, transposed(this.#rows(this.#products)));
    for (let i = 0; i < kept; i++) {
      for (let k = i * n; k < (i + 1) * n; k++) residuals.data[k]! -= values[i]! * vectors.data[k]!;
    }
    return { values: values.slice(0, kept), vectors, residuals };
  }

  /** Shrinks the basis to its best `count` vectors. Their products are known already. */
  restart(count: number): void {
    const { values, vectors, residuals } = this.best(count);
    const n = this.#n;
    this.size = values.length;
    this.#vectors.set(vectors.data);
    this.#projected.fill(0);
    for (let i = 0; i < this.size; i++) {
      this.#projected[i * this.capacity + i] = values[i]!;
      for (let k = i * n; k < (i + 1) * n; k++) {
        this.#products[k] = residuals.data[k]! + values[i]! * vectors.data[k]!;
      }
    }
  }

  /** Makes a candidate orthogonal to the basis, twice against rounding, and appends it unless nothing is left. */
  #append(data: Float64Array, start: number): void {
    const n = this.#n;
    const at = this.size * n;
    const vectors = this.#vectors;
    vectors.set(data.subarray(start, start + n), at);
    const length = Math.sqrt(dot(vectors, at, vectors, at, n));
    if (length === 0) return;
    for (let k = at; k < at + n; k++) vectors[k]! /= length;
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < this.size; j++) {
        const overlap = dot(vectors, at, vectors, j * n, n);
        for (let k = 0; k < n; k++) vectors[at + k]! -= overlap * vectors[j * n + k]!;
      }
      const left = Math.sqrt(dot(vectors, at, vectors, at, n));
      if (left < NEGLIGIBLE) return;
      for (let k = at; k < at + n; k++) vectors[k]! /= left;
    }
    this.size++;
  }

  #square(): Matrix64 {
    const square = zeros(this.size, this.size);
    for (let i = 0; i < this.size; i++) {
      const row = i * this.capacity;
      square.data.set(this.#projected.subarray(row, row + this.size), i * this.size);
    }
    return square;
  }

  #rows(data: Float64Array): Matrix64 {
    return { rows: this.size, columns: this.#n, data: data.subarray(0, this.size * this.#n) };
  }
}
