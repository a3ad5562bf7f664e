import { type Position, ValueError } from "@wayweave/geo-core/foundation";
import type {
  AttributeColumns,
  Attributes,
  AttributeValues,
  NoAttributes,
  Schema,
} from "./attributes/schema.js";
import {
  checkArray,
  checkBoolean,
  checkId,
  checkInRange,
  checkLength,
  checkOneOf,
  checkPosition,
  checkPositive,
  checkPositiveInteger,
  checkStringId,
  isPosition,
  LARGEST_ID,
} from "./internal/checks.js";
import type { ForestOptions } from "./internal/forest.js";
import { IdIndex } from "./internal/id-index.js";
import type { Id } from "./query.js";
import { checkSignature, type SignatureOptions } from "./signatures.js";

/** What a tree is like, whichever way it is made. */
export interface TreeOptions {
  /** Length of every vector, 1 … 4096. */
  readonly dimensions: number;
  /** `lonlat` (the default): degrees on the sphere, great-circle distances. `planar`: Euclidean distances. */
  readonly coordinateSystem?: "lonlat" | "planar" | undefined;
  /** Bits for `kgmcms`; without it there are none. */
  readonly signature?: SignatureOptions | undefined;
  /**
   * How finely space is divided compared with meaning: 2 unless given, 1 beyond 32 dimensions. More suits queries whose proximity falls within
   * kilometres, less suits a small μ. It changes how fast a search is, never what it finds.
   */
  readonly spaceWeight?: number | undefined;
  /** Build in a SharedArrayBuffer, which `searchMany`'s workers use without a copy where ids are numbers. Default false. */
  readonly shared?: boolean | undefined;
}

/** A tree to `add` objects to: `new GmrTree<{ kind: string }, string>({ …, attributes: { kind: "category" }, idType: "string" })`. */
export interface GmrTreeOptions<A = NoAttributes, I extends Id = number> extends TreeOptions {
  /** Names of the objects' attributes, each with its type. */
  readonly attributes?: { readonly [name in keyof A]: AttributeTypeOf<A[name]> } | undefined;
  /** What ids are. Default `number`. */
  readonly idType?: (I extends string ? "string" : "number") | undefined;
}

type AttributeTypeOf<V> = V extends string ? "category" : V extends boolean ? "boolean" : "number";

/** All objects of a tree in columns. */
export interface GmrTreeColumns<C extends AttributeColumns = NoAttributes, I extends Id = number>
  extends TreeOptions {
  /** `[lon, lat]` degrees or `[x, y]` pairs: [objects, 2]. */
  readonly positions: ArrayLike<number>;
  /** Row-major: [objects, dimensions]. Stored scaled to length 1 in float32; zero vectors stay zero. */
  readonly vectors: ArrayLike<number>;
  /** Different integers in [0, 2³² − 2], or different strings. Default 0, 1, 2, … */
  readonly ids?: ArrayLike<I> | undefined;
  /** Attributes, a column each: strings are categories. Missing: null, undefined, NaN in typed arrays. */
  readonly attributes?: C | undefined;
  /** Called in the same thread after every leaf that is packed, with the number of objects done so far. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
  /**
   * Asked before building and after every leaf. Building holds the thread, so only `onProgress` can abort it once
   * begun: `build` then throws the signal's reason.
   */
  readonly signal?: AbortSignal | undefined;
}

/** One object, to `add`, `insert` or `update`. */
export interface GmrObject<A = Attributes> {
  /** `[lon, lat]` in degrees, or `[x, y]` on a plane. */
  readonly position: Position;
  /** As long as the tree's `dimensions`, finite. Stored scaled to length 1 in float32; a zero vector stays zero. */
  readonly vector: ArrayLike<number>;
  /** Those left out are missing. */
  readonly attributes?: AttributeValues<A> | undefined;
}

export const treeOptionNames = [
  "dimensions",
  "coordinateSystem",
  "signature",
  "spaceWeight",
  "shared",
] as const;

const LARGEST_DIMENSIONS = 4096;

/** Checks a tree's options and fills in their defaults. */
export function treeOptions(where: string, options: TreeOptions, schema: Schema): ForestOptions {
  const { dimensions, coordinateSystem = "lonlat", signature, shared = false } = options;
  checkPositiveInteger(where, "dimensions", dimensions);
  checkInRange(where, "dimensions", dimensions, 1, LARGEST_DIMENSIONS);
  checkOneOf(where, "coordinateSystem", coordinateSystem, ["lonlat", "planar"]);
  const spaceWeight = options.spaceWeight ?? defaultSpaceWeight(dimensions);
  checkPositive(where, "spaceWeight", spaceWeight);
  checkBoolean(where, "shared", shared);
  if (signature !== undefined) checkSignature(where, signature);
  return { dimensions, planar: coordinateSystem === "planar", signature, spaceWeight, shared, schema };
}

/** Ids as the trees know them: numbers, and their names where they are strings. */
export interface ColumnIds {
  readonly numbers: Uint32Array;
  readonly names: readonly string[] | undefined;
}

/**
 * Checks positions, lengths and ids of columns. Vectors are checked as they are read.
 *
 * @returns the ids, 0, 1, 2, … where none are given
 */
export function checkColumns(
  where: string,
  columns: GmrTreeColumns<AttributeColumns, Id>,
  planar: boolean,
): ColumnIds {
  const { positions, vectors, ids, dimensions } = columns;
  checkArray(where, "positions", positions);
  checkArray(where, "vectors", vectors);
  const count = Math.floor(positions.length / 2);
  checkLength(where, "positions", positions, 2 * count);
  checkLength(where, "vectors", vectors, count * dimensions);
  for (let i = 0; i < count; i++) {
    const x = positions[2 * i]!;
    const y = positions[2 * i + 1]!;
    // The message comes from the check of one position.
    if (!isPosition(x, y, planar)) checkPosition(where, `positions[${i}]`, [x, y], planar);
  }
  const numbers = new Uint32Array(count);
  for (let i = 0; i < count; i++) numbers[i] = i;
  if (ids === undefined) return { numbers, names: undefined };
  checkArray(where, "ids", ids);
  checkLength(where, "ids", ids, count);
  if (typeof ids[0] === "string") return { numbers, names: checkNames(where, ids) };
  for (let i = 0; i < count; i++) {
    const id = ids[i];
    if (!(Number.isInteger(id) && (id as number) >= 0 && (id as number) <= LARGEST_ID)) {
      checkId(where, `ids[${i}]`, id);
    }
    numbers[i] = id as number;
  }
  const { duplicate } = new IdIndex(numbers);
  if (duplicate !== undefined) throw new ValueError(`${where}: ids must differ, got ${duplicate} twice`);
  return { numbers, names: undefined };
}

function checkNames(where: string, ids: ArrayLike<Id>): string[] {
  const seen = new Set<string>();
  return Array.from(ids, (id, i) => {
    checkStringId(where, `ids[${i}]`, id);
    if (seen.has(id)) throw new ValueError(`${where}: ids must differ, got ${JSON.stringify(id)} twice`);
    seen.add(id);
    return id;
  });
}

/** Measured: long vectors take more cuts until their clusters are apart, and so leave less to space. */
export function defaultSpaceWeight(dimensions: number): number {
  return dimensions <= 32 ? 2 : 1;
}
