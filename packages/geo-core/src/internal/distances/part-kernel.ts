import { metresOf, type PreparedPoints } from "./points.js";

/** The contiguous part of a trajectory that comes nearest to another: points `start` … `end − 1`. */
export interface PartMatch {
  /** A sum of metres (DTW), or a squared straight line (Fréchet); `Infinity` where it is beyond the limit. */
  readonly value: number;
  readonly start: number;
  readonly end: number;
}

const NONE: PartMatch = { value: Infinity, start: 0, end: 0 };

/**
 * The part of trajectory `j` of `b` nearest to trajectory `i` of `a`; both hold at least one point.
 *
 * D(p, q) = d(p, q) + min(D(p−1, q), D(p, q−1), D(p−1, q−1)) for DTW, the maximum in place of the sum for Fréchet, with
 * D(−1, q) = 0 in every column: a path may begin in any column of the first row and end in any of the last. Each cell hands on
 * the column in which its path began, of equal ones the later; the first smallest cell of the last row is the end.
 *
 * @param sums whether distances are summed (in metres), or their maximum is taken (of squared straight lines)
 * @param limit a larger value is reported as {@link NONE}
 */
export function partKernel(
  a: PreparedPoints,
  i: number,
  b: PreparedPoints,
  j: number,
  sums: boolean,
  limit: number,
): PartMatch {
  const [aStart, aEnd] = [a.offsets[i]!, a.offsets[i + 1]!];
  const bStart = b.offsets[j]!;
  const columns = b.offsets[j + 1]! - bStart;
  const values = new Float64Array(columns);
  const starts = new Int32Array(columns);
  for (let q = 0; q < columns; q++) starts[q] = q;
  for (let p = aStart; p < aEnd; p++) {
    const least = nextRow(a, p, b, bStart, values, starts, sums, p === aStart);
    // Every path passes this row, and no value falls along it.
    if (least > limit) return NONE;
  }
  let end = 0;
  for (let q = 1; q < columns; q++) if (values[q]! < values[end]!) end = q;
  const value = values[end]!;
  return value <= limit ? { value, start: starts[end]!, end: end + 1 } : NONE;
}

/** Advances `values` and `starts` by one row. @returns the row's smallest value */
function nextRow(
  a: PreparedPoints,
  p: number,
  b: PreparedPoints,
  bStart: number,
  values: Float64Array,
  starts: Int32Array,
  sums: boolean,
  isFirst: boolean,
): number {
  const { x, y, z } = b;
  const { curvature } = a;
  const [px, py, pz] = [a.x[p]!, a.y[p]!, a.z[p]!];
  let diagonal = Infinity;
  let diagonalStart = 0;
  let left = Infinity;
  let leftStart = 0;
  let least = Infinity;
  for (let q = 0; q < values.length; q++) {
    const dx = x[bStart + q]! - px;
    const dy = y[bStart + q]! - py;
    const dz = z[bStart + q]! - pz;
    const squared = dx * dx + dy * dy + dz * dz;
    const above = values[q]!;
    const aboveStart = starts[q]!;
    let before = above;
    let start = aboveStart;
    // In the first row the path may begin here: the value before it is the 0 that the row was made with.
    if (!isFirst) {
      if (diagonal < before || (diagonal === before && diagonalStart > start))
        [before, start] = [diagonal, diagonalStart];
      if (left < before || (left === before && leftStart > start)) [before, start] = [left, leftStart];
    }
    const value = sums ? metresOf(squared, curvature) + before : Math.max(squared, before);
    diagonal = above;
    diagonalStart = aboveStart;
    left = value;
    leftStart = start;
    values[q] = value;
    starts[q] = start;
    if (value < least) least = value;
  }
  return least;
}
