import { abandonBeyond, metresOf, type PreparedPoints, squaredBetween } from "./points.js";
import { rowBuffer } from "./row-buffer.js";
import { SMALLEST_SWEPT, UNLIMITED, warpingKernels } from "./warping.js";

/**
 * Discrete Fréchet distance between trajectory `i` of `a` and trajectory `j` of `b`; both hold at least one point.
 *
 * All comparisons are between squared straight lines; one conversion to metres comes last.
 *
 * @param maxDistance in metres; a larger distance is reported as `Infinity`
 */
export function frechetKernel(
  a: PreparedPoints,
  i: number,
  b: PreparedPoints,
  j: number,
  maxDistance: number,
): number {
  const { curvature } = a;
  const aStart = a.offsets[i]!;
  const aEnd = a.offsets[i + 1]!;
  const bStart = b.offsets[j]!;
  const bEnd = b.offsets[j + 1]!;
  const bound = abandonBeyond(maxDistance, curvature);
  // Every coupling joins the first points and the last points.
  const ends = Math.max(squaredBetween(a, aStart, b, bStart), squaredBetween(a, aEnd - 1, b, bEnd - 1));
  if (ends > bound) return Infinity;
  // Between trips to different places one of these two is often the longest leash of a greedy walk, and so the answer.
  const squared = isGreedyLeashWithin(a, aStart, aEnd, b, bStart, bEnd, ends)
    ? ends
    : (sweptFrechet(a, i, b, j, bound) ?? squaredFrechet(a, aStart, aEnd, b, bStart, bEnd, bound));
  if (squared === Infinity) return Infinity;
  const distance = metresOf(squared, curvature);
  return distance <= maxDistance ? distance : Infinity;
}

/** The recurrence in WebAssembly: the same values, bit for bit, and beyond the bound another number beyond it. */
function sweptFrechet(
  a: PreparedPoints,
  i: number,
  b: PreparedPoints,
  j: number,
  bound: number,
): number | undefined {
  const rows = a.offsets[i + 1]! - a.offsets[i]!;
  const columns = b.offsets[j + 1]! - b.offsets[j]!;
  if (rows * columns < SMALLEST_SWEPT) return undefined;
  return warpingKernels()?.run("frechet", a, i, b, j, { ...UNLIMITED, limit: bound });
}

/** Whether walking both trajectories by the nearest next pair of points keeps every squared leash within a limit. */
function isGreedyLeashWithin(
  a: PreparedPoints,
  aStart: number,
  aEnd: number,
  b: PreparedPoints,
  bStart: number,
  bEnd: number,
  limit: number,
): boolean {
  let p = aStart;
  let q = bStart;
  while (p + 1 < aEnd && q + 1 < bEnd) {
    const both = squaredBetween(a, p + 1, b, q + 1);
    const onlyA = squaredBetween(a, p + 1, b, q);
    const onlyB = squaredBetween(a, p, b, q + 1);
    const nearest = Math.min(both, Math.min(onlyA, onlyB));
    if (nearest > limit) return false;
    if (nearest === both) {
      p++;
      q++;
    } else if (nearest === onlyA) {
      p++;
    } else {
      q++;
    }
  }
  // One trajectory has ended; the other walks on alone.
  for (; p + 1 < aEnd; p++) if (squaredBetween(a, p + 1, b, q) > limit) return false;
  for (; q + 1 < bEnd; q++) if (squaredBetween(a, p, b, q + 1) > limit) return false;
  return true;
}

/**
 * C(p, q) = max(d²(p, q), min(C(p−1, q), C(p, q−1), C(p−1, q−1))), two rows in one sweep: the lower row runs one column
 * behind the upper, and the two chains of comparisons overlap in the processor.
 */
function squaredFrechet(
  a: PreparedPoints,
  aStart: number,
  aEnd: number,
  b: PreparedPoints,
  bStart: number,
  bEnd: number,
  bound: number,
): number {
  const { x: ax, y: ay, z: az } = a;
  const { x: bx, y: by, z: bz } = b;
  const columns = bEnd - bStart;
  const row = rowBuffer(columns + 1);
  row.fill(Infinity, 0, columns + 1);
  row[0] = 0;
  let p = aStart;
  if ((aEnd - aStart) % 2 === 1) {
    // An odd number of rows: the first goes alone. Its cells have only a left neighbour.
    let left = 0;
    for (let q = 1; q <= columns; q++) {
      left = Math.max(squaredBetween(a, p, b, bStart + q - 1), left);
      row[q] = left;
    }
    row[0] = Infinity;
    p++;
  }
  for (; p < aEnd; p += 2) {
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
    let upper = Math.max(dx * dx + dy * dy + dz * dz, Math.min(row[0]!, diagonal));
    let lower = Infinity;
    let upperBefore = Infinity;
    let least = Infinity;
    row[0] = Infinity;
    for (let q = 2; q <= columns; q++) {
      dx = behindX - lowerX;
      dy = behindY - lowerY;
      dz = behindZ - lowerZ;
      lower = Math.max(dx * dx + dy * dy + dz * dz, Math.min(lower, Math.min(upperBefore, upper)));
      least = Math.min(least, lower);
      upperBefore = upper;
      row[q - 1] = lower;
      behindX = bx[bStart + q - 1]!;
      behindY = by[bStart + q - 1]!;
      behindZ = bz[bStart + q - 1]!;
      dx = behindX - upperX;
      dy = behindY - upperY;
      dz = behindZ - upperZ;
      const above = row[q]!;
      upper = Math.max(dx * dx + dy * dy + dz * dz, Math.min(upper, Math.min(diagonal, above)));
      diagonal = above;
    }
    dx = behindX - lowerX;
    dy = behindY - lowerY;
    dz = behindZ - lowerZ;
    lower = Math.max(dx * dx + dy * dy + dz * dz, Math.min(lower, Math.min(upperBefore, upper)));
    row[columns] = lower;
    // Every coupling passes through this row.
    if (Math.min(least, lower) > bound) return Infinity;
  }
  return row[columns]!;
}
