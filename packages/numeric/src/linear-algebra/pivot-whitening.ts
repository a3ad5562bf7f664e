import { checkInRange, ShapeError } from "@wayweave/geo-core";
import { checkMatrix, type Matrix, type Matrix64 } from "../matrix/matrix.js";
import { selectRows } from "../matrix/rows.js";
import { invertLower, pivotedCholesky } from "./internal/cholesky.js";

/**
 * What {@link pivotWhitening} makes of a positive semidefinite matrix A: rows that span it, and how to whiten by
 * them.
 */
export interface PivotWhitening {
  /** Rows of the matrix that span it, `[rank]`. */
  readonly pivots: Int32Array;
  /** W with W·A[pivots, pivots]·Wᵀ = I, lower triangular, `[rank, rank]`. */
  readonly whitening: Matrix64;
}

/**
 * A basis of a positive semidefinite matrix A, such as a kernel's: rows that span it, and the inverse of their Cholesky factor.
 * With k(x) the kernel of x with the pivots, W·k(x) are coordinates whose dot products are the kernel (Nyström's method:
 * Williams and Seeger, NIPS 2000; the factor: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §10.3).
 * Coordinates by A^−½ differ from them by a rotation, and cost some thirty times as much.
 *
 * @param matrix symmetric, positive semidefinite, `[n, n]`
 * @param negligible directions with less than this share of the largest diagonal entry are left out
 * @throws {ShapeError} not square
 * @throws {ValueError} an entry that is not finite; a share that is not in (0, 1]
 */
export function pivotWhitening(matrix: Matrix, negligible = 1e-10): PivotWhitening {
  const where = "pivotWhitening";
  checkMatrix(where, "matrix", matrix);
  const { rows, columns, data } = matrix;
  if (columns !== rows) {
    throw new ShapeError(`${where}: matrix must be square, got [${rows}, ${columns}]`);
  }
  checkInRange(where, "negligible", negligible, Number.MIN_VALUE, 1);
  const { factor, pivots } = pivotedCholesky({ rows, columns, data: Float64Array.from(data) }, negligible);
  return { pivots, whitening: invertLower(selectRows(factor, pivots)) };
}
