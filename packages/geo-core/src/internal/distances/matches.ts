import { BLOCK_POINTS, type PreparedPoints, squaredGap } from "./points.js";

/** Points of one 32-bit word of matches. */
export const WORD_POINTS = 32;
/** Blocks of points in one word of matches. */
export const BLOCKS_PER_WORD = WORD_POINTS / BLOCK_POINTS;

/** When two points match: see `PointMatching` of the public functions. */
export interface MatchRule {
  /** Squared straight line up to which points match; where `perAxis`, the difference itself. */
  readonly limit: number;
  readonly perAxis: boolean;
}

let buffer = new Int32Array(1024);

/**
 * The matches of one block of trajectory `i` of `a` (up to 8 points) with all of trajectory `j` of `b`: bit k of word w
 * of row r is set where the block's point r matches point 32 w + k.
 *
 * Pairs of blocks whose boxes are out of reach are passed over, 64 cells at a time.
 *
 * @returns row-major, `[8 × ⌈m / 32⌉]`, valid until the next call
 */
export function matchBlock(
  a: PreparedPoints,
  i: number,
  block: number,
  b: PreparedPoints,
  j: number,
  { limit, perAxis }: MatchRule,
): Int32Array {
  const aStart = a.offsets[i]! + block * BLOCK_POINTS;
  const aEnd = Math.min(a.offsets[i + 1]!, aStart + BLOCK_POINTS);
  const bStart = b.offsets[j]!;
  const bEnd = b.offsets[j + 1]!;
  const words = Math.ceil((bEnd - bStart) / WORD_POINTS);
  if (buffer.length < BLOCK_POINTS * words) buffer = new Int32Array(2 * BLOCK_POINTS * words);
  const rows = buffer;
  rows.fill(0, 0, BLOCK_POINTS * words);
  // A difference within the limit on both axes is within √2 of it on the plane.
  const reach = perAxis ? 2 * limit * limit * (1 + 1e-9) : limit;
  const firstBox = b.blockOffsets[j]!;
  const blocks = b.blockOffsets[j + 1]! - firstBox;
  const aBox = 6 * (a.blockOffsets[i]! + block);
  for (let other = 0; other < blocks; other++) {
    if (squaredGap(a.boxes, aBox, b.boxes, 6 * (firstBox + other)) > reach) continue;
    const from = bStart + other * BLOCK_POINTS;
    const to = Math.min(bEnd, from + BLOCK_POINTS);
    const word = Math.floor(other / BLOCKS_PER_WORD);
    const shift = (other % BLOCKS_PER_WORD) * BLOCK_POINTS;
    for (let p = aStart; p < aEnd; p++) {
      const bits = perAxis ? axisBits(a, p, b, from, to, limit) : distanceBits(a, p, b, from, to, limit);
      const at = (p - aStart) * words + word;
      rows[at] = rows[at]! | (bits << shift);
    }
  }
  return rows;
}

function distanceBits(
  a: PreparedPoints,
  p: number,
  b: PreparedPoints,
  from: number,
  to: number,
  limit: number,
): number {
  const { x, y, z } = b;
  const px = a.x[p]!;
  const py = a.y[p]!;
  const pz = a.z[p]!;
  let bits = 0;
  for (let q = from; q < to; q++) {
    const dx = x[q]! - px;
    const dy = y[q]! - py;
    const dz = z[q]! - pz;
    if (dx * dx + dy * dy + dz * dz <= limit) bits |= 1 << (q - from);
  }
  return bits;
}

function axisBits(
  a: PreparedPoints,
  p: number,
  b: PreparedPoints,
  from: number,
  to: number,
  limit: number,
): number {
  const { x, y } = b;
  const px = a.x[p]!;
  const py = a.y[p]!;
  let bits = 0;
  for (let q = from; q < to; q++) {
    if (Math.abs(x[q]! - px) <= limit && Math.abs(y[q]! - py) <= limit) bits |= 1 << (q - from);
  }
  return bits;
}
