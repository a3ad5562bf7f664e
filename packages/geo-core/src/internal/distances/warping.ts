import type { PreparedPoints } from "./points.js";
import { WARPING_WASM } from "./warping-wasm.js";

/** Rows that one sweep of a kernel takes, and so the length of a step of {@link WarpingLimits.strips}. */
export const STRIP_ROWS = 4;

/** Fewer cells than these are not worth a call. */
export const SMALLEST_SWEPT = 64;

/** Which cells a path may use. */
export interface WarpingLimits {
  /** Row p may use columns q with −reachLeft ≤ q − p ≤ reachRight. */
  readonly reachLeft: number;
  readonly reachRight: number;
  /** What the recurrence's value may reach on any row; `Infinity` for no limit. */
  readonly limit: number;
  /** Tighter limits: one for each {@link STRIP_ROWS} rows. */
  readonly strips?: Float64Array | undefined;
}

/** No band, no limit. */
export const UNLIMITED: WarpingLimits = { reachLeft: 2 ** 29, reachRight: 2 ** 29, limit: Infinity };

type Kernel = (
  rows: number,
  columns: number,
  a: number,
  aStride: number,
  b: number,
  bStride: number,
  row: number,
  limits: number,
  reachLeft: number,
  reachRight: number,
  curvature: number,
) => number;

interface WarpingExports {
  readonly memory: WebAssembly.Memory;
  readonly dtwPlane: Kernel;
  readonly dtwSphere: Kernel;
  readonly frechet: Kernel;
}

const PAGE = 65536;
/** Numbers kept free around a row and around the reversed columns. */
const MARGIN = 3;

/** The kernels of scripts/warping-kernels.mjs with the memory that they work on. */
export class WarpingKernels {
  readonly #exports: WarpingExports;
  #numbers: Float64Array;
  #room = { rows: 0, columns: 0 };
  /** Which trajectory the rows in memory are: a run of pairs usually keeps its first. */
  #rowsOf: { readonly points: WeakRef<PreparedPoints>; readonly index: number } | undefined;

  /** @throws whatever the engine says where it refuses WebAssembly or its vectors */
  constructor() {
    const bytes = Uint8Array.from(WARPING_WASM.match(/../g)!, (byte) => Number.parseInt(byte, 16));
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    this.#exports = instance.exports as unknown as WarpingExports;
    this.#numbers = new Float64Array(this.#exports.memory.buffer);
  }

  /**
   * The last cell of a recurrence between trajectory `i` of `a` (rows) and `j` of `b` (columns), both with points; any
   * number above the limit, usually `Infinity`, where it exceeds that.
   *
   * @param name `dtw` needs points within the series of `metresOf`; `frechet` gives squared straight lines
   * @returns undefined where the memory does not suffice
   */
  run(
    name: "dtw" | "frechet",
    a: PreparedPoints,
    i: number,
    b: PreparedPoints,
    j: number,
    { reachLeft, reachRight, limit, strips }: WarpingLimits,
  ): number | undefined {
    const rows = a.offsets[i + 1]! - a.offsets[i]!;
    const columns = b.offsets[j + 1]! - b.offsets[j]!;
    if (!this.#makeRoom(rows, columns)) return undefined;
    const { rows: rowRoom, columns: columnRoom } = this.#room;
    const numbers = this.#numbers;
    const limitsAt = 3 * rowRoom;
    const columnsAt = limitsAt + rowRoom / STRIP_ROWS;
    const rowAt = columnsAt + 3 * columnRoom + MARGIN;
    this.#loadRows(a, i, rowRoom);
    loadColumns(numbers, columnsAt, columnRoom, b, j);
    const stripCount = Math.ceil(rows / STRIP_ROWS);
    if (strips === undefined) numbers.fill(limit, limitsAt, limitsAt + stripCount);
    else numbers.set(strips.subarray(0, stripCount), limitsAt);
    numbers.fill(Infinity, rowAt + 1, rowAt + columns + MARGIN + 1);
    numbers[rowAt] = 0;
    const { dtwPlane, dtwSphere, frechet } = this.#exports;
    const kernel = name === "frechet" ? frechet : a.curvature === 0 ? dtwPlane : dtwSphere;
    return kernel(
      rows,
      columns,
      0,
      8 * rowRoom,
      8 * columnsAt,
      8 * columnRoom,
      8 * rowAt,
      8 * limitsAt,
      reachLeft,
      reachRight,
      a.curvature,
    );
  }

  #makeRoom(rows: number, columns: number): boolean {
    const room = this.#room;
    if (rows <= room.rows - STRIP_ROWS && columns <= room.columns - 2 * MARGIN) return true;
    const wanted = {
      rows: Math.max(room.rows, roundUp(rows + STRIP_ROWS)),
      columns: Math.max(room.columns, roundUp(columns + 2 * MARGIN)),
    };
    const total = 3 * wanted.rows + wanted.rows / STRIP_ROWS + 4 * wanted.columns + 2 * MARGIN;
    const { memory } = this.#exports;
    const pages = Math.ceil((8 * total - memory.buffer.byteLength) / PAGE);
    try {
      if (pages > 0) memory.grow(pages);
    } catch {
      return false;
    }
    this.#numbers = new Float64Array(memory.buffer);
    this.#room = wanted;
    this.#rowsOf = undefined;
    return true;
  }

  #loadRows(a: PreparedPoints, i: number, room: number): void {
    if (this.#rowsOf?.index === i && this.#rowsOf.points.deref() === a) return;
    const [start, end] = [a.offsets[i]!, a.offsets[i + 1]!];
    for (let p = start, at = 0; p < end; p++, at++) {
      this.#numbers[at] = a.x[p]!;
      this.#numbers[at + room] = a.y[p]!;
      this.#numbers[at + 2 * room] = a.z[p]!;
    }
    this.#rowsOf = { points: new WeakRef(a), index: i };
  }
}

function loadColumns(numbers: Float64Array, at: number, room: number, b: PreparedPoints, j: number): void {
  const { x, y, z } = b;
  const [start, end] = [b.offsets[j]!, b.offsets[j + 1]!];
  const columns = end - start;
  numbers.fill(Infinity, at, at + MARGIN);
  numbers.fill(Infinity, at + MARGIN + columns, at + 2 * MARGIN + columns);
  let to = at + MARGIN;
  for (let q = end - 1; q >= start; q--, to++) {
    numbers[to] = x[q]!;
    numbers[to + room] = y[q]!;
    numbers[to + 2 * room] = z[q]!;
  }
}

/** A multiple of {@link STRIP_ROWS} with some to spare, so that memory grows seldom. */
function roundUp(count: number): number {
  return 64 * Math.ceil((1.25 * count) / 64);
}

let kernels: WarpingKernels | undefined | null = null;

/** The kernels; undefined where WebAssembly or its vectors are refused. */
export function warpingKernels(): WarpingKernels | undefined {
  if (kernels === null) {
    try {
      kernels = new WarpingKernels();
    } catch {
      // The TypeScript kernels give the same values.
      kernels = undefined;
    }
  }
  return kernels;
}
