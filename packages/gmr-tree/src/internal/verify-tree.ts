import { FormatError } from "@wayweave/geo-core/foundation";
import { isIndexed } from "../attributes/attribute-table.js";
import type { Schema } from "../attributes/schema.js";
import { isPosition } from "./checks.js";
import { eachKeyCode, writeVectorCode } from "./codes.js";
import { IdIndex } from "./id-index.js";
import { MAX_BLOCK } from "./kernels.js";
import { LEAF, type PackedTree, writeReducedKey, writeSpatialKey } from "./packed-tree.js";

/** Far above what float32, or another engine's sine, changes in a key; far below what the bounds' slack allows. */
const ROUNDING = 5e-7;
/** Sums of squares are off by more where little is left of a vector. */
const REDUCED_ROUNDING = 1e-4;
/** Of trees of long vectors so many keys are made again. */
const KEYS_MADE_AGAIN = 1024;

/**
 * Checks a tree that was read: a damaged one must not give wrong answers. Keys and codes are what positions and vectors make
 * them, boxes and ranges hold what is below them. The one thing that is only sampled are the principal coordinates of long
 * vectors, which take as long to make as all else together.
 *
 * @throws {FormatError} with what is damaged
 */
export function verifyTree(where: string, tree: PackedTree, schema: Schema): void {
  requireIntact(where, areNodes(tree), "nodes");
  requireIntact(where, new IdIndex(tree.ids).duplicate === undefined, "ids");
  requireIntact(where, areKeys(tree), "keys");
  requireIntact(where, areBoxes(tree), "boxes");
  requireIntact(where, areCodes(tree), "codes");
  const { attributes, nodeStarts, nodeCounts } = tree;
  if (attributes !== undefined) {
    requireIntact(
      where,
      areValues(tree, schema) && isIndexed(attributes, nodeStarts, nodeCounts, LEAF),
      "attributes",
    );
  }
}

/** @throws {FormatError} */
export function requireIntact(where: string, holds: boolean, what: string): void {
  if (!holds) throw new FormatError(`${where}: damaged: ${what}`);
}

/** @throws {FormatError} where `make` throws */
export function intact<T>(where: string, what: string, make: () => T): T {
  try {
    return make();
  } catch {
    throw new FormatError(`${where}: damaged: ${what}`);
  }
}

/** Every node but the root is one node's child, after it, and every object is in one leaf. */
function areNodes({ nodeStarts, nodeCounts, count }: PackedTree): boolean {
  let left = count + nodeStarts.length - 1;
  const seen = new Uint8Array(count);
  const claimed = new Uint8Array(nodeStarts.length);
  for (let node = 0; node < nodeStarts.length; node++) {
    const isLeaf = nodeCounts[node]! >= LEAF;
    const start = nodeStarts[node]!;
    const size = (nodeCounts[node]! & ~LEAF) >>> 0;
    const flags = isLeaf ? seen : claimed;
    const isRight =
      size <= MAX_BLOCK && start + size <= flags.length && (isLeaf || (start > node && size > 0));
    if (!isRight) return false;
    for (let i = start; i < start + size; i++) {
      if (flags[i] === 1) return false;
      flags[i] = 1;
    }
    left -= size;
  }
  return left === 0;
}

/** Positions are some, vectors have length 1 or are zeros, and rows are the keys of both. */
function areKeys(tree: PackedTree): boolean {
  const { count, dimensions, rows, vectors, axes, layout, frame, positions } = tree;
  const { rowFloats, reduced } = layout;
  const key = new Float64Array(rowFloats);
  const rest = new Float64Array(dimensions);
  const stride = axes.length === 0 ? 1 : Math.max(1, Math.floor(count / KEYS_MADE_AGAIN));
  for (let slot = 0; slot < count; slot++) {
    const [x, y] = [positions[2 * slot]!, positions[2 * slot + 1]!];
    const vector = vectors.subarray(tree.vectorOffset(slot), tree.vectorOffset(slot) + dimensions);
    let squares = 0;
    for (let j = 0; j < dimensions; j++) squares += vector[j]! * vector[j]!;
    if (!isPosition(x, y, frame.planar) || !(squares === 0 || Math.abs(squares - 1) < 1e-4)) return false;
    writeSpatialKey(frame, x, y, key, 0);
    if (!reduced) key.set(vector, 4);
    else if (slot % stride === 0) writeReducedKey(axes, vector, rest, key, 4);
    const end = reduced && slot % stride > 0 ? 4 : rowFloats;
    for (let j = 0; j < end; j++) {
      const tolerance = reduced && j >= 4 ? REDUCED_ROUNDING : ROUNDING;
      if (!(Math.abs(rows[slot * rowFloats + j]! - key[j]!) <= tolerance)) return false;
    }
  }
  return true;
}

/** Every box holds the boxes, or the rows, below it. */
function areBoxes({ boxes, rows, nodeStarts, nodeCounts, layout }: PackedTree): boolean {
  const { rowFloats } = layout;
  for (let node = 0; node < nodeStarts.length; node++) {
    const isLeaf = nodeCounts[node]! >= LEAF;
    const inside = isLeaf ? rows : boxes;
    const stride = isLeaf ? rowFloats : 2 * rowFloats;
    const low = node * 2 * rowFloats;
    const from = nodeStarts[node]! * stride;
    const to = from + ((nodeCounts[node]! & ~LEAF) >>> 0) * stride;
    for (let at = from; at < to; at += stride) {
      const high = at + stride - rowFloats;
      for (let j = 0; j < rowFloats; j++) {
        // Written so that NaN fails too.
        const isInside =
          inside[at + j]! >= boxes[low + j]! && inside[high + j]! <= boxes[low + rowFloats + j]!;
        if (!isInside) return false;
      }
    }
  }
  return true;
}

function areCodes(tree: PackedTree): boolean {
  const { keyCodes, codes, codeScales, layout, count } = tree;
  let wrong = 0;
  eachKeyCode(tree, (place, code) => {
    if (keyCodes[place] !== code) wrong++;
  });
  const { codeBytes } = layout;
  const code = new Int8Array(codeBytes);
  const scale = new Float32Array(2);
  for (let slot = 0; layout.reduced && slot < count; slot++) {
    writeVectorCode(tree, slot, code, 0, scale, 0);
    for (let j = 0; j < codeBytes; j++) if (codes[slot * codeBytes + j] !== code[j]) wrong++;
    for (let j = 0; j < 2; j++) if (codeScales[2 * slot + j] !== scale[j]) wrong++;
  }
  return wrong === 0;
}

/** Values are of their type. */
function areValues({ count, attributes }: PackedTree, schema: Schema): boolean {
  const { values } = attributes!.sections;
  return schema.specs().every(({ type, categories = [] }, a) => {
    const largest = type === "category" ? categories.length - 1 : 1;
    return values
      .subarray(a * count, (a + 1) * count)
      .every((value) =>
        type === "number" || Number.isNaN(value)
          ? Math.abs(value) !== Number.POSITIVE_INFINITY
          : Number.isInteger(value) && value >= 0 && value <= largest,
      );
  });
}
