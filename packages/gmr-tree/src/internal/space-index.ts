import { EARTH_RADIUS_METERS } from "@wayweave/geo-core/foundation";
import type { PackedTree, TreeFrame } from "./packed-tree.js";
import { type Nodes, Partition } from "./partition.js";

/** Floats of a row that are space. */
const SPACE = 4;
/** Few, since they are looked at one by one, and boxes of four floats are soon bounded. */
const LEAF_SIZE = 16;

/** The distance between keys of places this far from each other. */
export function chordOf({ planar, scale }: TreeFrame, distance: number): number {
  return planar ? distance / scale : 2 * Math.sin(Math.min(Math.PI, distance / EARTH_RADIUS_METERS) / 2);
}

/**
 * A second tree over a tree's objects that divides space only: for δmax, which the blended tree finds slowly because its
 * nodes also divide meaning. Made when first asked for; some 24 bytes an object, never stored.
 */
export class SpaceIndex {
  /** Slots in the order of {@link rows}. */
  readonly order: Uint32Array;
  /** [count, 4] */
  readonly rows: Float32Array;
  readonly nodes: Nodes;
  readonly #planar: boolean;

  constructor({ rows, layout, count, frame }: PackedTree) {
    this.#planar = frame.planar;
    this.order = Uint32Array.from({ length: count }, (_, slot) => slot);
    this.rows = new Float32Array(SPACE * count);
    for (let slot = 0; slot < count; slot++) {
      const row = slot * layout.rowFloats;
      for (let j = 0; j < SPACE; j++) this.rows[SPACE * slot + j] = rows[row + j]!;
    }
    this.nodes = new Partition(this.rows, this.order, SPACE, 1, () => {}, LEAF_SIZE).run();
  }

  get byteLength(): number {
    const { boxes, starts, counts } = this.nodes;
    return [this.order, this.rows, boxes, starts, counts].reduce((sum, each) => sum + each.byteLength, 0);
  }

  /** A lower bound, but for rounding, of the squared distances from a key to the objects of a node. */
  nodeGap(node: number, key: Float64Array): number {
    const { boxes } = this.nodes;
    const low = 2 * SPACE * node;
    let squares = 0;
    for (let j = 0; j < 3; j++) {
      const gap = Math.max(boxes[low + j]! - key[j]!, key[j]! - boxes[low + SPACE + j]!, 0);
      squares += gap * gap;
    }
    return squares;
  }

  /**
   * An upper bound of the squared distances from a key to the objects of a node.
   *
   * On the plane that of the farthest corner, which on the sphere would lie outside it. There |p − q|² = 2 − 2 p·q, which is
   * tight far from q's antipode, and 4 − |p − (−q)|², which is tight near it.
   */
  nodeReach(node: number, key: Float64Array): number {
    const { boxes } = this.nodes;
    const low = 2 * SPACE * node;
    let product = 0;
    let squares = 0;
    let gaps = 0;
    for (let j = 0; j < 3; j++) {
      const x = key[j]!;
      const from = boxes[low + j]!;
      const to = boxes[low + SPACE + j]!;
      product += Math.min(x * from, x * to);
      squares += Math.max(x - from, to - x) ** 2;
      gaps += Math.max(from + x, -x - to, 0) ** 2;
    }
    return this.#planar ? squares : Math.min(2 - 2 * product, 4 - gaps);
  }

  /** The squared distance from a key to the i-th object in {@link order}. */
  objectReach(i: number, key: Float64Array): number {
    const { rows } = this;
    const dx = key[0]! - rows[SPACE * i]!;
    const dy = key[1]! - rows[SPACE * i + 1]!;
    const dz = key[2]! - rows[SPACE * i + 2]!;
    return dx * dx + dy * dy + dz * dz;
  }
}
