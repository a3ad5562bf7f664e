import { isWithinSeries, metresOf, type PreparedPoints } from "./points.js";
import { rowBuffer } from "./row-buffer.js";
import { SMALLEST_SWEPT, UNLIMITED, type WarpingLimits, warpingKernels } from "./warping.js";

/** Which cells a warping path may use, and when to give up. */
export interface DtwLimits {
  /** Sakoe–Chiba radius in points, `Infinity` for no band. */
  readonly window: number;
  /** In metres; a larger distance is reported as `Infinity`. */
  readonly maxDistance: number;
}

/**
 * DTW between trajectory `i` of `a` and trajectory `j` of `b`; both hold at least one point.
 *
 * @param strips what the sums of each four rows may reach for the whole to stay within `maxDistance`, for whoever knows
 *   how much the rows after them will add
 */
export function dtwKernel(
  a: PreparedPoints,
  i: number,
  b: PreparedPoints,
  j: number,
  limits: DtwLimits,
  strips?: Float64Array,
): number {
  const rows = a.offsets[i + 1]! - a.offsets[i]!;
  const columns = b.offsets[j + 1]! - b.offsets[j]!;
  if (rows * columns >= SMALLEST_SWEPT && isWithinSeries(a, i, b, j)) {
    const { reachLeft, reachRight } = bandOf(rows, columns, limits.window);
    const sweep = { reachLeft, reachRight, limit: limits.maxDistance, strips };
    const distance = warpingKernels()?.run("dtw", a, i, b, j, sweep);
    if (distance !== undefined) return distance <= limits.maxDistance ? distance : Infinity;
  }
  return plainDtw(a, i, b, j, limits);
}

/** {@link dtwKernel} without WebAssembly: the same values, bit for bit. */
export function plainDtw(
  a: PreparedPoints,
  i: number,
  b: PreparedPoints,
  j: number,
  limits: DtwLimits,
): number {
  const aStart = a.offsets[i]!;
  const aEnd = a.offsets[i + 1]!;
  const bStart = b.offsets[j]!;
  const bEnd = b.offsets[j + 1]!;
  if (limits.window === Infinity && limits.maxDistance === Infinity) {
    return fullDtw(a, aStart, aEnd, b, bStart, bEnd);
  }
  return limitedDtw(a, aStart, aEnd, b, bStart, bEnd, limits);
}

/** The band lies around both corner diagonals, so that it always joins the two corners. */
function bandOf(
  rows: number,
  columns: number,
  window: number,
): Pick<WarpingLimits, "reachLeft" | "reachRight"> {
  if (window >= Math.max(rows, columns)) return UNLIMITED;
  return {
    reachLeft: window + Math.max(0, rows - columns),
    reachRight: window + Math.max(0, columns - rows),
  };
}

/**
 * D(p, q) = d(p, q) + min(D(p−1, q), D(p, q−1), D(p−1, q−1)), two rows in one sweep.
 *
 * The lower row runs one column behind the upper, so its three predecessors are known and the two chains of additions
 * overlap in the processor; the values are those of the plain recurrence, bit for bit.
 */
function fullDtw(
  a: PreparedPoints,
  aStart: number,
  aEnd: number,
  b: PreparedPoints,
  bStart: number,
  bEnd: number,
): number {
  const { x: ax, y: ay, z: az, curvature } = a;
  const { x: bx, y: by, z: bz } = b;
  const columns = bEnd - bStart;
  const row = rowBuffer(columns + 1);
  // row[q] = D(p, q − 1) of the last finished row p; row[0] is the border, 0 above the first row only.
  row.fill(Infinity, 0, columns + 1);
  row[0] = 0;
  let p = aStart;
  for (; p + 1 < aEnd; p += 2) {
    const upperX = ax[p]!;
    const upperY = ay[p]!;
    const upperZ = az[p]!;
    const lowerX = ax[p + 1]!;
    const lowerY = ay[p + 1]!;
    const lowerZ = az[p + 1]!;
    let behindX = bx[bStart]!;
    let behindY = by[bStart]!;
    let behindZ = bz[bStart]!;
    let dx = behindX - upperX;
    let dy = behindY - upperY;
    let dz = behindZ - upperZ;
    let diagonal = row[1]!;
    let upper = metresOf(dx * dx + dy * dy + dz * dz, curvature) + Math.min(row[0]!, diagonal);
    let lower = Infinity;
    let upperBefore = Infinity;
    row[0] = Infinity;
    for (let q = 2; q <= columns; q++) {
      dx = behindX - lowerX;
      dy = behindY - lowerY;
      dz = behindZ - lowerZ;
      lower =
        metresOf(dx * dx + dy * dy + dz * dz, curvature) + Math.min(lower, Math.min(upperBefore, upper));
      upperBefore = upper;
      row[q - 1] = lower;
      behindX = bx[bStart + q - 1]!;
      behindY = by[bStart + q - 1]!;
      behindZ = bz[bStart + q - 1]!;
      dx = behindX - upperX;
      dy = behindY - upperY;
      dz = behindZ - upperZ;
      const above = row[q]!;
      upper = metresOf(dx * dx + dy * dy + dz * dz, curvature) + Math.min(upper, Math.min(diagonal, above));
      diagonal = above;
    }
    dx = behindX - lowerX;
    dy = behindY - lowerY;
    dz = behindZ - lowerZ;
    row[columns] =
      metresOf(dx * dx + dy * dy + dz * dz, curvature) + Math.min(lower, Math.min(upperBefore, upper));
  }
  if (p < aEnd) oneRow(a, p, b, bStart, row, 1, columns);
  return row[columns]!;
}

/**
 * The same recurrence inside a Sakoe–Chiba band, given up once no cell of a row is within the limit.
 *
 * No path within the limit passes a cell beyond it, since every step adds a distance ≥ 0. A row therefore starts at the
 * first column that its predecessor left within the limit (compare Herrmann & Webb 2021, "Early abandoning and pruning
 * for elastic distances including dynamic time warping").
 */
function limitedDtw(
  a: PreparedPoints,
  aStart: number,
  aEnd: number,
  b: PreparedPoints,
  bStart: number,
  bEnd: number,
  { window, maxDistance }: DtwLimits,
): number {
  const rows = aEnd - aStart;
  const columns = bEnd - bStart;
  const { reachLeft, reachRight } = bandOf(rows, columns, window);
  const row = rowBuffer(columns + 1);
  row.fill(Infinity, 0, columns + 1);
  row[0] = 0;
  let alive = 1;
  for (let p = 0; p < rows; p++) {
    const low = Math.max(alive, p - reachLeft + 1);
    const high = Math.min(columns, p + reachRight + 1);
    oneRow(a, aStart + p, b, bStart, row, low, high);
    alive = low;
    while (alive <= high && row[alive]! > maxDistance) alive++;
    if (alive > high) return Infinity;
  }
  const distance = row[columns]!;
  return distance <= maxDistance ? distance : Infinity;
}

/** One row of the recurrence over columns `low` … `high`, counted from 1; what lies left of them is closed. */
function oneRow(
  a: PreparedPoints,
  p: number,
  b: PreparedPoints,
  bStart: number,
  row: Float64Array,
  low: number,
  high: number,
): void {
  const { x: bx, y: by, z: bz } = b;
  const { curvature } = a;
  const px = a.x[p]!;
  const py = a.y[p]!;
  const pz = a.z[p]!;
  let diagonal = row[low - 1]!;
  let left = Infinity;
  row[low - 1] = Infinity;
  for (let q = low; q <= high; q++) {
    const dx = bx[bStart + q - 1]! - px;
    const dy = by[bStart + q - 1]! - py;
    const dz = bz[bStart + q - 1]! - pz;
    const above = row[q]!;
    left = metresOf(dx * dx + dy * dy + dz * dz, curvature) + Math.min(left, Math.min(diagonal, above));
    diagonal = above;
    row[q] = left;
  }
}
