import { KERNELS_WASM, MEMORY_FLAG_OFFSET } from "./kernels-wasm.js";

/** Worker threads that can search a shared tree at once, beside its owner: each has its query and results behind it. */
export const MAX_THREADS = 64;

/** Boxes or objects that one kernel call may handle: a node's children, a leaf's objects. */
export const MAX_BLOCK = 256;

/** More than float32 arithmetic takes off a bound: thresholds are lowered, and bounds of nodes raised, by it. */
export const BOUND_SLACK = 5e-6;

/**
 * The inner loops of a search over one tree's buffer (`kernels.wat`). Results are float32 or integer: they only bound a
 * score, which is then computed exactly elsewhere. Bounds hold but for rounding, at most {@link BOUND_SLACK}.
 */
export interface Kernels {
  /** The query's key row: [rowFloats]. */
  readonly query: Float32Array;
  /** The query's vector in sixteen bits: [codeBytes]. */
  readonly queryCodes: Int16Array;
  /** The query's weights and limits: see bounds.ts. */
  readonly parameters: Float32Array;
  /** [MAX_BLOCK, 3], what {@link children} and {@link leaf} find: a node or slot, then places for two floats. */
  readonly found: Uint32Array;
  /** The floats of {@link found}, in the same memory: the bound, and for objects μ·proximity. */
  readonly values: Float32Array;
  /** Of `count` nodes from `first` on, finds those whose bound reaches a threshold. Returns how many. */
  children(first: number, count: number, threshold: number): number;
  /** Of a leaf's objects [first, end), finds those whose bound reaches a threshold. Returns how many. */
  leaf(node: number, first: number, end: number, threshold: number): number;
  /** Integer scalar product of object `slot`'s codes with {@link queryCodes}. */
  codes(slot: number): number;
}

/** Where in a buffer the kernels find what they read. */
export interface KernelSections {
  readonly rowFloats: number;
  readonly boxesOffset: number;
  readonly keyCodesOffset: number;
  readonly codeBytes: number;
  readonly codesOffset: number;
  /** Bytes in use; in a WebAssembly memory the query and the results follow behind them. */
  readonly totalBytes: number;
}

/** A buffer for a tree, in a WebAssembly memory where the kernels can work on it. */
export interface Storage {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  readonly memory: WebAssembly.Memory | undefined;
}

const PAGE = 65536;
/** Below this size a tree gets a plain buffer: a WebAssembly memory reserves gigabytes of address space. */
const SMALLEST_MEMORY = 1 << 18;
/** Enough for the largest block of boxes, and for everything else. */
const LENT_PAGES = 4;
/** Where, in the lent memory, the query and the results follow the blocks, which are copied to its beginning. */
const LENT_SCRATCH = 3 * PAGE;
const PARAMETER_BYTES = 48;
/** Room for four bounds and four proximities. */
const LANE_BYTES = 32;

const modules = new Map<boolean, WebAssembly.Module>();
let lent: WebAssembly.Memory | undefined;

/** Where, behind a tree, one thread has the query's row, its parameters and weights, its codes, and results. */
function scratchLayout(rowFloats: number, codeBytes: number) {
  const parameters = 4 * rowFloats;
  const codes = parameters + PARAMETER_BYTES + LANE_BYTES + 2 * rowFloats;
  const sums = codes + 2 * codeBytes;
  const found = sums + 8 * MAX_BLOCK;
  return { parameters, codes, sums, found, bytes: alignUp(found + 12 * MAX_BLOCK) };
}

/** The next multiple of 64, a cache line. */
export function alignUp(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/** A zeroed buffer of at least `totalBytes`, shared between threads where `shared`. */
export function allocate(
  { totalBytes, rowFloats, codeBytes }: Pick<KernelSections, "rowFloats" | "codeBytes" | "totalBytes">,
  shared: boolean,
): Storage {
  if (totalBytes >= SMALLEST_MEMORY) {
    const scratch = scratchLayout(rowFloats, codeBytes).bytes * (shared ? MAX_THREADS + 1 : 1);
    const pages = Math.ceil((alignUp(totalBytes) + scratch) / PAGE);
    try {
      const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
      return { buffer: memory.buffer, memory };
    } catch {
      // No address space, or more pages than this engine allows: a plain buffer still works.
    }
  }
  return {
    buffer: shared ? new SharedArrayBuffer(totalBytes) : new ArrayBuffer(totalBytes),
    memory: undefined,
  };
}

/** The module that imports a memory of this kind. */
function moduleFor(shared: boolean): WebAssembly.Module {
  let module = modules.get(shared);
  if (module === undefined) {
    // Hexadecimal digits are longer than base64, but keep to bytes, and so compress better.
    const bytes = Uint8Array.from(KERNELS_WASM.match(/../g)!, (byte) => Number.parseInt(byte, 16));
    if (shared) bytes[MEMORY_FLAG_OFFSET] = 3;
    module = new WebAssembly.Module(bytes);
    modules.set(shared, module);
  }
  return module;
}

interface KernelExports {
  children(
    query: number,
    boxes: number,
    first: number,
    count: number,
    bytes: number,
    threshold: number,
    sums: number,
    found: number,
  ): number;
  leaf(
    query: number,
    box: number,
    codes: number,
    first: number,
    end: number,
    bytes: number,
    threshold: number,
    found: number,
  ): number;
  codes(query: number, code: number, length: number): number;
}

/**
 * The kernels on a tree's buffer: in place in a WebAssembly memory; otherwise block by block in one that all such trees lend
 * each other, so that a search loads its query anew after anything else may have searched.
 *
 * @param thread which of a shared tree's scratch areas to use: 0 is its owner's, 1 … {@link MAX_THREADS} are workers'
 */
export function createKernels(storage: Storage, sections: KernelSections, thread = 0): Kernels {
  const { rowFloats, boxesOffset, keyCodesOffset, codeBytes, codesOffset, totalBytes } = sections;
  const isLent = storage.memory === undefined;
  lent ??= isLent ? new WebAssembly.Memory({ initial: LENT_PAGES, maximum: LENT_PAGES }) : undefined;
  const memory = storage.memory ?? lent!;
  const { buffer } = memory;
  const module = moduleFor(!(buffer instanceof ArrayBuffer));
  const instance = new WebAssembly.Instance(module, { tree: { memory } });
  const kernels = instance.exports as unknown as KernelExports;
  const rowBytes = 4 * rowFloats;
  const scratch = scratchLayout(rowFloats, codeBytes);
  const query = isLent ? LENT_SCRATCH : alignUp(totalBytes) + thread * scratch.bytes;
  const codes = query + scratch.codes;
  const sums = query + scratch.sums;
  const found = query + scratch.found;
  const bytes = new Uint8Array(storage.buffer);
  const block = new Uint8Array(buffer);
  /** Where the kernels find [start, end) of the tree's buffer, less `start`. */
  const shiftOf = (start: number, end: number, at = 0): number => {
    if (!isLent) return 0;
    block.set(bytes.subarray(start, end), at);
    return at - start;
  };
  return {
    query: new Float32Array(buffer, query, rowFloats),
    queryCodes: new Int16Array(buffer, codes, codeBytes),
    parameters: new Float32Array(buffer, query + scratch.parameters, PARAMETER_BYTES / 4),
    found: new Uint32Array(buffer, found, 3 * MAX_BLOCK),
    values: new Float32Array(buffer, found, 3 * MAX_BLOCK),
    children: (first, count, threshold) => {
      const start = boxesOffset + first * 2 * rowBytes;
      const boxes = boxesOffset + shiftOf(start, start + count * 2 * rowBytes);
      return kernels.children(query, boxes, first, count, rowBytes, threshold, sums, found);
    },
    leaf: (node, first, end, threshold) => {
      const corner = boxesOffset + node * 2 * rowBytes;
      const box = corner + shiftOf(corner, corner + 2 * rowBytes);
      // Four objects side by side take as many bytes as a row.
      const start = keyCodesOffset + (first >> 2) * rowBytes;
      const stop = keyCodesOffset + ((end + 3) >> 2) * rowBytes;
      const keyCodes = keyCodesOffset + shiftOf(start, stop, 2 * rowBytes);
      return kernels.leaf(query, box, keyCodes, first, end, rowBytes, threshold, found);
    },
    codes: (slot) => {
      const start = codesOffset + slot * codeBytes;
      return kernels.codes(codes, start + shiftOf(start, start + codeBytes), codeBytes);
    },
  };
}
