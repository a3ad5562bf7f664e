import { ValueError } from "@wayweave/geo-core/foundation";
import { SET_WORDS } from "../attributes/attribute-table.js";
import { alignUp, type KernelSections } from "./kernels.js";

/** Vectors up to this length are their own search keys; longer ones are searched by their leading principal axes. */
export const LONGEST_KEY = 64;
/** The reduced key of a longer vector: its coordinates along so many principal axes … */
export const AXES = 48;
/** … and the lengths of so many blocks of what they leave. */
export const BLOCKS = 16;
/** Trees of fewer objects do without principal axes, which take longer to find than all else. */
export const FEWEST_FOR_AXES = 4096;
const REDUCED_KEY = AXES + BLOCKS;
export const HEADER_BYTES = 128;
/** A buffer may not exceed 4 GiB: offsets are 32 bits, and so is a WebAssembly memory. */
const LARGEST_BUFFER = 2 ** 32 - 2 ** 20;

/** What decides the size and the sections of a tree's buffer. */
export interface TreeShape {
  readonly count: number;
  readonly dimensions: number;
  readonly nodeCount: number;
  readonly attributes: number;
}

/** Byte offsets of every section. Little-endian, each section on a cache line; the header comes first. */
export interface Layout extends KernelSections {
  readonly shape: TreeShape;
  /** Length of a search key: the vector's own, or {@link AXES} + {@link BLOCKS}. */
  readonly keyLength: number;
  /** Whether keys are reductions, and full vectors, codes and the principal axes are stored beside them. */
  readonly reduced: boolean;
  /** {@link AXES}, or 0 in trees of few objects. */
  readonly axisCount: number;
  /** The kernels read no rows, only their codes. */
  readonly rowsOffset: number;
  readonly nodeStartsOffset: number;
  readonly nodeCountsOffset: number;
  readonly positionsOffset: number;
  readonly idsOffset: number;
  readonly vectorsOffset: number;
  /** [count, 2]: a code's step, then the length of the vector that coding left out. */
  readonly codeScalesOffset: number;
  /** [axisCount, dimensions], orthonormal. */
  readonly axesOffset: number;
  readonly attributeValuesOffset: number;
  readonly attributeOrderOffset: number;
  readonly attributeRangesOffset: number;
  readonly attributeSetsOffset: number;
}

/** Floats of a row or of a box corner: four for space, then the key, filled up to a multiple of four. */
export function rowLength(dimensions: number): number {
  const keyLength = dimensions <= LONGEST_KEY ? dimensions : REDUCED_KEY;
  return 4 + 4 * Math.ceil(keyLength / 4);
}

/** @throws {ValueError} the tree would need more than 4 GiB */
export function layoutOf(where: string, shape: TreeShape): Layout {
  const { count, dimensions, nodeCount, attributes } = shape;
  const reduced = dimensions > LONGEST_KEY;
  const rowFloats = rowLength(dimensions);
  const axisCount = reduced && count >= FEWEST_FOR_AXES ? AXES : 0;
  const codeBytes = reduced ? 16 * Math.ceil(dimensions / 16) : 0;
  let end = HEADER_BYTES;
  const section = (bytes: number): number => {
    const start = end;
    end = alignUp(end + bytes);
    return start;
  };
  const layout = {
    shape,
    reduced,
    axisCount,
    keyLength: reduced ? REDUCED_KEY : dimensions,
    rowFloats,
    codeBytes,
    rowsOffset: section(count * rowFloats * 4),
    boxesOffset: section(nodeCount * rowFloats * 8),
    keyCodesOffset: section(Math.ceil(count / 4) * 4 * rowFloats),
    nodeStartsOffset: section(nodeCount * 4),
    nodeCountsOffset: section(nodeCount * 4),
    positionsOffset: section(count * 16),
    idsOffset: section(count * 4),
    vectorsOffset: section(reduced ? count * dimensions * 4 : 0),
    codesOffset: section(count * codeBytes),
    codeScalesOffset: section(reduced ? count * 8 : 0),
    axesOffset: section(axisCount * dimensions * 4),
    attributeValuesOffset: section(count * attributes * 8),
    attributeOrderOffset: section(count * attributes * 4),
    attributeRangesOffset: section(nodeCount * attributes * 16),
    attributeSetsOffset: section(nodeCount * attributes * SET_WORDS * 4),
  };
  if (end > LARGEST_BUFFER) {
    throw new ValueError(
      `${where}: one tree holds at most 4 GiB, but ${count} objects of ${dimensions} dimensions need ${(end / 2 ** 30).toFixed(1)} GiB: split them over several trees`,
    );
  }
  return { ...layout, totalBytes: end };
}
