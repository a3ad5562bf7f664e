import { StateError } from "@wayweave/geo-core/foundation";
import {
  alignUp,
  type KernelKind,
  type KernelSections,
  type Kernels,
  MAX_BLOCK,
  MAX_THREADS,
  type Storage,
} from "./kernels.js";
import { KERNELS_WASM, MEMORY_FLAG_OFFSET } from "./kernels-wasm.js";
import { typescriptKernels } from "./typescript-kernels.js";

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

/** The compiled kernels by whether their memory is shared; undefined where they cannot be compiled. */
const modules = new Map<boolean, WebAssembly.Module | undefined>();
let lent: WebAssembly.Memory | undefined;

/** Which kernels trees get that are built or read from now on. */
export function kernelKind(): KernelKind {
  return moduleFor(false) === undefined ? "typescript" : "wasm";
}

/**
 * Sets the kernels of the trees that are built or read from now on.
 *
 * @param module compiled from the package's `kernels.wasm`; `"typescript"` for the loops in TypeScript; undefined for what
 *   this environment allows
 * @throws {StateError} a module that is not the kernels'
 */
export function useKernels(module: WebAssembly.Module | "typescript" | undefined): void {
  if (module === "typescript" || module === undefined) {
    modules.clear();
    if (module === undefined) return;
    for (const shared of [false, true]) modules.set(shared, undefined);
    return;
  }
  try {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
    const { exports } = new WebAssembly.Instance(module, { tree: { memory } });
    if (["children", "leaf", "codes"].some((name) => typeof exports[name] !== "function")) {
      throw new TypeError("an export is missing");
    }
  } catch (cause) {
    throw new StateError(
      "GmrTree.useKernels: module must be @wayweave/gmr-tree/kernels.wasm, compiled by WebAssembly.compile",
      { cause },
    );
  }
  modules.set(false, module);
}

/** Where, behind a tree, one thread has the query's row, its parameters and weights, its codes, and results. */
function scratchLayout(rowFloats: number, codeBytes: number) {
  const parameters = 4 * rowFloats;
  const codes = parameters + PARAMETER_BYTES + LANE_BYTES + 2 * rowFloats;
  const sums = codes + 2 * codeBytes;
  const found = sums + 8 * MAX_BLOCK;
  return { parameters, codes, sums, found, bytes: alignUp(found + 12 * MAX_BLOCK) };
}

/** A zeroed buffer of at least `totalBytes`, shared between threads where `shared`. */
export function allocate(
  { totalBytes, rowFloats, codeBytes }: Pick<KernelSections, "rowFloats" | "codeBytes" | "totalBytes">,
  shared: boolean,
): Storage {
  if (totalBytes >= SMALLEST_MEMORY && moduleFor(shared) !== undefined) {
    const scratch = scratchLayout(rowFloats, codeBytes).bytes * (shared ? MAX_THREADS + 1 : 1);
    const pages = Math.ceil((alignUp(totalBytes) + scratch) / PAGE);
    try {
      const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
      return { buffer: memory.buffer, memory, shared };
    } catch {
      // No address space, or more pages than this engine allows: a plain buffer still works.
    }
  }
  const buffer = shared ? new SharedArrayBuffer(totalBytes) : new ArrayBuffer(totalBytes);
  return { buffer, memory: undefined, shared };
}

/** The module that imports a memory of this kind; undefined where this environment compiles none (CSP, workerd, jitless). */
function moduleFor(shared: boolean): WebAssembly.Module | undefined {
  if (!modules.has(shared)) modules.set(shared, compile(shared));
  return modules.get(shared);
}

function compile(shared: boolean): WebAssembly.Module | undefined {
  // Hexadecimal digits are longer than base64, but keep to bytes, and so compress better.
  const bytes = Uint8Array.from(KERNELS_WASM.match(/../g)!, (byte) => Number.parseInt(byte, 16));
  if (shared) bytes[MEMORY_FLAG_OFFSET] = 3;
  try {
    return new WebAssembly.Module(bytes);
  } catch {
    return undefined;
  }
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
  const module = moduleFor(isLent ? false : storage.shared);
  if (module === undefined) return typescriptKernels(storage, sections);
  lent ??= isLent ? new WebAssembly.Memory({ initial: LENT_PAGES, maximum: LENT_PAGES }) : undefined;
  const memory = storage.memory ?? lent!;
  const { buffer } = memory;
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
