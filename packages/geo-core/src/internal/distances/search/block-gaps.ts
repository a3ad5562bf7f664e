import { BLOCK_POINTS, type PreparedPoints } from "../points.js";

/**
 * Distances between the boxes around each 8 points of a query and boxes of other trajectories, summed over the inner points:
 * what rows (or columns) of a warping path cost at least.
 */
export class BlockGaps {
  readonly #boxes: Float64Array;
  readonly #counts: Uint32Array;
  readonly #set: PreparedPoints;
  /** The least squared gap of each box of the other trajectory. */
  #columns = new Float64Array(64);

  constructor(query: PreparedPoints, set: PreparedPoints) {
    this.#boxes = query.boxes;
    this.#counts = innerCounts(query.offsets[1]!);
    this.#set = set;
  }

  /** Σ over the query's inner points of the gap to box `box`; given up once it exceeds `limit`. */
  toBox(boxes: Float64Array, box: number, limit: number): number {
    const own = this.#boxes;
    const counts = this.#counts;
    const at = 6 * box;
    const minX = boxes[at]!;
    const minY = boxes[at + 1]!;
    const minZ = boxes[at + 2]!;
    const maxX = boxes[at + 3]!;
    const maxY = boxes[at + 4]!;
    const maxZ = boxes[at + 5]!;
    let total = 0;
    for (let block = 0; block < counts.length && total <= limit; block++) {
      const from = 6 * block;
      const dx = gapOf(own[from]!, own[from + 3]!, minX, maxX);
      const dy = gapOf(own[from + 1]!, own[from + 4]!, minY, maxY);
      const dz = gapOf(own[from + 2]!, own[from + 5]!, minZ, maxZ);
      total += counts[block]! * Math.sqrt(dx * dx + dy * dy + dz * dz);
    }
    return total;
  }

  /**
   * The larger of the sums over the query's inner points and over those of trajectory `i`, box against box; given up once it
   * exceeds `limit`.
   */
  toBlocks(i: number, limit: number): number {
    const own = this.#boxes;
    const counts = this.#counts;
    const { boxes, blockOffsets, offsets } = this.#set;
    const first = blockOffsets[i]!;
    const others = blockOffsets[i + 1]! - first;
    if (this.#columns.length < others) this.#columns = new Float64Array(2 * others);
    const columns = this.#columns.fill(Infinity, 0, others);
    let rows = 0;
    for (let block = 0; block < counts.length && rows <= limit; block++) {
      const from = 6 * block;
      const minX = own[from]!;
      const minY = own[from + 1]!;
      const minZ = own[from + 2]!;
      const maxX = own[from + 3]!;
      const maxY = own[from + 4]!;
      const maxZ = own[from + 5]!;
      let least = Infinity;
      for (let other = 0; other < others; other++) {
        const at = 6 * (first + other);
        const dx = gapOf(minX, maxX, boxes[at]!, boxes[at + 3]!);
        const dy = gapOf(minY, maxY, boxes[at + 1]!, boxes[at + 4]!);
        const dz = gapOf(minZ, maxZ, boxes[at + 2]!, boxes[at + 5]!);
        const squared = dx * dx + dy * dy + dz * dz;
        if (squared < least) least = squared;
        if (squared < columns[other]!) columns[other] = squared;
      }
      rows += counts[block]! * Math.sqrt(least);
    }
    if (rows > limit) return rows;
    const count = offsets[i + 1]! - offsets[i]!;
    let sum = 0;
    for (let other = 0; other < others; other++) {
      if (columns[other]! > 0) sum += innerCount(other, count) * Math.sqrt(columns[other]!);
    }
    return Math.max(rows, sum);
  }
}

/** The distance between two intervals; 0 where they overlap. */
function gapOf(min: number, max: number, otherMin: number, otherMax: number): number {
  if (otherMin > max) return otherMin - max;
  return min > otherMax ? min - otherMax : 0;
}

/** How many inner points, neither first nor last, a block of `count` points holds. */
function innerCount(block: number, count: number): number {
  const from = Math.max(1, block * BLOCK_POINTS);
  return Math.max(0, Math.min(count - 1, (block + 1) * BLOCK_POINTS) - from);
}

function innerCounts(count: number): Uint32Array {
  return Uint32Array.from({ length: Math.ceil(count / BLOCK_POINTS) }, (_, block) =>
    innerCount(block, count),
  );
}
