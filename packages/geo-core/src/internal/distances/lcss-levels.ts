import { advanceWord, countSteps } from "./lcss-kernel.js";
import { BLOCKS_PER_WORD, WORD_POINTS } from "./matches.js";
import { BLOCK_POINTS, type PreparedPoints, squaredGap } from "./points.js";
import { wordBuffer } from "./row-buffer.js";

/** Lengths of longest common subsequences at several thresholds, whose points are compared once: see `lcssKernel`. */
export class LcssLevels {
  /** Squared straight lines up to which points match, ascending. */
  readonly #limits: Float64Array;
  /** Bit k of word w of row r of each level: whether the levels up to it, and none before, let r match 32 w + k. */
  #matches = new Int32Array(1024);

  /** Pairs of points that each level matches and none before. */
  readonly #found: Uint32Array;

  constructor(limits: Float64Array) {
    this.#limits = limits;
    this.#found = new Uint32Array(limits.length);
  }

  /** Writes the length of trajectory `i` of `a` and `j` of `b` at each level; both hold at least one point. */
  lengths(a: PreparedPoints, i: number, b: PreparedPoints, j: number, out: Float64Array): void {
    const rows = a.offsets[i + 1]! - a.offsets[i]!;
    const columns = b.offsets[j + 1]! - b.offsets[j]!;
    const words = Math.ceil(columns / WORD_POINTS);
    const size = rows * words;
    this.#compare(a, i, b, j, words, size);
    const matches = this.#matches;
    const steps = wordBuffer(words);
    const longest = Math.min(rows, columns);
    let length = 0;
    let found = 0;
    for (let level = 0; level < this.#limits.length; level++) {
      const start = level * size;
      // What matches at a lower threshold matches at a higher one.
      if (level > 0) for (let at = 0; at < size; at++) matches[start + at]! |= matches[start - size + at]!;
      found += this.#found[level]!;
      // Without matches there is no length; none falls, and none is above that of the shorter trajectory.
      if (found > 0 && length < longest) length = lengthOf(steps, matches, start, rows, words);
      out[level] = length;
    }
  }

  #compare(a: PreparedPoints, i: number, b: PreparedPoints, j: number, words: number, size: number): void {
    const limits = this.#limits;
    const widest = limits[limits.length - 1]!;
    if (this.#matches.length < limits.length * size) this.#matches = new Int32Array(2 * limits.length * size);
    this.#matches.fill(0, 0, limits.length * size);
    this.#found.fill(0);
    const [aStart, aEnd] = [a.offsets[i]!, a.offsets[i + 1]!];
    const [bStart, bEnd] = [b.offsets[j]!, b.offsets[j + 1]!];
    const [aBox, bBox] = [a.blockOffsets[i]!, b.blockOffsets[j]!];
    for (let from = aStart, block = 0; from < aEnd; from += BLOCK_POINTS, block++) {
      const to = Math.min(aEnd, from + BLOCK_POINTS);
      for (let column = bStart, other = 0; column < bEnd; column += BLOCK_POINTS, other++) {
        if (squaredGap(a.boxes, 6 * (aBox + block), b.boxes, 6 * (bBox + other)) > widest) continue;
        const end = Math.min(bEnd, column + BLOCK_POINTS);
        const word = Math.floor(other / BLOCKS_PER_WORD);
        const shift = (other % BLOCKS_PER_WORD) * BLOCK_POINTS;
        for (let p = from; p < to; p++) {
          this.#compareRow(a, p, b, column, end, (p - aStart) * words + word, shift, size);
        }
      }
    }
  }

  #compareRow(
    a: PreparedPoints,
    p: number,
    b: PreparedPoints,
    from: number,
    to: number,
    at: number,
    shift: number,
    size: number,
  ): void {
    const limits = this.#limits;
    const matches = this.#matches;
    const found = this.#found;
    const top = limits.length - 1;
    const widest = limits[top]!;
    const { x, y, z } = b;
    const [px, py, pz] = [a.x[p]!, a.y[p]!, a.z[p]!];
    for (let q = from; q < to; q++) {
      const dx = x[q]! - px;
      const dy = y[q]! - py;
      const dz = z[q]! - pz;
      const squared = dx * dx + dy * dy + dz * dz;
      if (!(squared <= widest)) continue;
      let level = top;
      while (level > 0 && squared <= limits[level - 1]!) level--;
      found[level]!++;
      matches[level * size + at]! |= 1 << (shift + q - from);
    }
  }
}

function lengthOf(
  steps: Int32Array,
  matches: Int32Array,
  start: number,
  rows: number,
  words: number,
): number {
  steps.fill(-1, 0, words);
  for (let row = 0; row < rows; row++) {
    const from = start + row * words;
    let carry = 0;
    for (let w = 0; w < words; w++) carry = advanceWord(steps, w, matches[from + w]!, carry);
  }
  return countSteps(steps, words);
}
