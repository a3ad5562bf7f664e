import { type MatchRule, matchBlock, WORD_POINTS } from "./matches.js";
import { BLOCK_POINTS, type PreparedPoints } from "./points.js";
import { wordBuffer } from "./row-buffer.js";

/**
 * The number of edits (EDR) between trajectory `i` of `a` and trajectory `j` of `b`; both hold at least one point.
 *
 * D(p, q) = min(D(p−1, q−1) + [p does not match q], D(p−1, q) + 1, D(p, q−1) + 1), D(p, 0) = p, D(0, q) = q.
 *
 * Neighbouring cells differ by −1, 0 or 1, so 32 cells of a row fit in two words of signs and one step of 17 bit
 * operations advances them all (Myers 1999, "A fast bit-vector algorithm for approximate string matching", block form;
 * its argument uses only that a substitution costs 0 or 1, so any relation may say which points match).
 *
 * @param maxEdits more are reported as `Infinity`
 */
export function edrKernel(
  a: PreparedPoints,
  i: number,
  b: PreparedPoints,
  j: number,
  rule: MatchRule,
  maxEdits: number,
): number {
  const aStart = a.offsets[i]!;
  const aEnd = a.offsets[i + 1]!;
  const columns = b.offsets[j + 1]! - b.offsets[j]!;
  // Lengths alone take this many insertions or deletions.
  if (Math.abs(aEnd - aStart - columns) > maxEdits) return Infinity;
  const words = Math.ceil(columns / WORD_POINTS);
  // Word w: cells of columns 32w + 1 … 32w + 32 that exceed their left neighbour by 1, and that fall short of it by 1.
  const signs = wordBuffer(2 * words);
  for (let w = 0; w < words; w++) {
    signs[2 * w] = -1;
    signs[2 * w + 1] = 0;
  }
  const lastBit = (columns - 1) % WORD_POINTS;
  let edits = columns;
  let blockMatches = signs;
  for (let p = aStart; p < aEnd; p++) {
    const inBlock = (p - aStart) % BLOCK_POINTS;
    if (inBlock === 0) blockMatches = matchBlock(a, i, (p - aStart) / BLOCK_POINTS, b, j, rule);
    // The border column grows by 1 from row to row.
    let carryUp = 1;
    let carryDown = 0;
    for (let w = 0; w < words; w++) {
      const up = signs[2 * w]!;
      const down = signs[2 * w + 1]!;
      const matches = blockMatches[inBlock * words + w]!;
      const xv = matches | down;
      const eq = matches | carryDown;
      const xh = ((((eq & up) + up) | 0) ^ up) | eq;
      let grows = down | ~(xh | up);
      let shrinks = up & xh;
      const outBit = w === words - 1 ? lastBit : WORD_POINTS - 1;
      const growsOut = (grows >>> outBit) & 1;
      const shrinksOut = (shrinks >>> outBit) & 1;
      grows = (grows << 1) | carryUp;
      shrinks = (shrinks << 1) | carryDown;
      signs[2 * w] = shrinks | ~(xv | grows);
      signs[2 * w + 1] = grows & xv;
      carryUp = growsOut;
      carryDown = shrinksOut;
    }
    edits += carryUp - carryDown;
    // Each row to come can lower the last column by at most 1.
    if (edits - (aEnd - 1 - p) > maxEdits) return Infinity;
  }
  return edits <= maxEdits ? edits : Infinity;
}
