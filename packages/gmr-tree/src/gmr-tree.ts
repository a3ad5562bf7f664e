import { StateError, ValueError } from "@wayweave/geo-core";
import {
  checkColumns,
  checkId,
  checkOptions,
  defaultSpaceWeight,
  type GmrObject,
  type GmrTreeColumns,
  type GmrTreeOptions,
  LARGEST_ID,
} from "./columns.js";
import { checkLength, checkPosition } from "./internal/checks.js";
import { asBuffer, readTree, writeTree } from "./internal/file-format.js";
import { Forest, type ForestOptions } from "./internal/forest.js";
import { ObjectList } from "./internal/object-list.js";
import { pack } from "./internal/pack.js";
import { prepareForForest, searchForest } from "./internal/search-forest.js";
import { streamForest } from "./internal/stream.js";
import { writeUnitVector } from "./internal/unit-vector.js";
import type { Hit, SearchQuery, StreamQuery } from "./query.js";
import type { SearchManyOptions, SearchManyQuery, SearchManyResult } from "./search-many.js";

/** A finished tree's objects, for the functions beside the class. */
export let forestOf: (tree: GmrTree, where: string) => Forest;

/**
 * An index of objects with a place and a meaning (a vector): finds those with the best blend of both, exactly.
 *
 * A packed tree whose nodes bound both the place and the vector, so that a best-first search can leave out whatever
 * cannot be among the k best. Results equal those of scoring every object; equal scores are ordered by id. After
 * {@link GmrTree.build} (or `add` … `finish`) objects can be inserted, removed and updated.
 *
 * @example
 * const tree = GmrTree.build({ dimensions: 2, positions: [13.7, 51, 13.8, 51.1], vectors: [1, 0, 0, 1] });
 * tree.search({ position: [13.7, 51], vector: [1, 0.2], k: 1 })[0]?.id; // 0
 */
export class GmrTree {
  readonly #forest: Forest;
  /** Objects between the constructor and `finish`. */
  #pending: ObjectList | undefined;
  #nextId = 0;

  /** An empty tree: `add` objects, then `finish`. */
  constructor(options: GmrTreeOptions) {
    this.#forest = new Forest(checkOptions("GmrTree", options));
    this.#pending = new ObjectList(options.dimensions);
  }

  /**
   * Builds a tree of columns.
   *
   * @throws {ShapeError} columns of different lengths
   * @throws {ValueError} a number out of range, equal ids, or more than 4 GiB
   */
  static build(columns: GmrTreeColumns): GmrTree {
    const where = "GmrTree.build";
    const options = checkOptions(where, columns);
    const { dimensions, positions, vectors, onProgress, signal } = columns;
    const ids = checkColumns(where, columns, options.planar);
    const total = ids.length;
    const source = {
      count: total,
      dimensions,
      positions,
      ids,
      writeUnit: (i: number, target: Float32Array | Float64Array, to: number) =>
        writeUnitVector(where, `vectors of object ${i}`, vectors, i * dimensions, dimensions, target, to),
    };
    const onObjects = (done: number): void => {
      signal?.throwIfAborted();
      onProgress?.({ done, total });
    };
    signal?.throwIfAborted();
    const tree = GmrTree.#around(options);
    tree.#forest.adopt(pack(where, source, { ...options, onObjects }));
    tree.#nextId = ids.reduce((next, id) => Math.max(next, id + 1), 0);
    return tree;
  }

  static #around(options: ForestOptions): GmrTree {
    const tree = new GmrTree({ ...options, coordinateSystem: options.planar ? "planar" : "lonlat" });
    tree.#pending = undefined;
    return tree;
  }

  /** Adds an object before `finish`, and returns its id: the given one, or the next. */
  add(object: GmrObject & { readonly id?: number }): number {
    if (this.#pending === undefined) {
      throw new StateError("GmrTree.add: the tree is finished; use insert");
    }
    return this.#put("GmrTree.add", object, object.id, this.#pending);
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

  has(id: number): boolean {
    return this.#finished("GmrTree.has").has(id);
  }

  /**
   * The k objects with the highest score μ·proximity + (1 − μ)·similarity, best first, equal scores by id: exactly those
   * that scoring every object gives.
   *
   * @throws {ShapeError | ValueError} a query out of range
   * @throws {StateError} before `finish`
   */
  search(query: SearchQuery): Hit[] {
    return searchForest("GmrTree.search", this.#finished("GmrTree.search"), query);
  }

  /**
   * All objects in the order of `search`, each found when it is asked for. The tree must not change meanwhile.
   *
   * @throws {StateError} before `finish`, or when the tree has changed since the first hit
   */
  nearest(query: StreamQuery): Generator<Hit, undefined> {
    const forest = this.#finished("GmrTree.nearest");
    return streamForest(forest, prepareForForest("GmrTree.nearest", forest, query));
  }

  /**
   * Many searches with the same settings, in this thread or in workers. Its code is loaded when first used.
   *
   * @throws {ValueError} a filter together with workers: functions cannot go to another thread
   * @throws {StateError} before `finish`, or a worker failed
   */
  async searchMany(batch: SearchManyQuery, options: SearchManyOptions = {}): Promise<SearchManyResult> {
    const forest = this.#finished("GmrTree.searchMany");
    const { searchForestMany } = await import("./search-many.js");
    return searchForestMany(forest, batch, options);
  }

  /** Inserts an object after `finish`, and returns its id: the given one, or the next. */
  insert(object: GmrObject & { readonly id?: number }): number {
    return this.#put("GmrTree.insert", object, object.id, this.#finished("GmrTree.insert"));
  }

  /** Removes an object. Returns whether there was one. */
  remove(id: number): boolean {
    return this.#finished("GmrTree.remove").remove(id);
  }

  /**
   * Gives an object a new position and vector.
   *
   * @throws {ValueError} no object has this id
   */
  update(id: number, object: GmrObject): void {
    const where = "GmrTree.update";
    const forest = this.#finished(where);
    if (!forest.has(id)) throw new ValueError(`${where}: id must be an object's, got ${id}`);
    const unit = this.#checkObject(where, object);
    forest.remove(id);
    forest.push(id, object.position[0], object.position[1], unit);
  }

  /** The tree as bytes, to be stored and read again by {@link GmrTree.from}. Packs the tree first if it has changed. */
  toBuffer(): ArrayBuffer {
    const where = "GmrTree.toBuffer";
    return writeTree(this.#finished(where).compact(where));
  }

  /**
   * Reads what `toBuffer` wrote.
   *
   * @param source the bytes: a buffer, or a view of one such as Node's `readFile` returns
   * @param options.copy copy the bytes to where the kernels can reach them (default true); false works on `source` itself
   *   (a memory-mapped file), which must not be changed, with slower searches
   * @throws {FormatError} not a tree, truncated or damaged
   */
  static from(
    source: ArrayBufferLike | ArrayBufferView,
    options: { readonly copy?: boolean; readonly shared?: boolean; readonly spaceWeight?: number } = {},
  ): GmrTree {
    const { copy = true, shared = false } = options;
    const packed = readTree(asBuffer("GmrTree.from", source), shared, copy);
    const { dimensions, frame } = packed;
    const spaceWeight = options.spaceWeight ?? defaultSpaceWeight(dimensions);
    const tree = GmrTree.#around({ dimensions, ...frame, spaceWeight, shared });
    tree.#forest.adopt(packed);
    tree.#nextId = packed.ids.reduce((next, id) => Math.max(next, id + 1), 0);
    return tree;
  }

  static {
    forestOf = (tree, where) => tree.#finished(where);
  }

  #finished(where: string): Forest {
    if (this.#pending !== undefined)
      throw new StateError(`${where}: the tree is not finished; call finish() first`);
    return this.#forest;
  }

  #checkObject(where: string, { position, vector }: GmrObject): Float32Array {
    const { planar, dimensions } = this.#forest.options;
    checkLength(where, "vector", vector, dimensions);
    checkPosition(where, "position", position, planar);
    const unit = new Float32Array(dimensions);
    writeUnitVector(where, "vector", vector, 0, dimensions, unit, 0);
    return unit;
  }

  #put(where: string, object: GmrObject, givenId: number | undefined, target: Forest | ObjectList): number {
    const unit = this.#checkObject(where, object);
    const id = givenId ?? this.#nextId;
    checkId(where, "id", id);
    if (target.has(id)) throw new ValueError(`${where}: ids must differ, got ${id} twice`);
    target.push(id, object.position[0], object.position[1], unit);
    this.#nextId = Math.min(LARGEST_ID, Math.max(this.#nextId, id + 1));
    return id;
  }
}
