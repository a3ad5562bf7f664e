import { type Position, ValueError } from "@wayweave/geo-core";
import {
  checkInRange,
  checkLength,
  checkOneOf,
  checkPosition,
  checkPositive,
  checkPositiveInteger,
  LARGEST_COORDINATE,
} from "./internal/checks.js";
import type { ForestOptions } from "./internal/forest.js";
import { IdIndex } from "./internal/id-index.js";
import { checkSignature, type SignatureOptions } from "./signatures.js";

/** What a tree is like. */
export interface GmrTreeOptions {
  /** Length of every vector, 1 … 4096. */
  readonly dimensions: number;
  /** `lonlat` (the default): degrees on the sphere, great-circle distances. `planar`: Euclidean distances. */
  readonly coordinateSystem?: "lonlat" | "planar";
  /** Bits for `kgmcms`; without it there are none. */
  readonly signature?: SignatureOptions | undefined;
  /**
   * How finely space is divided compared with meaning: 2 unless given, 1 beyond 32 dimensions. More suits queries whose proximity falls within
   * kilometres, less suits a small μ. It changes how fast a search is, never what it finds.
   */
  readonly spaceWeight?: number;
  /** Build in a SharedArrayBuffer, which `searchMany`'s workers use without a copy. Default false. */
  readonly shared?: boolean;
}

/** All objects of a tree in columns. */
export interface GmrTreeColumns extends GmrTreeOptions {
  /** `[lon, lat]` degrees or `[x, y]` pairs: [objects, 2]. */
  readonly positions: ArrayLike<number>;
  /** Row-major: [objects, dimensions]. Stored scaled to length 1 in float32; zero vectors stay zero. */
  readonly vectors: ArrayLike<number>;
  /** Different integers in [0, 2³² − 2]. Default 0, 1, 2, … */
  readonly ids?: ArrayLike<number>;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** One object, to `add`, `insert` or `update`. */
export interface GmrObject {
  readonly position: Position;
  readonly vector: ArrayLike<number>;
}

export const LARGEST_ID = 2 ** 32 - 2;
const LARGEST_DIMENSIONS = 4096;

/** Checks a tree's options and fills in their defaults. */
export function checkOptions(where: string, options: GmrTreeOptions): ForestOptions {
  const { dimensions, coordinateSystem = "lonlat", signature, shared = false } = options;
  checkPositiveInteger(where, "dimensions", dimensions);
  checkInRange(where, "dimensions", dimensions, 1, LARGEST_DIMENSIONS);
  checkOneOf(where, "coordinateSystem", coordinateSystem, ["lonlat", "planar"]);
  const spaceWeight = options.spaceWeight ?? defaultSpaceWeight(dimensions);
  checkPositive(where, "spaceWeight", spaceWeight);
  if (signature !== undefined) checkSignature(where, signature);
  return { dimensions, planar: coordinateSystem === "planar", signature, spaceWeight, shared };
}

export function checkId(where: string, name: string, id: number): void {
  if (!Number.isSafeInteger(id) || id < 0 || id > LARGEST_ID) {
    throw new ValueError(`${where}: ${name} must be an integer in [0, ${LARGEST_ID}], got ${id}`);
  }
}

/**
 * Checks positions, lengths and ids of columns. Vectors are checked as they are read.
 *
 * @returns the ids, 0, 1, 2, … where none are given
 */
export function checkColumns(where: string, columns: GmrTreeColumns, planar: boolean): Uint32Array {
  const { positions, vectors, ids, dimensions } = columns;
  const count = Math.floor(positions.length / 2);
  checkLength(where, "positions", positions, 2 * count);
  checkLength(where, "vectors", vectors, count * dimensions);
  const [limitX, limitY] = planar ? [LARGEST_COORDINATE, LARGEST_COORDINATE] : [180, 90];
  for (let i = 0; i < count; i++) {
    const x = positions[2 * i]!;
    const y = positions[2 * i + 1]!;
    // Written so that NaN fails; the message comes from the check of one position.
    if (!(Math.abs(x) <= limitX && Math.abs(y) <= limitY)) {
      checkPosition(where, `positions[${i}]`, [x, y], planar);
    }
  }
  const own = new Uint32Array(count);
  if (ids === undefined) {
    for (let i = 0; i < count; i++) own[i] = i;
    return own;
  }
  checkLength(where, "ids", ids, count);
  for (let i = 0; i < count; i++) {
    const id = ids[i]!;
    if (!(Number.isInteger(id) && id >= 0 && id <= LARGEST_ID)) checkId(where, `ids[${i}]`, id);
    own[i] = id;
  }
  const { duplicate } = new IdIndex(own);
  if (duplicate !== undefined) throw new ValueError(`${where}: ids must differ, got ${duplicate} twice`);
  return own;
}

/** Measured: long vectors take more cuts until their clusters are apart, and so leave less to space. */
export function defaultSpaceWeight(dimensions: number): number {
  return dimensions <= 32 ? 2 : 1;
}
