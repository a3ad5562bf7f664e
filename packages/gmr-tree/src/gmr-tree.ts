import { type Position, ValueError } from "@wayweave/geo-core/foundation";
import type { AttributeColumns, AttributesOf, NoAttributes } from "./attributes/schema.js";
import { buildCollection, emptyCollection, type ReadOptions, readCollection } from "./build-tree.js";
import type { GmrObject, GmrTreeColumns, GmrTreeOptions } from "./columns.js";
import { checkKeys, checkPosition } from "./internal/checks.js";
import type { Collection } from "./internal/collection.js";
import { writeTree } from "./internal/file-format.js";
import type { KernelKind } from "./internal/kernels.js";
import { prepareSearch, type TreeContents } from "./internal/prepare-search.js";
import { noCounts, searchPrepared } from "./internal/search-forest.js";
import { streamForest } from "./internal/stream.js";
import { kernelKind, useKernels } from "./internal/wasm-kernels.js";
import { type AlikeQuery, findAlike, findNear, type NearQuery } from "./one-sided.js";
import { type Hit, type Id, queryNames, type SearchQuery } from "./query.js";
import type { SearchManyOptions, SearchManyQuery, SearchManyResult } from "./search-many.js";
import type { StoredGmrObject } from "./stored-object.js";

/** A finished tree's contents, for the functions beside the class. */
export let contentsOf: (tree: object, where: string) => TreeContents;

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
  #objects: Collection;

  /**
   * An empty tree: `add` objects, then `finish`. Attributes' types and ids' kind are not inferred from the options: name them,
   * `new GmrTree<{ kind: string }, string>({ …, attributes: { kind: "category" }, idType: "string" })`.
   *
   * @throws {ValueError} an option out of range or unknown
   */
  constructor(options: GmrTreeOptions<A, I>) {
    this.#objects = emptyCollection("GmrTree", options);
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
    return GmrTree.#around(buildCollection("GmrTree.build", columns));
  }

  static #around<A, I extends Id>(objects: Collection): GmrTree<A, I> {
    const tree = new GmrTree<A, I>({ dimensions: objects.forest.options.dimensions });
    tree.#objects = objects;
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

  /**
   * Adds an object before `finish`, and returns its id: the given one, or the next.
   *
   * @throws {ShapeError} a vector of another length
   * @throws {ValueError} a number out of range, an id that another object has, or an unknown or wrong attribute
   * @throws {StateError} after `finish`
   */
  add(object: GmrObject<A> & { readonly id?: I }): I {
    return this.#objects.add("GmrTree.add", object as never) as I;
  }

  /**
   * Packs the added objects. Only then can the tree be searched.
   *
   * @throws {StateError} called twice
   */
  finish(): this {
    this.#objects.finish("GmrTree.finish");
    return this;
  }

  /** How many objects there are. */
  get size(): number {
    return this.#objects.size;
  }

  /** The length of every vector. */
  get dimensions(): number {
    return this.#objects.forest.options.dimensions;
  }

  /** `lonlat`: degrees, distances along great circles. `planar`: any unit, Euclidean distances. */
  get coordinateSystem(): "lonlat" | "planar" {
    return this.#objects.forest.options.planar ? "planar" : "lonlat";
  }

  /** The memory that the objects and their indexes take, but for string ids: the formula is in the README. */
  get byteLength(): number {
    return this.#objects.byteLength;
  }

  /**
   * Whether an object has this id.
   *
   * @throws {ValueError} an id of the other kind: a string where ids are numbers, or the reverse
   * @throws {StateError} before `finish`
   */
  has(id: I): boolean {
    return this.#objects.has("GmrTree.has", id);
  }

  /**
   * An object as it is stored, or undefined where no object has this id.
   *
   * @throws {ValueError} an id of the other kind
   * @throws {StateError} before `finish`
   */
  get(id: I): StoredGmrObject<A, I> | undefined {
    return this.#objects.get("GmrTree.get", id) as StoredGmrObject<A, I> | undefined;
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
    const forest = this.#objects.finished(where);
    checkKeys(where, "query", query, queryNames);
    const prepared = prepareSearch(where, this.#objects, query as never);
    return searchPrepared(forest, prepared, noCounts()) as Hit<I>[];
  }

  /**
   * All objects in the order of `search`, each found when it is asked for, whatever the query's k. The tree's objects must not
   * change meanwhile.
   *
   * @throws {StateError} before `finish`, or when the objects have changed since the first hit
   */
  nearest(query: SearchQuery<A, I>): Generator<Hit<I>, undefined> {
    const where = "GmrTree.nearest";
    const forest = this.#objects.finished(where);
    checkKeys(where, "query", query, queryNames);
    const prepared = prepareSearch(where, this.#objects, query as never);
    return streamForest(forest, prepared) as Generator<Hit<I>, undefined>;
  }

  /**
   * The k nearest objects, whatever they mean, equal distances by id.
   *
   * @throws {ShapeError | ValueError} a query out of range, or an unknown option
   * @throws {StateError} before `finish`
   */
  near(query: NearQuery<A, I>): { readonly id: I; readonly distanceMeters: number }[] {
    const where = "GmrTree.near";
    this.#objects.finished(where);
    return findNear(where, this.#objects, query as never) as ReturnType<typeof this.near>;
  }

  /**
   * The k most similar objects, wherever they are, equal similarities by id.
   *
   * @throws {ShapeError | ValueError} a query out of range, or an unknown option
   * @throws {StateError} before `finish`
   */
  alike(query: AlikeQuery<A, I>): { readonly id: I; readonly similarity: number }[] {
    const where = "GmrTree.alike";
    this.#objects.finished(where);
    return findAlike(where, this.#objects, query as never) as ReturnType<typeof this.alike>;
  }

  /**
   * The distance of the farthest object in metres: δmax of the paper's eq. (6); 0 without objects. With several trees the
   * largest of theirs is the scale of a `linear` proximity that equals the `relative` one over all.
   *
   * @throws {ShapeError | ValueError} no position, or one out of range
   * @throws {StateError} before `finish`
   */
  farthest(position: Position): number {
    const where = "GmrTree.farthest";
    const forest = this.#objects.finished(where);
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
    const forest = this.#objects.finished("GmrTree.searchMany");
    const { searchForestMany } = await import("./search-many.js");
    return searchForestMany(forest, this.#objects.ids, batch as never, options) as Promise<
      SearchManyResult<I>
    >;
  }

  /**
   * Inserts an object after `finish`, and returns its id: the given one, or the next.
   *
   * @throws {ShapeError} a vector of another length
   * @throws {ValueError} a number out of range, an id that another object has, or an unknown or wrong attribute
   * @throws {StateError} before `finish`
   */
  insert(object: GmrObject<A> & { readonly id?: I }): I {
    return this.#objects.insert("GmrTree.insert", object as never) as I;
  }

  /**
   * Removes an object. Returns whether there was one.
   *
   * @throws {ValueError} an id of the other kind
   * @throws {StateError} before `finish`
   */
  remove(id: I): boolean {
    return this.#objects.remove("GmrTree.remove", id);
  }

  /**
   * Gives an object a new position, vector and attributes; those left out are missing then.
   *
   * @throws {ShapeError} a vector of another length
   * @throws {ValueError} no object has this id, or what `insert` refuses
   * @throws {StateError} before `finish`
   */
  update(id: I, object: GmrObject<A> & { readonly id?: I }): void {
    this.#objects.update("GmrTree.update", id, object as never);
  }

  /**
   * The tree as bytes, to be stored and read again by {@link GmrTree.from}. Packs the tree first if it has changed.
   *
   * @throws {StateError} before `finish`
   */
  toBuffer(): ArrayBuffer {
    const where = "GmrTree.toBuffer";
    const { forest, ids } = this.#objects;
    const packed = this.#objects.finished(where).compact(where);
    return writeTree(where, packed, forest.options.schema, ids?.names);
  }

  /**
   * Reads what `toBuffer` wrote.
   *
   * @typeParam A the attributes of its objects, which the compiler takes your word for
   * @typeParam I what its ids are
   * @param source the bytes: a buffer, or a view of one such as Node's `readFile` returns
   * @param options.copy copy the bytes to where the kernels can reach them (default true); false works on `source` itself
   *   (a memory-mapped file), which must not be changed, with slower searches
   * @throws {FormatError} not a tree, truncated or damaged
   */
  static from<A = NoAttributes, I extends Id = number>(
    source: ArrayBufferLike | ArrayBufferView,
    options: ReadOptions = {},
  ): GmrTree<A, I> {
    return GmrTree.#around(readCollection("GmrTree.from", source, options));
  }

  static {
    contentsOf = (tree, where) => {
      if (typeof tree !== "object" || tree === null || !(#objects in tree))
        throw new ValueError(`${where}: tree must be a GmrTree`);
      tree.#objects.finished(where);
      return tree.#objects;
    };
  }
}
