import { LEAF, type PackedTree } from "./packed-tree.js";

/** Every row's code in eight bits an entry, between the corners of its leaf's box, and where it stands in `keyCodes`. */
export function eachKeyCode(tree: PackedTree, visit: (place: number, code: number) => void): void {
  const { rows, boxes, nodeStarts, nodeCounts, layout } = tree;
  const { rowFloats } = layout;
  const scales = new Float64Array(rowFloats);
  for (let node = 0; node < nodeStarts.length; node++) {
    if (nodeCounts[node]! < LEAF) continue;
    const low = node * 2 * rowFloats;
    for (let j = 0; j < rowFloats; j++) {
      const width = boxes[low + rowFloats + j]! - boxes[low + j]!;
      scales[j] = width > 0 ? 255 / width : 0;
    }
    const start = nodeStarts[node]!;
    const end = start + (nodeCounts[node]! & ~LEAF);
    for (let slot = start; slot < end; slot++) {
      const row = slot * rowFloats;
      const code = (slot >> 2) * 4 * rowFloats + (slot & 3) * 2;
      for (let j = 0; j < rowFloats; j++) {
        const level = Math.floor((rows[row + j]! - boxes[low + j]!) * scales[j]! + 0.5);
        visit(code + 4 * (j & ~1) + (j & 1), level);
      }
    }
  }
}

/** Codes an object's vector in eight bits an entry, and notes the step and the length of what that leaves out. */
export function writeVectorCode(
  { dimensions, vectors }: PackedTree,
  slot: number,
  codes: Int8Array,
  at: number,
  scales: Float32Array,
  scaleAt: number,
): void {
  const vector = slot * dimensions;
  let largest = 0;
  for (let j = 0; j < dimensions; j++) largest = Math.max(largest, Math.abs(vectors[vector + j]!));
  const step = Math.fround(largest / 127);
  let squares = 0;
  for (let j = 0; j < dimensions; j++) {
    const x = vectors[vector + j]!;
    const level = step > 0 ? Math.max(-127, Math.min(127, Math.round(x / step))) : 0;
    codes[at + j] = level;
    squares += (x - level * step) ** 2;
  }
  scales[scaleAt] = step;
  scales[scaleAt + 1] = Math.sqrt(squares) * (1 + 1e-6);
}
