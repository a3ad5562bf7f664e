import { type Position, StateError, ValueError } from "@wayweave/geo-core/foundation";
import {
  type AttributeColumns,
  type AttributesOf,
  type AttributeValues,
  encodeColumns,
  type NoAttributes,
  schemaOf,
} from "./attributes/schema.js";
import { preparePredicates, type Where } from "./attributes/where.js";
import {
  checkColumns,
  checkId,
  defaultSpaceWeight,
  type GmrObject,
  type GmrTreeColumns,
  type GmrTreeOptions,
  LARGEST_ID,
  treeOptionNames,
  treeOptions,
} from "./columns.js";
import {
  checkArray,
  checkKeys,
  checkLength,
  checkNonNegative,
  checkOneOf,
  checkOptions,
  checkPosition,
  checkPositiveInteger,
} from "./internal/checks.js";
import { asBuffer, readTree, writeTree } from "./internal/file-format.js";
import { Forest, type StoredObject } from "./internal/forest.js";
import type { KernelKind } from "./internal/kernels.js";
import { nearestObjects } from "./internal/nearest-objects.js";
import { ObjectList } from "./internal/object-list.js";
import { pack } from "./internal/pack.js";
import type { PreparedQuery } from "./internal/prepared-query.js";
import { noCounts, prepareForForest, searchPrepared } from "./internal/search-forest.js";
import { streamForest } from "./internal/stream.js";
import { checkStringId, StringIds } from "./internal/string-ids.js";
import { writeUnitVector } from "./internal/unit-vector.js";
import { kernelKind, useKernels } from "./internal/wasm-kernels.js";
import { checkTarget, type Hit, type Id, prepareSettings, queryNames, type SearchQuery } from "./query.js";
import type { SearchManyOptions, SearchManyQuery, SearchManyResult } from "./search-many.js";

/** A finished tree's objects, and the names of their numbers, for the functions beside the class. */
export interface TreeContents {
  readonly forest: Forest;
  readonly ids: StringIds | undefined;
}

/** A finished tree's contents. */
export let contentsOf: (tree: object, where: string) => TreeContents;

/** The nearest objects, whatever they mean. */
export interface NearQuery<A = NoAttributes, I extends Id = number> {
  readonly position: Position;
  /** Default 10; Infinity for all. */
  readonly k?: number | undefined;
  readonly maxDistanceMeters?: number | undefined;
  readonly where?: Where<A> | undefined;
  readonly filter?: ((id: I) => boolean) | undefined;
}

/** The most similar objects, wherever they are. */
export interface AlikeQuery<A = NoAttributes, I extends Id = number> {
  readonly vector: ArrayLike<number>;
  /** Default 10; Infinity for all. */
  readonly k?: number | undefined;
  readonly minSimilarity?: number | undefined;
  readonly where?: Where<A> | undefined;
  readonly filter?: ((id: I) => boolean) | undefined;
}

/** An object as the tree has it. */
export interface StoredGmrObject<A, I extends Id> {
  readonly id: I;
  readonly position: Position;
  /** Of length 1, or zeros: what the given vector was scaled to. */
  readonly vector: Float32Array;
  readonly attributes: AttributeValues<A>;
}

const objectNames = ["position", "vector", "attributes"] as const;

/**
 * An index of objects with a place and a meaning (a vector): finds those with the best blend of both, exactly.
 *
 * A packed tree whose nodes bound both the place and the vector, so that a best-first search can leave out whatever
 * cannot be among the k best. Results equal those of scoring every object; equal scores are ordered by id. After
 * {@link GmrTree.build} (or `add` … `finish`) objects can be inserted, removed and updated. A change that fails, for memory
 * is short, leaves the tree as it was.
 *
 * @typeParam A the objects' attributes, inferred from their columns
 * @typeParam I number or string, inferred from the ids
 * @example
 * const tree = GmrTree.build({ dimensions: 2, positions: [13.7, 51, 13.8, 51.1], vectors: [1, 0, 0, 1] });
 * tree.search({ position: [13.7, 51], vector: [1, 0.2], k: 1 })[0]?.id; // 0
 */
export class GmrTree<A = NoAttributes, I extends Id = number> {
  #forest: Forest;
  /** Where ids are strings. */
  #ids: StringIds | undefined;
  /** Objects between the constructor and `finish`. */
  #pending: ObjectList | undefined;
  #nextId = 0;

  /** An empty tree: `add` objects, then `finish`. */
  constructor(options: GmrTreeOptions<A, I>) {
    const where = "GmrTree";
    checkKeys(where, options, [...treeOptionNames, "attributes", "idType"]);
    const { idType = "number" } = options;
    checkOneOf(where, "idType", idType, ["number", "string"]);
    const schema = schemaOf(where, options.attributes as AttributeColumns | undefined);
    this.#forest = new Forest(treeOptions(where, options, schema));
    this.#ids = idType === "string" ? new StringIds([]) : undefined;
    this.#pending = new ObjectList(options.dimensions, schema.count);
  }

  /**
   * Builds a tree of columns.
   *
   * @throws {ShapeError} columns of different lengths
   * @throws {ValueError} a number out of range, equal ids, an unknown option, or more than 4 GiB
   */
  static build<const C extends AttributeColumns = NoAttributes, I extends Id = number>(
    columns: GmrTreeColumns<C, I>,
  ): GmrTree<AttributesOf<C>, I extends string ? string : number> {
    const where = "GmrTree.build";
    checkKeys(where, columns, [
      ...treeOptionNames,
      ...(["positions", "vectors", "ids", "attributes", "onProgress", "signal"] as const),
    ]);
    const { dimensions, positions, vectors, onProgress, signal } = columns;
    const planar = treeOptions(where, columns, schemaOf(where, undefined)).planar;
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
    const forest = new Forest(options);
    forest.adopt(pack(where, source, { ...options, onObjects }));
    return GmrTree.#around(forest, names, largestOf(numbers) + 1);
  }

  static #around<A, I extends Id>(
    forest: Forest,
    names: readonly string[] | undefined,
    nextId: number,
  ): GmrTree<A, I> {
    const tree = new GmrTree<A, I>({ dimensions: forest.options.dimensions });
    tree.#forest = forest;
    tree.#ids = names === undefined ? undefined : new StringIds(names);
    tree.#pending = undefined;
    tree.#nextId = nextId;
    return tree;
  }

  /** `wasm`, or `typescript` where WebAssembly does not compile: what trees use that are built or read from now on. */
  static get kernels(): KernelKind {
    return kernelKind();
  }

  /**
   * Sets the kernels of the trees that are built or read from now on. Results are the same.
   *
   * @param module `@wayweave/gmr-tree/kernels.wasm`, compiled: where only precompiled modules run (workerd imports one).
   *   Or `"typescript"`; undefined for what this environment allows.
   * @throws {StateError} another module
   */
  static useKernels(module: object | "typescript" | undefined): void {
    useKernels(module as WebAssembly.Module | "typescript" | undefined);
  }

  /** Adds an object before `finish`, and returns its id: the given one, or the next. */
  add(object: GmrObject<A> & { readonly id?: I }): I {
    const where = "GmrTree.add";
    const pending = this.#pending;
    if (pending === undefined) {
      throw new StateError(`${where}: the tree is finished; use insert`);
    }
    return this.#put(where, object, pending, ({ id, x, y, unit, values }) =>
      pending.push(id, x, y, unit, values),
    );
  }

  /** Packs the added objects. Only then can the tree be searched. */
  finish(): this {
    const pending = this.#pending;
    if (pending === undefined) throw new StateError("GmrTree.finish: the tree is already finished");
    this.#forest.adopt(pack("GmrTree.finish", pending, { ...this.#forest.options, onObjects: () => {} }));
    this.#pending = undefined;
    return this;
  }

  /** How many objects there are. */
  get size(): number {
    return this.#pending?.count ?? this.#forest.size;
  }

  get dimensions(): number {
    return this.#forest.options.dimensions;
  }

  get coordinateSystem(): "lonlat" | "planar" {
    return this.#forest.options.planar ? "planar" : "lonlat";
  }

  /** The memory that the objects and their indexes take, but for string ids: the formula is in the README. */
  get byteLength(): number {
    return this.#pending?.byteLength ?? this.#forest.byteLength;
  }

  has(id: I): boolean {
    return this.#finished("GmrTree.has").has(this.#numberOf(id));
  }

  /** An object as it is stored, or undefined where no object has this id. */
  get(id: I): StoredGmrObject<A, I> | undefined {
    const forest = this.#finished("GmrTree.get");
    const found = forest.locate(this.#numberOf(id));
    if (found === undefined) return undefined;
    const { columns, i } = found;
    const from = columns.vectorOffset(i);
    const { schema, dimensions } = forest.options;
    const attributes = schema.names.map(
      (name, a) => [name, schema.decode(a, columns.attribute(i, a))] as const,
    );
    return {
      id,
      position: [columns.positions[2 * i]!, columns.positions[2 * i + 1]!],
      vector: columns.vectors.slice(from, from + dimensions),
      attributes: Object.fromEntries(
        attributes.filter(([, value]) => value !== undefined),
      ) as AttributeValues<A>,
    };
  }

  /**
   * The k objects with the highest score μ·proximity + (1 − μ)·similarity (+ further signals), best first, equal scores by
   * id: exactly those that scoring every object gives.
   *
   * @throws {ShapeError | ValueError} a query out of range, or an unknown option
   * @throws {StateError} before `finish`
   */
  search(query: SearchQuery<A, I>): Hit<I>[] {
    const where = "GmrTree.search";
    checkKeys(where, query, queryNames);
    const prepared = prepareSearch(this, where, query as never);
    return searchPrepared(this.#forest, prepared, noCounts()) as Hit<I>[];
  }

  /**
   * All objects in the order of `search`, each found when it is asked for, whatever the query's k. The tree's objects must not
   * change meanwhile.
   *
   * @throws {StateError} before `finish`, or when the objects have changed since the first hit
   */
  nearest(query: SearchQuery<A, I>): Generator<Hit<I>, undefined> {
    const where = "GmrTree.nearest";
    checkKeys(where, query, queryNames);
    return streamForest(this.#forest, prepareSearch(this, where, query as never)) as Generator<
      Hit<I>,
      undefined
    >;
  }

  /**
   * The k nearest objects, whatever they mean, equal distances by id.
   *
   * @throws {ShapeError | ValueError} a query out of range, or an unknown option
   */
  near(query: NearQuery<A, I>): { readonly id: I; readonly distanceMeters: number }[] {
    const where = "GmrTree.near";
    const forest = this.#finished(where);
    checkKeys(where, query, ["position", "k", "maxDistanceMeters", "where", "filter"]);
    const { position, k = 10, maxDistanceMeters = Number.POSITIVE_INFINITY, filter } = query;
    checkPosition(where, "position", position, forest.options.planar);
    if (k !== Number.POSITIVE_INFINITY) checkPositiveInteger(where, "k", k);
    checkNonNegative(where, "maxDistanceMeters", maxDistanceMeters);
    const found = nearestObjects(forest, {
      x: position[0],
      y: position[1],
      k,
      maxDistance: maxDistanceMeters,
      predicates: preparePredicates(where, forest.options.schema, query.where),
      filter: filter as ((id: Id) => boolean) | undefined,
      names: this.#ids?.names,
    });
    return found.map(({ id, distance }) => ({ id: id as I, distanceMeters: distance }));
  }

  /**
   * The k most similar objects, wherever they are, equal similarities by id.
   *
   * @throws {ShapeError | ValueError} a query out of range, or an unknown option
   */
  alike(query: AlikeQuery<A, I>): { readonly id: I; readonly similarity: number }[] {
    const where = "GmrTree.alike";
    this.#finished(where);
    checkKeys(where, query, ["vector", "k", "minSimilarity", "where", "filter"]);
    // Somewhere, where everything is equally near.
    const proximity = { kind: "linear", scaleMeters: 1, offsetMeters: Number.POSITIVE_INFINITY } as const;
    const prepared = prepareSearch(this, where, { ...query, position: [0, 0], mu: 0, proximity } as never);
    const hits = searchPrepared(this.#forest, prepared, noCounts()) as Hit<I>[];
    return hits.map(({ id, similarity }) => ({ id, similarity }));
  }

  /**
   * The distance of the farthest object in metres: δmax of the paper's eq. (6); 0 without objects. With several trees the
   * largest of theirs is the scale of a `linear` proximity that equals the `relative` one over all.
   */
  farthest(position: Position): number {
    const where = "GmrTree.farthest";
    const forest = this.#finished(where);
    checkPosition(where, "position", position, forest.options.planar);
    return forest.farthest(position[0], position[1]);
  }

  /**
   * Many searches with the same settings, in this thread or in workers. Its code is loaded when first used.
   *
   * @throws {ShapeError | ValueError} a query out of range, which the message numbers; a filter together with workers:
   *   functions cannot go to another thread
   * @throws {StateError} before `finish`, or workers cannot run or failed
   */
  async searchMany(
    batch: SearchManyQuery<A, I>,
    options: SearchManyOptions = {},
  ): Promise<SearchManyResult<I>> {
    const forest = this.#finished("GmrTree.searchMany");
    const { searchForestMany } = await import("./search-many.js");
    return searchForestMany(forest, this.#ids, batch as never, options) as Promise<SearchManyResult<I>>;
  }

  /** Inserts an object after `finish`, and returns its id: the given one, or the next. */
  insert(object: GmrObject<A> & { readonly id?: I }): I {
    const where = "GmrTree.insert";
    const forest = this.#finished(where);
    return this.#put(where, object, forest, (stored) => forest.push(stored));
  }

  /** Removes an object. Returns whether there was one. */
  remove(id: I): boolean {
    const removed = this.#finished("GmrTree.remove").remove(this.#numberOf(id));
    if (removed) this.#ids?.remove(id as string);
    return removed;
  }

  /**
   * Gives an object a new position, vector and attributes; those left out are missing then.
   *
   * @throws {ValueError} no object has this id
   */
  update(id: I, object: GmrObject<A> & { readonly id?: I }): void {
    const where = "GmrTree.update";
    const forest = this.#finished(where);
    checkKeys(where, object, [...objectNames, "id"]);
    const number = this.#numberOf(id);
    if (!forest.has(number) || (object.id !== undefined && object.id !== id)) {
      const got = typeof id === "string" ? JSON.stringify(id) : String(id);
      throw new ValueError(`${where}: id must be an object's, got ${got}`);
    }
    forest.replace({ id: number, ...this.#checkObject(where, object) });
  }

  /** The tree as bytes, to be stored and read again by {@link GmrTree.from}. Packs the tree first if it has changed. */
  toBuffer(): ArrayBuffer {
    const where = "GmrTree.toBuffer";
    const packed = this.#finished(where).compact(where);
    return writeTree(where, packed, this.#forest.options.schema, this.#ids?.names);
  }

  /**
   * Reads what `toBuffer` wrote.
   *
   * @param source the bytes: a buffer, or a view of one such as Node's `readFile` returns
   * @param options.copy copy the bytes to where the kernels can reach them (default true); false works on `source` itself
   *   (a memory-mapped file), which must not be changed, with slower searches
   * @throws {FormatError} not a tree, truncated or damaged
   */
  static from<A = NoAttributes, I extends Id = number>(
    source: ArrayBufferLike | ArrayBufferView,
    options: { readonly copy?: boolean; readonly shared?: boolean; readonly spaceWeight?: number } = {},
  ): GmrTree<A, I> {
    const where = "GmrTree.from";
    checkOptions(where, options, ["copy", "shared", "spaceWeight"]);
    const { copy = true, shared = false } = options;
    const { tree: packed, schema, names } = readTree(asBuffer(where, source), shared, copy);
    const { dimensions, frame } = packed;
    const { spaceWeight = defaultSpaceWeight(dimensions) } = options;
    const coordinateSystem = frame.planar ? "planar" : "lonlat";
    const { signature } = frame;
    const forest = new Forest(
      treeOptions(where, { dimensions, coordinateSystem, signature, spaceWeight, shared }, schema),
    );
    forest.adopt(packed);
    return GmrTree.#around(forest, names, largestOf(packed.ids) + 1);
  }

  static {
    contentsOf = (tree, where) => {
      if (typeof tree !== "object" || tree === null || !(#forest in tree))
        throw new ValueError(`${where}: tree must be a GmrTree`);
      return { forest: tree.#finished(where), ids: tree.#ids };
    };
  }

  #finished(where: string): Forest {
    if (this.#pending !== undefined)
      throw new StateError(`${where}: the tree is not finished; call finish() first`);
    return this.#forest;
  }

  #numberOf(id: unknown): number {
    if (this.#ids !== undefined) return this.#ids.find(id);
    return typeof id === "number" && Number.isInteger(id) ? id : -1;
  }

  #checkObject(where: string, object: GmrObject<A>): Omit<StoredObject, "id"> {
    const { position, vector, attributes } = object;
    const { planar, dimensions, schema } = this.#forest.options;
    checkArray(where, "vector", vector);
    checkLength(where, "vector", vector, dimensions);
    checkPosition(where, "position", position, planar);
    const unit = new Float32Array(dimensions);
    writeUnitVector(where, "vector", vector, 0, dimensions, unit, 0);
    const values = schema.encodeObject(where, attributes as Readonly<Record<string, unknown>> | undefined);
    return { x: position[0], y: position[1], unit, values };
  }

  #put(
    where: string,
    object: GmrObject<A> & { readonly id?: I },
    target: { has(id: number): boolean },
    push: (object: StoredObject) => void,
  ): I {
    checkKeys(where, object, [...objectNames, "id"]);
    const stored = this.#checkObject(where, object);
    if (this.#ids !== undefined) {
      const { id } = object;
      checkStringId(where, "id", id);
      if (this.#ids.find(id) >= 0) {
        throw new ValueError(`${where}: ids must differ, got ${JSON.stringify(id)} twice`);
      }
      push({ id: this.#ids.next, ...stored });
      this.#ids.add(id);
      return id as I;
    }
    if (object.id === undefined && this.#nextId > LARGEST_ID) {
      throw new ValueError(`${where}: no id is left after ${LARGEST_ID}; give the object an id that is free`);
    }
    const id: unknown = object.id ?? this.#nextId;
    checkId(where, "id", id);
    if (target.has(id)) throw new ValueError(`${where}: ids must differ, got ${id} twice`);
    push({ id, ...stored });
    this.#nextId = Math.max(this.#nextId, id + 1);
    return id as I;
  }
}

/** Checks a search of a tree, but for unknown options. */
export function prepareSearch(tree: object, where: string, query: SearchQuery<never, Id>): PreparedQuery {
  const { forest, ids } = contentsOf(tree, where);
  const { dimensions, planar, schema } = forest.options;
  const { position, vector } = query;
  checkTarget(where, position, vector, dimensions, planar);
  const settings = prepareSettings(where, query, schema);
  const target = { x: position[0], y: position[1], vector };
  return prepareForForest(where, forest, settings, target, { filter: query.filter, names: ids?.names });
}

function largestOf(ids: Uint32Array): number {
  return ids.reduce((largest, id) => Math.max(largest, id), -1);
}
