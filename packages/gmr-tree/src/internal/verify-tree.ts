import { FormatError } from "@wayweave/geo-core/foundation";
import type { Schema } from "../attributes/schema.js";
import { isPosition } from "./checks.js";
import { eachKeyCode, writeVectorCode } from "./codes.js";
import { MAX_BLOCK } from "./kernels.js";
import { LEAF, type PackedTree, writeReducedKey, writeSpatialKey } from "./packed-tree.js";

/** Far above what float32, or another engine's sine, changes in a key; far below what the bounds' slack allows. */
const ROUNDING = 5e-7;
/** Of trees of long vectors so many keys are made again; of all others, each. */
const KEYS_MADE_AGAIN = 1024;

/**
 * Checks a tree that was read: a damaged one must not give wrong answers. Keys and codes are what positions and vectors make
 * them, boxes and ranges hold what is below them. The one thing that is only sampled are the principal coordinates of long
 * vectors, which take as long to make as all else together.
 *
 * @throws {FormatError}
 */
export function verifyTree(tree: PackedTree, schema: Schema): void {
  checkNodes(tree);
  checkNumbers(tree);
  checkIds(tree);
  checkKeys(tree);
  checkBoxes(tree);
  checkCodes(tree);
  if (tree.attributes !== undefined) checkAttributes(tree, schema);
}

/** Every node but the root is one node's child, after it, and every object is in one leaf. */
function checkNodes(tree: PackedTree): void {
  const { nodeStarts, nodeCounts, count } = tree;
  let nextNode = 1;
  let objects = 0;
  const seen = new Uint8Array(count);
  const claimed = new Uint8Array(nodeStarts.length);
  for (let node = 0; node < nodeStarts.length; node++) {
    const isLeaf = nodeCounts[node]! >= LEAF;
    const start = nodeStarts[node]!;
    const size = (nodeCounts[node]! & ~LEAF) >>> 0;
    const flags = isLeaf ? seen : claimed;
    const valid = size <= MAX_BLOCK && start + size <= flags.length && (isLeaf || (start > node && size > 0));
    if (!valid) throw new FormatError(`node ${node} points outside the tree`);
    for (let i = start; i < start + size; i++) {
      if (flags[i] === 1) throw new FormatError(`node ${node} shares what it holds with another`);
      flags[i] = 1;
    }
    if (isLeaf) objects += size;
    else nextNode += size;
  }
  if (nextNode !== nodeStarts.length || objects !== count) {
    throw new FormatError("nodes or objects are not in the tree");
  }
}

/** No NaN where a comparison would hide it. */
function checkNumbers(tree: PackedTree): void {
  for (const section of [tree.rows, tree.boxes, tree.vectors, tree.codeScales, tree.axes]) {
    for (let i = 0; i < section.length; i++) {
      if (!Number.isFinite(section[i])) throw new FormatError("a number is not finite");
    }
  }
  for (let i = 0; i < 2 * tree.count; i += 2) {
    if (!isPosition(tree.positions[i]!, tree.positions[i + 1]!, tree.frame.planar)) {
      throw new FormatError("a position is out of range");
    }
  }
}

function checkIds({ ids }: PackedTree): void {
  const sorted = ids.slice().sort();
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] === sorted[i - 1]) throw new FormatError(`two objects have the id ${sorted[i]}`);
  }
}

/** Rows are the keys of positions and vectors, and vectors have length 1 or are zeros. */
function checkKeys(tree: PackedTree): void {
  const { count, dimensions, rows, vectors, axes, layout, frame, positions } = tree;
  const { rowFloats, reduced, keyLength } = layout;
  const key = new Float64Array(rowFloats);
  const rest = new Float64Array(dimensions);
  const stride = axes.length === 0 ? 1 : Math.max(1, Math.floor(count / KEYS_MADE_AGAIN));
  for (let slot = 0; slot < count; slot++) {
    const row = slot * rowFloats;
    const vector = tree.vectorOffset(slot);
    let squares = 0;
    for (let j = vector; j < vector + dimensions; j++) squares += vectors[j]! * vectors[j]!;
    if (squares !== 0 && !(Math.abs(squares - 1) < 1e-4)) throw new FormatError("a vector has not length 1");
    writeSpatialKey(frame, positions[2 * slot]!, positions[2 * slot + 1]!, key, 0);
    let end = 4;
    if (reduced && slot % stride === 0) {
      writeReducedKey(axes, vectors.subarray(vector, vector + dimensions), rest, key, 4);
      end = rowFloats;
    }
    for (let j = 0; j < end; j++) {
      // Sums of squares are off by more where little is left of a vector.
      const tolerance = j < 4 ? ROUNDING : 1e-4;
      if (!(Math.abs(rows[row + j]! - key[j]!) <= tolerance))
        throw new FormatError("a key is not its object's");
    }
    for (let j = 4 + keyLength; j < rowFloats; j++) {
      if (rows[row + j] !== 0) throw new FormatError("a key is not its object's");
    }
  }
}

/** Every box holds the boxes, or the rows, below it. */
function checkBoxes({ boxes, rows, nodeStarts, nodeCounts, layout }: PackedTree): void {
  const { rowFloats } = layout;
  for (let node = 0; node < nodeStarts.length; node++) {
    const isLeaf = nodeCounts[node]! >= LEAF;
    const low = node * 2 * rowFloats;
    const high = low + rowFloats;
    const start = nodeStarts[node]!;
    const end = start + ((nodeCounts[node]! & ~LEAF) >>> 0);
    const inside = isLeaf ? rows : boxes;
    for (let i = start; i < end; i++) {
      const least = isLeaf ? i * rowFloats : i * 2 * rowFloats;
      const most = isLeaf ? least : least + rowFloats;
      for (let j = 0; j < rowFloats; j++) {
        if (inside[least + j]! < boxes[low + j]! || inside[most + j]! > boxes[high + j]!) {
          throw new FormatError(`node ${node} does not hold what is below it`);
        }
      }
    }
  }
}

function checkCodes(tree: PackedTree): void {
  const { keyCodes, codes, codeScales, layout, count, dimensions } = tree;
  let wrong = 0;
  eachKeyCode(tree, (place, code) => {
    if (keyCodes[place] !== code) wrong++;
  });
  if (layout.reduced) {
    const code = new Int8Array(layout.codeBytes);
    const scale = new Float32Array(2);
    for (let slot = 0; slot < count; slot++) {
      const at = slot * layout.codeBytes;
      writeVectorCode(tree, slot, code, 0, scale, 0);
      for (let j = 0; j < dimensions; j++) if (codes[at + j] !== code[j]) wrong++;
      for (let j = dimensions; j < layout.codeBytes; j++) if (codes[at + j] !== 0) wrong++;
      if (codeScales[2 * slot] !== scale[0] || codeScales[2 * slot + 1] !== scale[1]) wrong++;
    }
  }
  if (wrong > 0) throw new FormatError("a code is not its object's");
}

/** Every order holds each slot once, by ascending values; values are of their type. */
function checkAttributes(tree: PackedTree, schema: Schema): void {
  const { count } = tree;
  const { values, order } = tree.attributes!.sections;
  schema.specs().forEach(({ name, type, categories = [] }, a) => {
    const seen = new Uint8Array(count);
    let last = Number.NEGATIVE_INFINITY;
    for (let i = a * count; i < (a + 1) * count; i++) {
      const slot = order[i]!;
      if (slot >= count || seen[slot] === 1) throw new FormatError(`the order of ${name} is not one`);
      seen[slot] = 1;
      const value = values[a * count + slot]!;
      if (value < last || (Number.isNaN(last) && !Number.isNaN(value))) {
        throw new FormatError(`the order of ${name} is not that of its values`);
      }
      last = value;
      const largest = type === "category" ? categories.length - 1 : 1;
      const valid =
        type === "number"
          ? Math.abs(value) !== Number.POSITIVE_INFINITY
          : Number.isInteger(value) && value >= 0 && value <= largest;
      if (!valid && !Number.isNaN(value)) throw new FormatError(`a value of ${name} is not one of its type`);
    }
  });
  if (!tree.attributes!.isBoundedBy(tree.nodeStarts, tree.nodeCounts, LEAF)) {
    throw new FormatError("a node's attributes are not those of what is below it");
  }
}
