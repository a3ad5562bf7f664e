import type { PackedTree } from "./packed-tree.js";

const FANOUT = 16;
/** Morton cells a side: twelve bits. */
const CELLS = 4096;
/** Numbers of objects that a sort key has room for beside the 24 bits of a Morton code. */
const OBJECTS = 2 ** 29;

/**
 * A second, purely spatial tree over a tree's objects: for questions of distance alone, which the blended tree answers
 * slowly because its nodes also divide meaning. Objects are sorted along a Morton curve and packed bottom-up, sixteen a
 * node. Made when first asked for; four and a half bytes an object, never stored.
 */
export class SpaceIndex {
  /** Slots in the curve's order. */
  readonly order: Uint32Array;
  /** [count, 3]: spatial keys in the same order, so that neighbours share cache lines. */
  readonly #points: Float32Array;
  /** Level 0 bounds sixteen objects a box, level 1 sixteen boxes of level 0, and so on up to one box. */
  readonly #levels: Float32Array[] = [];

  constructor(tree: PackedTree) {
    this.order = mortonOrder(tree);
    this.#points = pointsInOrder(tree, this.order);
    let children = tree.count;
    let below: Float32Array | undefined;
    do {
      below = boundBoxes(below ?? this.#points, below === undefined ? 3 : 6, children);
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
  cornerReach(level: number, index: number, x: number, y: number, z: number): number {
    const boxes = this.#levels[level]!;
    const low = 6 * index;
    const dx = Math.max(Math.abs(x - boxes[low]!), Math.abs(x - boxes[low + 3]!));
    const dy = Math.max(Math.abs(y - boxes[low + 1]!), Math.abs(y - boxes[low + 4]!));
    const dz = Math.max(Math.abs(z - boxes[low + 2]!), Math.abs(z - boxes[low + 5]!));
    return dx * dx + dy * dy + dz * dz;
  }

  /** The squared key distance of the i-th object in {@link order}. */
  pointReach(i: number, x: number, y: number, z: number): number {
    const dx = x - this.#points[3 * i]!;
    const dy = y - this.#points[3 * i + 1]!;
    const dz = z - this.#points[3 * i + 2]!;
    return dx * dx + dy * dy + dz * dz;
  }
}

function pointsInOrder({ rows, layout }: PackedTree, order: Uint32Array): Float32Array {
  const points = new Float32Array(3 * order.length);
  for (let i = 0; i < order.length; i++) {
    const row = order[i]! * layout.rowFloats;
    for (let j = 0; j < 3; j++) points[3 * i + j] = rows[row + j]!;
  }
  return points;
}

/** Boxes around every sixteen entries of a level: points (stride 3) or boxes (stride 6). */
function boundBoxes(below: Float32Array, stride: number, count: number): Float32Array {
  const boxes = new Float32Array(6 * Math.ceil(count / FANOUT));
  for (let i = 0; i < count; i++) {
    const high = stride * i + stride - 3;
    widen(boxes, Math.floor(i / FANOUT), i % FANOUT === 0, below, stride * i, high);
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

/** Slots by the Morton code of their positions. */
function mortonOrder({ positions, count, frame }: PackedTree): Uint32Array {
  const [lowX, lowY, width] = frame.planar
    ? [frame.centerX - frame.scale, frame.centerY - frame.scale, 2 * frame.scale]
    : [-180, -180, 360];
  const cellOf = (x: number, low: number): number => {
    return spread(Math.max(0, Math.min(CELLS - 1, Math.floor(((x - low) / width) * CELLS))));
  };
  // Code and slot in one float64, which holds 53 bits exactly: such arrays are sorted natively.
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const code = cellOf(positions[2 * i]!, lowX) + 2 * cellOf(positions[2 * i + 1]!, lowY);
    keys[i] = code * OBJECTS + i;
  }
  const order = new Uint32Array(count);
  keys.sort().forEach((key, place) => {
    order[place] = key % OBJECTS;
  });
  return order;
}

/** Puts a zero bit before each of twelve bits. */
function spread(bits: number): number {
  let x = bits;
  x = (x | (x << 8)) & 0x00ff00ff;
  x = (x | (x << 4)) & 0x0f0f0f0f;
  x = (x | (x << 2)) & 0x33333333;
  return (x | (x << 1)) & 0x55555555;
}
