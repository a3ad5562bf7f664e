import { LEAF } from "./packed-tree.js";
import { TwoMeans } from "./two-means.js";

/** Most objects of a leaf. */
export const LEAF_SIZE = 96;
/** Children of a node if all were as large as they may be; uneven splits make more, up to the second number. */
const FANOUT = 16;
const MOST_CHILDREN = 48;
const SAMPLE = 64;

/** The nodes of a tree, before they are copied into its buffer. */
export interface Nodes {
  readonly count: number;
  readonly boxes: Float32Array;
  readonly starts: Uint32Array;
  readonly counts: Uint32Array;
}

/**
 * Sorts rows into a tree by splitting, again and again, where it narrows the score most.
 *
 * A node that is w wide in space (as a share of the whole extent) leaves the proximity open by about w, and is weighed as
 * `spaceWeight` · w. Its vectors leave the cosine, 1 − chord²/2, open by the sum V of their variances; one cut takes away
 * about the variance v along the widest axis only, but may be the first of several that together tell clusters apart. So
 * meaning is weighed as √6 · V^¾ v^¼, by measurement. Meaning is split between clusters where
 * {@link TwoMeans} finds them apart; otherwise the widest axis is halved at its median.
 */
export class Partition {
  readonly #length: number;
  readonly #rows: Float32Array;
  /** The same rows, two floats at a time: moving them takes half the steps. No row holds NaN, so none is altered. */
  readonly #pairs: Float64Array;
  readonly #order: Uint32Array;
  readonly #spaceWeight: number;
  readonly #onLeaf: (objects: number) => void;
  readonly #leafSize: number;
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  readonly #twoMeans: TwoMeans;
  readonly #sample = new Float64Array(SAMPLE);
  #extent = 0;
  #boxes: Float32Array;
  #starts: Uint32Array;
  #counts: Uint32Array;
  #nodeCount = 1;

  /**
   * @param rows [count, length], reordered in place
   * @param order an object number a row, reordered likewise
   */
  constructor(
    rows: Float32Array,
    order: Uint32Array,
    length: number,
    spaceWeight: number,
    onLeaf: (objects: number) => void,
    leafSize = LEAF_SIZE,
  ) {
    this.#rows = rows;
    this.#pairs = new Float64Array(rows.buffer, rows.byteOffset, rows.length / 2);
    this.#order = order;
    this.#length = length;
    this.#spaceWeight = spaceWeight;
    this.#onLeaf = onLeaf;
    this.#leafSize = leafSize;
    this.#twoMeans = new TwoMeans(rows, length);
    this.#sums = new Float64Array(length);
    this.#squares = new Float64Array(length);
    const capacity = Math.ceil((2 * order.length) / leafSize) + 16;
    this.#boxes = new Float32Array(capacity * 2 * length);
    this.#starts = new Uint32Array(capacity);
    this.#counts = new Uint32Array(capacity);
  }

  run(): Nodes {
    const count = this.#order.length;
    // The root's box, for the widest of its three spatial extents; 1 where there is none.
    this.#boundRows(0, 0, count);
    const [lowX, lowY, lowZ] = this.#boxes;
    const [highX, highY, highZ] = this.#boxes.subarray(this.#length);
    this.#extent = Math.max(highX! - lowX!, highY! - lowY!, highZ! - lowZ!) || 1;
    this.#build(0, 0, count);
    return {
      count: this.#nodeCount,
      boxes: this.#boxes,
      starts: this.#starts,
      counts: this.#counts,
    };
  }

  /** Makes `node` of the rows in [begin, end), its children after it. */
  #build(node: number, begin: number, end: number): void {
    if (end - begin <= this.#leafSize) {
      this.#starts[node] = begin;
      this.#counts[node] = ((end - begin) | LEAF) >>> 0;
      this.#boundRows(node, begin, end);
      this.#onLeaf(end - begin);
      return;
    }
    const bounds = this.#children(begin, end);
    const first = this.#nodeCount;
    const children = bounds.length - 1;
    this.#nodeCount += children;
    this.#reserve();
    this.#starts[node] = first;
    this.#counts[node] = children;
    for (let c = 0; c < children; c++) this.#build(first + c, bounds[c]!, bounds[c + 1]!);
    this.#boundChildren(node, first, children);
  }

  /**
   * Splits [begin, end), always its largest part, until every part fits a child one level lower: a full leaf, or a node of
   * {@link FANOUT} children that do. So nodes are full at the bottom, where most of them are. Returns the parts' limits.
   */
  #children(begin: number, end: number): number[] {
    let largest = this.#leafSize;
    while (largest * FANOUT < end - begin) largest *= FANOUT;
    const bounds = [begin, end];
    while (bounds.length <= MOST_CHILDREN) {
      let widest = 0;
      for (let c = 1; c + 1 < bounds.length; c++) {
        if (bounds[c + 1]! - bounds[c]! > bounds[widest + 1]! - bounds[widest]!) widest = c;
      }
      const from = bounds[widest]!;
      const to = bounds[widest + 1]!;
      if (to - from <= largest) break;
      bounds.splice(widest + 1, 0, this.#split(from, to));
    }
    return bounds;
  }

  #split(begin: number, end: number): number {
    const axis = this.#chooseAxis(begin, end);
    if (axis >= 4 && this.#twoMeans.fit(begin, end)) {
      const middle = this.#partitionByMeaning(begin, end);
      if (middle > begin && middle < end) return middle;
    }
    const median = this.#sampleMedian(begin, end, axis);
    // With many equal values one side can be nearly empty: then try the other side of the median, then any halves.
    const least = (end - begin) >> 4;
    let middle = this.#partition(begin, end, axis, median);
    if (middle - begin < least) middle = this.#partition(begin, end, axis, nextFloat(median));
    if (middle - begin < least || end - middle < least || middle === begin || middle === end) {
      middle = (begin + end) >> 1;
    }
    return middle;
  }

  /** The axis whose spread leaves the score open most, estimated from a sample. */
  #chooseAxis(begin: number, end: number): number {
    const length = this.#length;
    const rows = this.#rows;
    const sums = this.#sums.fill(0);
    const squares = this.#squares.fill(0);
    const sampled = Math.min(SAMPLE, end - begin);
    const step = (end - begin) / sampled;
    for (let s = 0; s < sampled; s++) {
      const row = Math.floor(begin + s * step) * length;
      for (let j = 0; j < length; j++) {
        const x = rows[row + j]!;
        sums[j]! += x;
        squares[j]! += x * x;
      }
    }
    let spaceAxis = 0;
    let meaningAxis = 4;
    let total = 0;
    for (let j = 0; j < length; j++) {
      const mean = sums[j]! / sampled;
      // From here on the squares hold variances.
      squares[j] = Math.max(0, squares[j]! / sampled - mean * mean);
      if (j < 4) {
        if (squares[j]! > squares[spaceAxis]!) spaceAxis = j;
      } else {
        total += squares[j]!;
        if (squares[j]! > squares[meaningAxis]!) meaningAxis = j;
      }
    }
    // A uniform distribution of variance v is √(12 v) wide.
    const space = (this.#spaceWeight * Math.sqrt(12 * squares[spaceAxis]!)) / this.#extent;
    const meaning = Math.sqrt(6 * total * Math.sqrt(squares[meaningAxis]! * total));
    // Not `space >= meaning`: rows of space only have no meaning, and here NaN.
    return meaning > space ? meaningAxis : spaceAxis;
  }

  #sampleMedian(begin: number, end: number, axis: number): number {
    const sampled = Math.min(SAMPLE, end - begin);
    const step = (end - begin) / sampled;
    for (let s = 0; s < sampled; s++) {
      this.#sample[s] = this.#rows[Math.floor(begin + s * step) * this.#length + axis]!;
    }
    return this.#sample.subarray(0, sampled).sort()[sampled >> 1]!;
  }

  /** Moves rows with a value below `limit` to the front. Returns how far they reach. */
  #partition(begin: number, end: number, axis: number, limit: number): number {
    const rows = this.#rows;
    const length = this.#length;
    let low = begin;
    let high = end - 1;
    for (;;) {
      while (low <= high && rows[low * length + axis]! < limit) low++;
      while (low <= high && rows[high * length + axis]! >= limit) high--;
      if (low >= high) return low;
      this.#swap(low++, high--);
    }
  }

  /** Moves rows that {@link TwoMeans} calls low to the front. Returns how far they reach. */
  #partitionByMeaning(begin: number, end: number): number {
    const cut = this.#twoMeans;
    let low = begin;
    let high = end - 1;
    for (;;) {
      while (low <= high && cut.isLow(low)) low++;
      while (low <= high && !cut.isLow(high)) high--;
      if (low >= high) return low;
      this.#swap(low++, high--);
    }
  }

  #swap(a: number, b: number): void {
    const pairs = this.#pairs;
    const half = this.#length >> 1;
    for (let i = a * half, j = b * half, stop = i + half; i < stop; i++, j++) {
      const kept = pairs[i]!;
      pairs[i] = pairs[j]!;
      pairs[j] = kept;
    }
    const object = this.#order[a]!;
    this.#order[a] = this.#order[b]!;
    this.#order[b] = object;
  }

  #boundRows(node: number, begin: number, end: number): void {
    const length = this.#length;
    const low = node * 2 * length;
    // A tree without objects has a root without extent.
    if (begin === end) return;
    const box = this.#boxes;
    const rows = this.#rows;
    for (let j = 0; j < length; j++) box[low + j] = box[low + length + j] = rows[begin * length + j]!;
    for (let row = (begin + 1) * length; row < end * length; row += length) {
      for (let j = 0; j < length; j++) {
        const x = rows[row + j]!;
        if (x < box[low + j]!) box[low + j] = x;
        if (x > box[low + length + j]!) box[low + length + j] = x;
      }
    }
  }

  #boundChildren(node: number, first: number, children: number): void {
    const length = this.#length;
    const box = this.#boxes;
    const low = node * 2 * length;
    box.copyWithin(low, first * 2 * length, (first + 1) * 2 * length);
    for (let c = first + 1; c < first + children; c++) {
      const child = c * 2 * length;
      for (let j = 0; j < length; j++) {
        box[low + j] = Math.min(box[low + j]!, box[child + j]!);
        box[low + length + j] = Math.max(box[low + length + j]!, box[child + length + j]!);
      }
    }
  }

  #reserve(): void {
    if (this.#nodeCount <= this.#starts.length) return;
    const capacity = 2 * this.#nodeCount;
    this.#boxes = grown(this.#boxes, new Float32Array(capacity * 2 * this.#length));
    this.#starts = grown(this.#starts, new Uint32Array(capacity));
    this.#counts = grown(this.#counts, new Uint32Array(capacity));
  }
}

function grown<T extends Float32Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** A float32 value's upper neighbour, or nearly so: `x < nextFloat(y)` is `x ≤ y` for float32 x. */
function nextFloat(value: number): number {
  return value + Math.max(Math.abs(value) * 2 ** -25, 1e-46);
}
