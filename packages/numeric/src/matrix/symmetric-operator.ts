import type { Matrix64 } from "./matrix.js";

/** A symmetric matrix that is known by what it does to vectors. */
export interface SymmetricOperator {
  /** Rows, and columns. */
  readonly n: number;
  /** The products with several vectors: one a row, `[m, n]`, in and out. Must not change what it is given. */
  multiply(vectors: Matrix64): Matrix64;
}
