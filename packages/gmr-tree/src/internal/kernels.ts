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
  readonly rowsOffset: number;
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
  /** Whether the buffer is a SharedArrayBuffer. Said here, since `instanceof` fails between realms (Jest, jsdom, frames). */
  readonly shared: boolean;
}

/** `wasm`: the SIMD kernels of `kernels.wat`. `typescript`: loops with the same results, where WebAssembly does not compile. */
export type KernelKind = "wasm" | "typescript";

/** The next multiple of 64, a cache line. */
export function alignUp(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
