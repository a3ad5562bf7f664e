import { type KernelSections, type Kernels, MAX_BLOCK, type Storage } from "./kernels.js";

/**
 * The kernels of `kernels.wat` in TypeScript, for environments that compile no WebAssembly. Bounds come from the float32 rows
 * and boxes in place of eight-bit codes; they prune a little better, and what a search finds is the same.
 */
export function typescriptKernels(storage: Storage, sections: KernelSections): Kernels {
  const { rowFloats, rowsOffset, boxesOffset, keyCodesOffset, codeBytes, codesOffset, totalBytes } = sections;
  const { buffer } = storage;
  const rows = new Float32Array(buffer, rowsOffset, (boxesOffset - rowsOffset) >> 2);
  const boxes = new Float32Array(buffer, boxesOffset, (keyCodesOffset - boxesOffset) >> 2);
  const codes = new Int8Array(buffer, codesOffset, codeBytes === 0 ? 0 : totalBytes - codesOffset);
  const query = new Float32Array(rowFloats);
  const queryCodes = new Int16Array(codeBytes);
  const parameters = new Float32Array(12);
  const found = new Uint32Array(3 * MAX_BLOCK);
  const values = new Float32Array(found.buffer);
  let reached = 0;
  const keep = (item: number, bound: number, nearness: number): void => {
    found[reached] = item;
    values[reached + 1] = bound;
    values[reached + 2] = nearness;
    reached += 3;
  };
  return {
    query,
    queryCodes,
    parameters,
    found,
    values,
    children: (first, count, threshold) => {
      reached = 0;
      for (let node = first; node < first + count; node++) {
        const low = node * 2 * rowFloats;
        const space = squaredGap(query, boxes, low, low + rowFloats, 0, 4);
        const meaning = squaredGap(query, boxes, low, low + rowFloats, 4, rowFloats);
        const similarity = Math.min(1, parameters[8]! - meaning * parameters[11]!);
        const bound = parameters[1]! * similarity + nearnessOf(space, parameters);
        if (similarity >= parameters[4]! && bound >= threshold) keep(node, bound, bound);
      }
      return reached / 3;
    },
    leaf: (_, first, end, threshold) => {
      reached = 0;
      for (let slot = first; slot < end; slot++) {
        const row = slot * rowFloats;
        let product = parameters[2]!;
        for (let j = 4; j < rowFloats; j++) product += query[j]! * rows[row + j]!;
        const similarity = Math.min(1, product);
        const share = parameters[1]! * similarity;
        // Cheapest first: as if the object were here.
        if (similarity < parameters[4]! || parameters[0]! + share < threshold) continue;
        const nearness = nearnessOf(squaredGap(query, rows, row, row, 0, 4), parameters);
        if (nearness + share >= threshold) keep(slot, nearness + share, nearness);
      }
      return reached / 3;
    },
    codes: (slot) => {
      let product = 0;
      for (let j = 0, at = slot * codeBytes; j < codeBytes; j++) product += codes[at + j]! * queryCodes[j]!;
      return product;
    },
  };
}

/** The squared distance, along the coordinates [from, to), from a query to a box given by its corners' places. */
function squaredGap(
  query: Float32Array,
  corners: Float32Array,
  low: number,
  high: number,
  from: number,
  to: number,
): number {
  let squares = 0;
  for (let j = from; j < to; j++) {
    const x = query[j]!;
    const below = corners[low + j]! - x;
    const above = x - corners[high + j]!;
    const gap = Math.max(below, above);
    if (gap > 0) squares += gap * gap;
  }
  return squares;
}

/** μ·proximity of a squared key distance, rounded up; −∞ beyond the query's largest distance: `$nearness` of `kernels.wat`. */
function nearnessOf(squared: number, parameters: Float32Array): number {
  const chord = Math.max(0, Math.sqrt(squared) - parameters[3]!);
  const quarter = chord * chord * parameters[10]!;
  const distance = chord * (1 + quarter * (0.1666666 + quarter * 0.0749999));
  if (!(distance <= parameters[5]!)) return Number.NEGATIVE_INFINITY;
  const t = Math.max(0, distance - parameters[6]!) * parameters[7]!;
  const shape = parameters[9]!;
  if (shape === 0) return parameters[0]! * Math.max(0, 1 - t);
  return parameters[0]! * Math.exp(shape === 2 ? -0.5 * t * t : -t);
}
