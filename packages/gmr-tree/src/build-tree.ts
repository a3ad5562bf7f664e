import { type AttributeColumns, encodeColumns, schemaOf } from "./attributes/schema.js";
import {
  checkColumns,
  defaultSpaceWeight,
  type GmrTreeColumns,
  type GmrTreeOptions,
  treeOptionNames,
  treeOptions,
} from "./columns.js";
import { checkBoolean, checkCallbacks, checkKeys, checkOneOf } from "./internal/checks.js";
import { Collection } from "./internal/collection.js";
import { asBuffer, readTree } from "./internal/file-format.js";
import { Forest } from "./internal/forest.js";
import { ObjectList } from "./internal/object-list.js";
import { pack } from "./internal/pack.js";
import type { PackedTree } from "./internal/packed-tree.js";
import { StringIds } from "./internal/string-ids.js";
import { writeUnitVector } from "./internal/unit-vector.js";
import type { Id } from "./query.js";

/** How {@link GmrTree.from} reads. */
export interface ReadOptions {
  /** Whether to copy the bytes to where the kernels can reach them. Default true. */
  readonly copy?: boolean | undefined;
  /**
   * Whether what is copied now, and what later changes pack, goes into a SharedArrayBuffer, which `searchMany`'s
   * workers use without a copy where ids are numbers. Default false.
   */
  readonly shared?: boolean | undefined;
  /**
   * As in {@link TreeOptions}, for what is packed after changes: the bytes keep the division they were written with.
   */
  readonly spaceWeight?: number | undefined;
}

/** No objects yet: they are added one by one. */
export function emptyCollection<A, I extends Id>(where: string, options: GmrTreeOptions<A, I>): Collection {
  checkKeys(where, "options", options, [...treeOptionNames, "attributes", "idType"]);
  const { dimensions, idType = "number", attributes } = options;
  checkOneOf(where, "idType", idType, ["number", "string"]);
  const schema = schemaOf(where, attributes as AttributeColumns | undefined);
  const forest = new Forest(treeOptions(where, options, schema));
  const ids = idType === "string" ? new StringIds([]) : undefined;
  return new Collection(forest, ids, new ObjectList(dimensions, schema.count), 0);
}

/** All objects at once. */
export function buildCollection(where: string, columns: GmrTreeColumns<AttributeColumns, Id>): Collection {
  checkKeys(where, "columns", columns, [
    ...treeOptionNames,
    ...(["positions", "vectors", "ids", "attributes", "onProgress", "signal"] as const),
  ]);
  const { dimensions, positions, vectors, onProgress, signal } = columns;
  checkCallbacks(where, { onProgress, signal });
  const { planar } = treeOptions(where, columns, schemaOf(where, undefined));
  const { numbers, names } = checkColumns(where, columns, planar);
  const total = numbers.length;
  const { schema, values } = encodeColumns(where, columns.attributes, total);
  const options = treeOptions(where, columns, schema);
  const source = {
    count: total,
    dimensions,
    positions,
    ids: numbers,
    attributes: schema.count,
    attribute: (i: number, a: number) => values[a]![i]!,
    writeUnit: (i: number, target: Float32Array | Float64Array, to: number) =>
      writeUnitVector(where, `vectors of object ${i}`, vectors, i * dimensions, dimensions, target, to),
  };
  const onObjects = (done: number): void => {
    signal?.throwIfAborted();
    onProgress?.({ done, total });
  };
  signal?.throwIfAborted();
  return packedCollection(new Forest(options), pack(where, source, { ...options, onObjects }), names);
}

/** What {@link writeTree} wrote. */
export function readCollection(where: string, source: unknown, options: ReadOptions): Collection {
  checkKeys(where, "options", options, ["copy", "shared", "spaceWeight"]);
  const { copy = true, shared = false } = options;
  checkBoolean(where, "copy", copy);
  checkBoolean(where, "shared", shared);
  const { tree, schema, names } = readTree(where, asBuffer(where, source), shared, copy);
  const { dimensions, frame } = tree;
  const { spaceWeight = defaultSpaceWeight(dimensions) } = options;
  const coordinateSystem = frame.planar ? "planar" : "lonlat";
  const { signature } = frame;
  const forest = new Forest(
    treeOptions(where, { dimensions, coordinateSystem, signature, spaceWeight, shared }, schema),
  );
  return packedCollection(forest, tree, names);
}

function packedCollection(
  forest: Forest,
  tree: PackedTree,
  names: readonly string[] | undefined,
): Collection {
  forest.adopt(tree);
  const largestId = tree.ids.reduce((largest, id) => Math.max(largest, id), -1);
  return new Collection(
    forest,
    names === undefined ? undefined : new StringIds(names),
    undefined,
    largestId + 1,
  );
}
