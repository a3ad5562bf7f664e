import { ValueError } from "@wayweave/geo-core";
import type { Matrix, Matrix64 } from "./matrix.js";
import { isSparse, type SparseMatrix } from "./sparse-matrix.js";

/** Up to this power of two, and down to its reciprocal, squares and long sums of them neither overflow nor vanish. */
const USUAL_BITS = 200;

/** The largest absolute value; 0 of no values. */
export function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}

/**
 * The unit in which numbers of this largest absolute value can be squared: 1 for usual ones, so that nothing changes, else a
 * power of two, by which a division changes no digit. What is some 1e-150 of the largest then counts as 0.
 *
 * @param bits the powers of two that need no other unit: −bits … bits
 */
export function unitFor(largest: number, bits = USUAL_BITS): number {
  if (largest === 0 || (largest >= 2 ** -bits && largest <= 2 ** bits)) return 1;
  return 2 ** Math.floor(Math.log2(largest));
}

/** {@link unitFor}, but no unit so small that a penalty on squared weights, in it, overflows. */
export function penalisedUnit(largest: number, penalty: number): number {
  const least = penalty === 0 ? 0 : 2 ** (Math.ceil(Math.log2(penalty) / 2) - 300);
  const unit = unitFor(largest);
  return unit >= 1 ? unit : Math.min(1, Math.max(unit, least));
}

/** A matrix divided by a unit; the matrix itself where that is 1. */
export function inUnits<M extends Matrix | SparseMatrix>(matrix: M, unit: number): M {
  if (unit === 1) return matrix;
  const divided = (values: ArrayLike<number>) => Float64Array.from(values, (value) => value / unit);
  return isSparse(matrix)
    ? { ...matrix, values: divided(matrix.values) }
    : { ...matrix, data: divided(matrix.data) };
}

/** The entries of either storage. */
export function entriesOf(matrix: Matrix | SparseMatrix): Float32Array | Float64Array {
  return isSparse(matrix) ? matrix.values : matrix.data;
}

/** Multiplies in place. */
export function multiply<A extends Float64Array>(values: A, factor: number): A {
  if (factor !== 1) for (let i = 0; i < values.length; i++) values[i]! *= factor;
  return values;
}

/** @throws {ValueError} a number of the result does not fit into double precision */
export function checkResult(where: string, name: string, result: Float64Array): void {
  for (let i = 0; i < result.length; i++) {
    if (Number.isFinite(result[i])) continue;
    throw new ValueError(
      `${where}: ${name} must be scaled: numbers this large or small lead to ${result[i]} in double precision`,
    );
  }
}

/** {@link checkResult} of a matrix, which it returns. */
export function checkedResult(where: string, name: string, result: Matrix64): Matrix64 {
  checkResult(where, name, result.data);
  return result;
}
