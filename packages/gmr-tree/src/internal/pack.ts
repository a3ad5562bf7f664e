import { eachKeyCode, writeVectorCode } from "./codes.js";
import { AXES, FEWEST_FOR_AXES, LONGEST_KEY, rowLength } from "./layout.js";
import { LEAF, PackedTree, type TreeFrame, writeReducedKey, writeSpatialKey } from "./packed-tree.js";
import { Partition } from "./partition.js";
import { principalAxes } from "./principal-axes.js";

/** Principal axes are found from so many numbers of sampled vectors, and at most so many vectors. */
const AXES_SAMPLE_NUMBERS = 2 ** 19;
const AXES_SAMPLE = 1024;
const SMALLEST_SCALE = 1e-290;

/** The objects to pack. Numbers i are 0 … count − 1. */
export interface PackSource {
  readonly count: number;
  readonly dimensions: number;
  /** [count, 2] */
  readonly positions: ArrayLike<number>;
  readonly ids: ArrayLike<number>;
  /** How many attributes objects have. */
  readonly attributes: number;
  /** Object i's value of an attribute; NaN where missing. */
  attribute(i: number, attribute: number): number;
  /** Writes object i's unit vector. Asked for up to three times an object. */
  writeUnit(i: number, target: Float32Array | Float64Array, to: number): void;
}

export interface PackOptions extends Pick<TreeFrame, "planar" | "signature"> {
  readonly spaceWeight: number;
  readonly shared: boolean;
  /** Principal axes to use instead of finding this source's own. */
  readonly axes?: Float32Array | undefined;
  readonly onObjects: (done: number) => void;
}

/** Packs objects into one tree. Trusts its input. */
export function pack(where: string, source: PackSource, options: PackOptions): PackedTree {
  const { count, dimensions } = source;
  const length = rowLength(dimensions);
  const frame = frameOf(source, options);
  const axes = dimensions > LONGEST_KEY ? axesFor(source, options) : undefined;
  const rows = keyRows(source, frame, axes, length);
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let done = 0;
  const nodes = new Partition(rows, order, length, options.spaceWeight, (objects) => {
    done += objects;
    options.onObjects(done);
  }).run();
  const shape = {
    count,
    dimensions,
    nodeCount: nodes.count,
    attributes: source.attributes,
  };
  const tree = PackedTree.allocate(where, shape, frame, options.shared);
  tree.rows.set(rows);
  tree.boxes.set(nodes.boxes.subarray(0, tree.boxes.length));
  tree.nodeStarts.set(nodes.starts.subarray(0, nodes.count));
  tree.nodeCounts.set(nodes.counts.subarray(0, nodes.count));
  for (let slot = 0; slot < count; slot++) {
    const i = order[slot]!;
    tree.ids[slot] = source.ids[i]!;
    tree.positions[2 * slot] = source.positions[2 * i]!;
    tree.positions[2 * slot + 1] = source.positions[2 * i + 1]!;
  }
  const { keyCodes } = tree;
  eachKeyCode(tree, (place, code) => {
    keyCodes[place] = code;
  });
  if (axes !== undefined) {
    tree.axes.set(axes);
    for (let slot = 0; slot < count; slot++) {
      source.writeUnit(order[slot]!, tree.vectors, slot * dimensions);
      writeVectorCode(tree, slot, tree.codes, slot * tree.layout.codeBytes, tree.codeScales, 2 * slot);
    }
  }
  if (tree.attributes !== undefined) {
    const { values } = tree.attributes.sections;
    for (let a = 0; a < source.attributes; a++) {
      for (let slot = 0; slot < count; slot++) values[a * count + slot] = source.attribute(order[slot]!, a);
    }
    tree.attributes.index(tree.nodeStarts, tree.nodeCounts, LEAF);
  }
  return tree;
}

function frameOf(source: PackSource, options: PackOptions): TreeFrame {
  const { planar, signature } = options;
  if (!planar) return { planar, signature, centerX: 0, centerY: 0, scale: 1 };
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < 2 * source.count; i++) {
    const x = source.positions[i]!;
    low[i & 1] = Math.min(low[i & 1]!, x);
    high[i & 1] = Math.max(high[i & 1]!, x);
  }
  if (source.count === 0) return { planar, signature, centerX: 0, centerY: 0, scale: 1 };
  // Of smaller extents only the exact distances tell anything; 1 / scale must stay finite.
  const scale = Math.max(SMALLEST_SCALE, (high[0]! - low[0]!) / 2, (high[1]! - low[1]!) / 2);
  return {
    planar,
    signature,
    centerX: low[0]! / 2 + high[0]! / 2,
    centerY: low[1]! / 2 + high[1]! / 2,
    scale: high[0]! > low[0]! || high[1]! > low[1]! ? scale : 1,
  };
}

/** The axes of long vectors: none for few objects, given ones, or this source's own. */
function axesFor(source: PackSource, options: PackOptions): Float32Array {
  const { count, dimensions } = source;
  if (count < FEWEST_FOR_AXES) return new Float32Array(0);
  if (options.axes !== undefined) return options.axes;
  const sampled = Math.min(count, AXES_SAMPLE, Math.floor(AXES_SAMPLE_NUMBERS / dimensions));
  const sample = new Float32Array(sampled * dimensions);
  for (let s = 0; s < sampled; s++) {
    source.writeUnit(Math.floor((s * count) / sampled), sample, s * dimensions);
  }
  return principalAxes(sample, sampled, dimensions, AXES);
}

/** [count, length]: every object's spatial and semantic key, in the source's order. */
function keyRows(
  source: PackSource,
  frame: TreeFrame,
  axes: Float32Array | undefined,
  length: number,
): Float32Array {
  const { count, dimensions, positions } = source;
  const rows = new Float32Array(count * length);
  const unit = new Float32Array(dimensions);
  const rest = new Float64Array(dimensions);
  for (let i = 0, row = 0; i < count; i++, row += length) {
    writeSpatialKey(frame, positions[2 * i]!, positions[2 * i + 1]!, rows, row);
    if (axes === undefined) {
      source.writeUnit(i, rows, row + 4);
    } else {
      source.writeUnit(i, unit, 0);
      writeReducedKey(axes, unit, rest, rows, row + 4);
    }
  }
  return rows;
}
