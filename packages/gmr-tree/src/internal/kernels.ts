import { KERNELS_WASM, MEMORY_FLAG_OFFSET } from "./kernels-wasm.js";

/** Threads that can search one shared tree at once: each has its own query and results behind the tree. */
export const MAX_THREADS = 64;

/** Boxes or rows that one kernel call may handle: a node's children, a leaf's objects. */
export const MAX_BLOCK = 256;

/**
 * The inner loops of a search over one tree's buffer. Both kinds (SIMD and TypeScript) read the query from
 * {@link query} and {@link queryCodes} and write pairs into {@link out}. All sums are float32 or integer: they only
 * bound a score, which is then computed exactly elsewhere.
 */
export interface Kernels {
  readonly kind: "simd" | "scalar";
  /** The query's key row: [rowFloats]. */
  readonly query: Float32Array;
  /** The query's vector in sixteen bits: [codeBytes]. */
  readonly queryCodes: Int16Array;
  /** [MAX_BLOCK, 2]: squared spatial distance, then squared distance (boxes) or scalar product (rows) of the meaning. */
  readonly out: Float32Array;
  /** Squared distances from the query to `count` boxes from box `first` on. */
  boxes(first: number, count: number): void;
  /** Squared spatial distance and scalar product of `count` rows from row `first` on. */
  rows(first: number, count: number): void;
  /** Integer scalar product of object `slot`'s codes with {@link queryCodes}. */
  codes(slot: number): number;
}

/** Where in a buffer the kernels find what they read. */
export interface KernelSections {
  readonly rowFloats: number;
  readonly rowsOffset: number;
  readonly boxesOffset: number;
  readonly codeBytes: number;
  readonly codesOffset: number;
  /** Bytes in use; the SIMD kernels keep the query and their results behind them. */
  readonly totalBytes: number;
}

/** A buffer for a tree, in a WebAssembly memory where the SIMD kernels can work on it. */
export interface Storage {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  readonly memory: WebAssembly.Memory | undefined;
}

const PAGE = 65536;
/** Below this size a tree gets a plain buffer: a WebAssembly memory reserves gigabytes of address space. */
const SMALLEST_MEMORY = 1 << 18;

let kernelBytes: Uint8Array<ArrayBuffer> | null | undefined;
const modules = new Map<boolean, WebAssembly.Module>();

/** The assembled kernels, or null where the engine has no WebAssembly SIMD. */
function simdBytes(): Uint8Array<ArrayBuffer> | null {
  if (kernelBytes === undefined) {
    const bytes = Uint8Array.from(atob(KERNELS_WASM), (c) => c.charCodeAt(0));
    kernelBytes = typeof WebAssembly === "object" && WebAssembly.validate(bytes) ? bytes : null;
  }
  return kernelBytes;
}

/** What one thread needs: a query row, its codes, and the results of a block. */
function scratchBytes(rowFloats: number, codeBytes: number): number {
  return alignUp(4 * rowFloats + 2 * codeBytes + 8 * MAX_BLOCK);
}

/** The next multiple of 64, a cache line. */
export function alignUp(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/** A zeroed buffer of at least `totalBytes`, shared between threads where `shared`. */
export function allocate(
  sections: Pick<KernelSections, "rowFloats" | "codeBytes" | "totalBytes">,
  shared: boolean,
): Storage {
  const { totalBytes } = sections;
  if (totalBytes >= SMALLEST_MEMORY && simdBytes() !== null) {
    const scratch = scratchBytes(sections.rowFloats, sections.codeBytes) * (shared ? MAX_THREADS : 1);
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

/** @param thread which of a shared tree's {@link MAX_THREADS} scratch areas to use */
export function createKernels(storage: Storage, sections: KernelSections, thread = 0): Kernels {
  return storage.memory === undefined
    ? scalarKernels(storage.buffer, sections)
    : simdKernels(storage.memory, sections, thread);
}

/** The module that imports a memory of this kind. */
function moduleFor(shared: boolean): WebAssembly.Module {
  let module = modules.get(shared);
  if (module === undefined) {
    const bytes = simdBytes()!.slice();
    if (shared) bytes[MEMORY_FLAG_OFFSET] = 3;
    module = new WebAssembly.Module(bytes);
    modules.set(shared, module);
  }
  return module;
}

interface KernelExports {
  boxes(query: number, box: number, count: number, bytes: number, out: number): void;
  rows(query: number, row: number, count: number, bytes: number, out: number): void;
  codes(query: number, code: number, length: number): number;
}

function simdKernels(memory: WebAssembly.Memory, sections: KernelSections, thread: number): Kernels {
  const { rowFloats, rowsOffset, boxesOffset, codeBytes, codesOffset } = sections;
  const shared = typeof SharedArrayBuffer !== "undefined" && memory.buffer instanceof SharedArrayBuffer;
  const instance = new WebAssembly.Instance(moduleFor(shared), { tree: { memory } });
  const kernels = instance.exports as unknown as KernelExports;
  const rowBytes = 4 * rowFloats;
  const queryAt = alignUp(sections.totalBytes) + thread * scratchBytes(rowFloats, codeBytes);
  const codesAt = queryAt + rowBytes;
  const outAt = codesAt + 2 * codeBytes;
  return {
    kind: "simd",
    query: new Float32Array(memory.buffer, queryAt, rowFloats),
    queryCodes: new Int16Array(memory.buffer, codesAt, codeBytes),
    out: new Float32Array(memory.buffer, outAt, 2 * MAX_BLOCK),
    boxes: (first, count) =>
      kernels.boxes(queryAt, boxesOffset + first * 2 * rowBytes, count, rowBytes, outAt),
    rows: (first, count) => kernels.rows(queryAt, rowsOffset + first * rowBytes, count, rowBytes, outAt),
    codes: (slot) => kernels.codes(codesAt, codesOffset + slot * codeBytes, codeBytes),
  };
}

function scalarKernels(buffer: ArrayBuffer | SharedArrayBuffer, sections: KernelSections): Kernels {
  const { rowFloats, rowsOffset, boxesOffset, codeBytes, codesOffset } = sections;
  const floats = new Float32Array(buffer, 0, buffer.byteLength >> 2);
  const bytes = new Int8Array(buffer);
  const query = new Float32Array(rowFloats);
  const queryCodes = new Int16Array(codeBytes);
  const out = new Float32Array(2 * MAX_BLOCK);
  return {
    kind: "scalar",
    query,
    queryCodes,
    out,
    boxes: (first, count) => {
      scalarBoxes(floats, (boxesOffset >> 2) + first * 2 * rowFloats, count, query, out);
    },
    rows: (first, count) => {
      scalarRows(floats, (rowsOffset >> 2) + first * rowFloats, count, query, out);
    },
    codes: (slot) => {
      const base = codesOffset + slot * codeBytes;
      let sum = 0;
      for (let i = 0; i < codeBytes; i++) sum = (sum + Math.imul(bytes[base + i]!, queryCodes[i]!)) | 0;
      return sum;
    },
  };
}

function scalarBoxes(
  boxes: Float32Array,
  start: number,
  count: number,
  query: Float32Array,
  out: Float32Array,
): void {
  const length = query.length;
  for (let c = 0, low = start; c < count; c++, low += 2 * length) {
    let space = 0;
    let meaning = 0;
    for (let j = 0; j < length; j++) {
      const x = query[j]!;
      // Twice the positive part, without a branch: how far x lies outside [lower, upper].
      const outside = Math.max(boxes[low + j]! - x, x - boxes[low + length + j]!);
      const gap = outside + Math.abs(outside);
      if (j < 4) space += gap * gap;
      else meaning += gap * gap;
    }
    out[2 * c] = space / 4;
    out[2 * c + 1] = meaning / 4;
  }
}

function scalarRows(
  rows: Float32Array,
  start: number,
  count: number,
  query: Float32Array,
  out: Float32Array,
): void {
  const length = query.length;
  for (let c = 0, row = start; c < count; c++, row += length) {
    let space = 0;
    for (let j = 0; j < 4; j++) {
      const gap = rows[row + j]! - query[j]!;
      space += gap * gap;
    }
    let product = 0;
    for (let j = 4; j < length; j++) product += rows[row + j]! * query[j]!;
    out[2 * c] = space;
    out[2 * c + 1] = product;
  }
}
