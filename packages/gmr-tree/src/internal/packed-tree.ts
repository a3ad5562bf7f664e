import { AttributeTable, SET_WORDS } from "../attributes/attribute-table.js";
import type { SignatureOptions } from "../signatures.js";
import { writeBlockKey, writeBlockLengths } from "./block-axes.js";
import type { Kernels, Storage } from "./kernels.js";
import { AXES, type Layout, layoutOf, type TreeShape } from "./layout.js";
import type { ScoredColumns } from "./score.js";
import { allocate, createKernels } from "./wasm-kernels.js";

/** A node's count with this bit is a leaf's: its start is an object, not a child. */
export const LEAF = 0x80000000;

const RADIANS = Math.PI / 180;

/** What a tree's header says beyond its {@link TreeShape}. */
export interface TreeFrame {
  readonly planar: boolean;
  /** Spatial keys are (position − centre) / scale on the plane and the unit sphere's x, y, z otherwise. */
  readonly centerX: number;
  readonly centerY: number;
  readonly scale: number;
  readonly signature: SignatureOptions | undefined;
}

/** A packed tree's buffer, with a typed view of every section. Immutable once built. */
export class PackedTree implements ScoredColumns {
  readonly storage: Storage;
  readonly layout: Layout;
  readonly frame: TreeFrame;
  readonly kernels: Kernels;
  readonly count: number;
  readonly dimensions: number;
  /** [count, rowFloats]: x, y, z, 0, then the key. */
  readonly rows: Float32Array;
  /** [nodeCount, 2, rowFloats]: lower and upper corner. */
  readonly boxes: Float32Array;
  /**
   * [⌈count / 4⌉, rowFloats / 2, 4, 2]: every row in eight bits an entry, 0 … 255 between the corners of its leaf's box. Four
   * objects lie side by side, entry by entry in twos, as the kernels read them.
   */
  readonly keyCodes: Uint8Array;
  /** A node's first child, or a leaf's first object. Children come after their parent. */
  readonly nodeStarts: Uint32Array;
  /** How many children or, with {@link LEAF}, objects. */
  readonly nodeCounts: Uint32Array;
  /** [count, 2], as they were given. */
  readonly positions: Float64Array;
  readonly ids: Uint32Array;
  /** Unit vectors: the rows themselves, or [count, dimensions] where keys are reductions. */
  readonly vectors: Float32Array;
  readonly vectorStride: number;
  readonly vectorStart: number;
  readonly codes: Int8Array;
  readonly codeScales: Float32Array;
  readonly axes: Float32Array;
  /** Undefined where objects have none. */
  readonly attributes: AttributeTable | undefined;

  constructor(storage: Storage, layout: Layout, frame: TreeFrame, thread = 0) {
    const { buffer } = storage;
    const { count, dimensions, nodeCount, attributes } = layout.shape;
    const codeCount = layout.reduced ? count : 0;
    this.storage = storage;
    this.layout = layout;
    this.frame = frame;
    this.count = count;
    this.dimensions = dimensions;
    this.rows = new Float32Array(buffer, layout.rowsOffset, count * layout.rowFloats);
    this.boxes = new Float32Array(buffer, layout.boxesOffset, nodeCount * 2 * layout.rowFloats);
    this.keyCodes = new Uint8Array(
      buffer,
      layout.keyCodesOffset,
      Math.ceil(count / 4) * 4 * layout.rowFloats,
    );
    this.nodeStarts = new Uint32Array(buffer, layout.nodeStartsOffset, nodeCount);
    this.nodeCounts = new Uint32Array(buffer, layout.nodeCountsOffset, nodeCount);
    this.positions = new Float64Array(buffer, layout.positionsOffset, 2 * count);
    this.ids = new Uint32Array(buffer, layout.idsOffset, count);
    this.vectors = layout.reduced
      ? new Float32Array(buffer, layout.vectorsOffset, count * dimensions)
      : this.rows;
    this.vectorStride = layout.reduced ? dimensions : layout.rowFloats;
    this.vectorStart = layout.reduced ? 0 : 4;
    this.codes = new Int8Array(buffer, layout.codesOffset, count * layout.codeBytes);
    this.codeScales = new Float32Array(buffer, layout.codeScalesOffset, 2 * codeCount);
    this.axes = new Float32Array(buffer, layout.axesOffset, layout.axisCount * dimensions);
    this.attributes = attributes === 0 ? undefined : attributeTable(storage, layout);
    this.kernels = createKernels(storage, layout, thread);
  }

  static allocate(where: string, shape: TreeShape, frame: TreeFrame, shared: boolean): PackedTree {
    const layout = layoutOf(where, shape);
    return new PackedTree(allocate(layout, shared), layout, frame);
  }

  /** Where an object's unit vector begins in {@link vectors}. */
  vectorOffset(slot: number): number {
    return slot * this.vectorStride + this.vectorStart;
  }

  attribute(slot: number, attribute: number): number {
    return this.attributes!.value(slot, attribute);
  }
}

function attributeTable({ buffer }: Storage, layout: Layout): AttributeTable {
  const { count, nodeCount, attributes } = layout.shape;
  const sections = {
    values: new Float64Array(buffer, layout.attributeValuesOffset, attributes * count),
    order: new Uint32Array(buffer, layout.attributeOrderOffset, attributes * count),
    ranges: new Float64Array(buffer, layout.attributeRangesOffset, 2 * attributes * nodeCount),
    sets: new Uint32Array(buffer, layout.attributeSetsOffset, SET_WORDS * attributes * nodeCount),
  };
  return new AttributeTable(sections, count, attributes);
}

/** Writes x, y, z, 0: the first four floats of an object's row, or of a query's. */
export function writeSpatialKey(
  frame: TreeFrame,
  x: number,
  y: number,
  target: Float32Array | Float64Array,
  to: number,
): void {
  if (frame.planar) {
    target[to] = (x - frame.centerX) / frame.scale;
    target[to + 1] = (y - frame.centerY) / frame.scale;
    target[to + 2] = 0;
  } else {
    const cosLat = Math.cos(y * RADIANS);
    target[to] = cosLat * Math.cos(x * RADIANS);
    target[to + 1] = cosLat * Math.sin(x * RADIANS);
    target[to + 2] = Math.sin(y * RADIANS);
  }
  target[to + 3] = 0;
}

/**
 * Writes the reduced key of a unit vector u: its coordinates along the orthonormal axes, and the lengths of the blocks into
 * which the rest r = u − Pu is cut. Reduced keys have length 1 too, and their scalar product is an upper bound of the
 * vectors': u·v = Pu·Pv + Σ rᵤ·rᵥ over the blocks ≤ Pu·Pv + Σ |rᵤ||rᵥ| (Cauchy–Schwarz). Axes tell clusters apart, and
 * blocks tell apart vectors with few large entries, such as the posteriors of many classes.
 *
 * @param axes [AXES, dimensions], or none: then those of {@link writeBlockKey}
 * @param rest scratch, [dimensions]
 */
export function writeReducedKey(
  axes: Float32Array,
  vector: Float32Array | Float64Array,
  rest: Float64Array,
  target: Float32Array | Float64Array,
  to: number,
): void {
  const dimensions = vector.length;
  if (axes.length === 0) {
    writeBlockKey(vector, rest, target, to);
    return;
  }
  rest.set(vector);
  for (let a = 0; a < AXES; a++) {
    const axis = a * dimensions;
    let even = 0;
    let odd = 0;
    let j = 0;
    for (; j + 1 < dimensions; j += 2) {
      even += axes[axis + j]! * vector[j]!;
      odd += axes[axis + j + 1]! * vector[j + 1]!;
    }
    if (j < dimensions) even += axes[axis + j]! * vector[j]!;
    const coordinate = even + odd;
    target[to + a] = coordinate;
    for (j = 0; j < dimensions; j++) rest[j]! -= coordinate * axes[axis + j]!;
  }
  writeBlockLengths(rest, target, to + AXES);
}
