import { type MatchRule, matchBlock, WORD_POINTS } from "./matches.js";
import { BLOCK_POINTS, type PreparedPoints } from "./points.js";
import { wordBuffer } from "./row-buffer.js";

const WORD_RANGE = 2 ** WORD_POINTS;

/**
 * The length of the longest common subsequence of trajectory `i` of `a` and trajectory `j` of `b`; both hold at least
 * one point.
 *
 * L(p, q) = L(p−1, q−1) + 1 where p matches q, else max(L(p−1, q), L(p, q−1)).
 *
 * A row never decreases and steps by 0 or 1: one bit a cell, clear where it steps. With M the matches of p, a row
 * follows from V′ = (V + (V ∧ M)) ∨ (V ∧ ¬M), 32 cells at a time, the sum carrying from word to word (Hyyrö 2004,
 * "Bit-parallel LCS-length computation revisited").
 *
 * @param delta points further apart than this in index never match; `Infinity` for no limit
 * @param minLength a smaller length is reported as −1
 */
export function lcssKernel(
  a: PreparedPoints,
  i: number,
  b: PreparedPoints,
  j: number,
  rule: MatchRule,
  delta: number,
  minLength: number,
): number {
  const rows = a.offsets[i + 1]! - a.offsets[i]!;
  const columns = b.offsets[j + 1]! - b.offsets[j]!;
  if (Math.min(rows, columns) < minLength) return -1;
  const words = Math.ceil(columns / WORD_POINTS);
  const steps = wordBuffer(words);
  steps.fill(-1, 0, words);
  let rowsWithMatches = 0;
  let blockMatches = steps;
  for (let p = 0; p < rows; p++) {
    const inBlock = p % BLOCK_POINTS;
    if (inBlock === 0) blockMatches = matchBlock(a, i, p / BLOCK_POINTS, b, j, rule);
    let carry = 0;
    let anyMatch = 0;
    for (let w = 0; w < words; w++) {
      let matches = blockMatches[inBlock * words + w]!;
      if (delta !== Infinity) matches &= bandBits(p - delta - w * WORD_POINTS, p + delta - w * WORD_POINTS);
      anyMatch |= matches;
      carry = advanceWord(steps, w, matches, carry);
    }
    if (anyMatch !== 0) rowsWithMatches++;
    // A row lengthens the subsequence by at most 1, and only where it has a match.
    if (rowsWithMatches + (rows - 1 - p) < minLength) return -1;
  }
  const length = countSteps(steps, words);
  return length >= minLength ? length : -1;
}

/** A row's next word of steps, in place. @returns what is carried to the word after it */
export function advanceWord(steps: Int32Array, w: number, matches: number, carry: number): number {
  const before = steps[w]!;
  const sum = (before >>> 0) + ((before & matches) >>> 0) + carry;
  steps[w] = sum | 0 | (before & ~matches);
  return sum >= WORD_RANGE ? 1 : 0;
}

/** The length that a row's steps amount to. Bits beyond the last column match nothing and stay set. */
export function countSteps(steps: Int32Array, words: number): number {
  let length = 0;
  for (let w = 0; w < words; w++) length += countBits(~steps[w]!);
  return length;
}

/** Bits `low` … `high` of a word, where they lie inside it. */
function bandBits(low: number, high: number): number {
  if (high < 0 || low >= WORD_POINTS) return 0;
  const from = low <= 0 ? -1 : -1 << low;
  const to = high >= WORD_POINTS - 1 ? -1 : ~(-1 << (high + 1));
  return from & to;
}

function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
