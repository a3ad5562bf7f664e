import type { PackedTree } from "./packed-tree.js";

const FANOUT = 16;
const CELLS = 65535;
const RADIX_BITS = 11;

/**
 * A second, purely spatial tree over a tree's objects: for questions of distance alone, which the blended tree answers
 * slowly because its nodes also divide meaning. Objects are sorted along a Morton curve and packed bottom-up, sixteen a
 * node. Made when first asked for; four and a half bytes an object, never stored.
 */
export class SpaceIndex {
  /** Slots in the curve's order. */
  readonly order: Uint32Array;
  /** Level 0 bounds sixteen objects a box, level 1 sixteen boxes of level 0, and so on up to one box. */
  readonly #levels: Float32Array[] = [];

  constructor(tree: PackedTree) {
    this.order = mortonOrder(tree);
    let children = tree.count;
    let below: Float32Array | undefined;
    do {
      below = below === undefined ? boundObjects(tree, this.order) : boundBoxes(below, children);
      this.#levels.push(below);
      children = Math.ceil(children / FANOUT);
    } while (children > 1);
  }

  get top(): number {
    return this.#levels.length - 1;
  }

  /** How many boxes (or, below level 0, objects) there are on a level. */
  #size(level: number): number {
    return level < 0 ? this.order.length : this.#levels[level]!.length / 6;
  }

  /** The boxes on the level below (level −1: objects, in {@link order}) that box `index` holds: [begin, end). */
  children(level: number, index: number): [begin: number, end: number] {
    const begin = index * FANOUT;
    return [begin, Math.min(begin + FANOUT, this.#size(level - 1))];
  }

  /** The squared key distance of a box's farthest corner. */
  cornerReach(level: number, index: number, key: Float64Array): number {
    const boxes = this.#levels[level]!;
    const low = 6 * index;
    let squares = 0;
    for (let j = 0; j < 3; j++) {
      const gap = Math.max(Math.abs(key[j]! - boxes[low + j]!), Math.abs(key[j]! - boxes[low + 3 + j]!));
      squares += gap * gap;
    }
    return squares;
  }
}

function boundObjects({ rows, layout }: PackedTree, order: Uint32Array): Float32Array {
  const boxes = new Float32Array(6 * Math.ceil(order.length / FANOUT));
  for (let i = 0; i < order.length; i++) {
    const row = order[i]! * layout.rowFloats;
    widen(boxes, Math.floor(i / FANOUT), i % FANOUT === 0, rows, row, row);
  }
  return boxes;
}

function boundBoxes(below: Float32Array, count: number): Float32Array {
  const boxes = new Float32Array(6 * Math.ceil(count / FANOUT));
  for (let i = 0; i < count; i++) {
    widen(boxes, Math.floor(i / FANOUT), i % FANOUT === 0, below, 6 * i, 6 * i + 3);
  }
  return boxes;
}

/** Widens a box by the corners at `low` and `high` of `from`; the first ones make it. */
function widen(
  boxes: Float32Array,
  box: number,
  isFirst: boolean,
  from: Float32Array,
  low: number,
  high: number,
): void {
  const at = 6 * box;
  for (let j = 0; j < 3; j++) {
    const least = from[low + j]!;
    const most = from[high + j]!;
    boxes[at + j] = isFirst ? least : Math.min(boxes[at + j]!, least);
    boxes[at + 3 + j] = isFirst ? most : Math.max(boxes[at + 3 + j]!, most);
  }
}

/** Slots by the Morton code of their positions, sixteen bits a coordinate. */
function mortonOrder({ positions, count, frame }: PackedTree): Uint32Array {
  const [lowX, lowY, width] = frame.planar
    ? [frame.centerX - frame.scale, frame.centerY - frame.scale, 2 * frame.scale]
    : [-180, -180, 360];
  const codes = new Uint32Array(count);
  const order = new Uint32Array(count);
  const cellOf = (x: number, low: number): number => {
    return Math.max(0, Math.min(CELLS, Math.floor(((x - low) / width) * CELLS)));
  };
  for (let i = 0; i < count; i++) {
    codes[i] = spread(cellOf(positions[2 * i]!, lowX)) | (spread(cellOf(positions[2 * i + 1]!, lowY)) << 1);
    order[i] = i;
  }
  return radixSort(codes, order);
}

/** Puts a zero bit before each of sixteen bits. */
function spread(bits: number): number {
  let x = bits;
  x = (x | (x << 8)) & 0x00ff00ff;
  x = (x | (x << 4)) & 0x0f0f0f0f;
  x = (x | (x << 2)) & 0x33333333;
  return (x | (x << 1)) & 0x55555555;
}

/** Sorts `items` by `codes`, eleven bits at a time. Both are scratch afterwards. */
function radixSort(codes: Uint32Array, items: Uint32Array): Uint32Array {
  let fromCodes = codes;
  let fromItems = items;
  let toCodes: Uint32Array = new Uint32Array(codes.length);
  let toItems: Uint32Array = new Uint32Array(codes.length);
  const mask = (1 << RADIX_BITS) - 1;
  for (let shift = 0; shift < 32; shift += RADIX_BITS) {
    const starts = new Uint32Array(mask + 2);
    for (const code of fromCodes) starts[((code >>> shift) & mask) + 1]!++;
    for (let d = 0; d <= mask; d++) starts[d + 1]! += starts[d]!;
    for (let i = 0; i < fromCodes.length; i++) {
      const code = fromCodes[i]!;
      const place = starts[(code >>> shift) & mask]!++;
      toCodes[place] = code;
      toItems[place] = fromItems[i]!;
    }
    [fromCodes, toCodes] = [toCodes, fromCodes];
    [fromItems, toItems] = [toItems, fromItems];
  }
  return fromItems;
}
