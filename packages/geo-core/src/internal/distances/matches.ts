import { BLOCK_POINTS, type PreparedPoints, squaredDistanceToBox } from "./points.js";

/** Points of one 32-bit word of matches. */
export const WORD_POINTS = 32;

/** When two points match: see `PointMatching` of the public functions. */
export interface MatchRule {
  /** Squared straight line up to which points match; where `perAxis`, the difference itself. */
  readonly limit: number;
  readonly perAxis: boolean;
}

/**
 * The matches of point `p` of `a` with 32 points of trajectory `j` of `b`: bit k is set where p matches point
 * 32 `word` + k. Blocks whose box is out of reach are passed over.
 */
export function matchWord(
  a: PreparedPoints,
  p: number,
  b: PreparedPoints,
  j: number,
  word: number,
  { limit, perAxis }: MatchRule,
): number {
  const { boxes } = b;
  const px = a.x[p]!;
  const py = a.y[p]!;
  const pz = a.z[p]!;
  const first = b.offsets[j]! + word * WORD_POINTS;
  const end = Math.min(b.offsets[j + 1]!, first + WORD_POINTS);
  // A difference within the limit on both axes is within √2 of it on the plane.
  const reach = perAxis ? 2 * limit * limit * (1 + 1e-9) : limit;
  let box = 6 * (b.blockOffsets[j]! + word * (WORD_POINTS / BLOCK_POINTS));
  let bits = 0;
  for (let from = first; from < end; from += BLOCK_POINTS, box += 6) {
    if (squaredDistanceToBox(boxes, box, px, py, pz) > reach) continue;
    const to = Math.min(end, from + BLOCK_POINTS);
    const shift = from - first;
    bits |=
      (perAxis ? axisBits(b, from, to, px, py, limit) : distanceBits(b, from, to, px, py, pz, limit)) <<
      shift;
  }
  return bits;
}

function distanceBits(
  b: PreparedPoints,
  from: number,
  to: number,
  px: number,
  py: number,
  pz: number,
  limit: number,
): number {
  const { x, y, z } = b;
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
  b: PreparedPoints,
  from: number,
  to: number,
  px: number,
  py: number,
  limit: number,
): number {
  const { x, y } = b;
  let bits = 0;
  for (let q = from; q < to; q++) {
    if (Math.abs(x[q]! - px) <= limit && Math.abs(y[q]! - py) <= limit) bits |= 1 << (q - from);
  }
  return bits;
}
