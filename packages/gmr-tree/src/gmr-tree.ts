import { type Position, StateError, ValueError } from "@wayweave/geo-core";
import {
  checkColumns,
  checkId,
  checkOptions,
  type GmrObject,
  type GmrTreeColumns,
  type GmrTreeOptions,
  LARGEST_ID,
} from "./columns.js";
import { type Explanation, explainSearch } from "./explain.js";
import { checkInRange, checkPosition } from "./internal/checks.js";
import { asBuffer, readTree, writeTree } from "./internal/file-format.js";
import { Forest, type ForestOptions } from "./internal/forest.js";
import { MAX_THREADS } from "./internal/kernels.js";
import { ObjectList } from "./internal/object-list.js";
import { pack } from "./internal/pack.js";
import { prepareForForest, searchForest } from "./internal/search-forest.js";
import { SharedCopy } from "./internal/shared-copy.js";
import { streamForest } from "./internal/stream.js";
import { writeUnitVector } from "./internal/unit-vector.js";
import { searchWithWorkers } from "./internal/worker-pool.js";
import { type KgmcmsQuery, type KgmcmsResult, kgmcmsSearch } from "./kgmcms.js";
import type { Hit, SearchQuery, StreamQuery } from "./query.js";
import { type Bbox, objectsInBbox, objectsWithin } from "./range.js";
import {
  allocateColumns,
  countQueries,
  queryAt,
  type SearchManyOptions,
  type SearchManyQuery,
  SearchManyResult,
  writeHits,
} from "./search-many.js";

/** Searches between two looks at the event loop. */
const QUERIES_AT_ONCE = 64;

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
  readonly #shared = new SharedCopy();
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
    const { planar, ...rest } = options;
    const { signature, ...others } = rest;
    const tree = new GmrTree({
      ...others,
      ...(signature === undefined ? {} : { signature }),
      coordinateSystem: planar ? "planar" : "lonlat",
    });
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
   * Many searches with the same settings, in this thread or in workers.
   *
   * @throws {ValueError} a filter together with workers: functions cannot go to another thread
   * @throws {StateError} before `finish`, or a worker failed
   */
  async searchMany(batch: SearchManyQuery, options: SearchManyOptions = {}): Promise<SearchManyResult> {
    const where = "GmrTree.searchMany";
    const forest = this.#finished(where);
    const { workers = 0, onProgress, signal } = options;
    checkInRange(where, "workers", workers, 0, MAX_THREADS);
    const total = countQueries(where, batch, this.dimensions);
    const k = Math.max(1, Math.min(batch.k ?? 10, forest.size));
    if (workers > 0 && batch.filter !== undefined) {
      throw new ValueError(`${where}: filter must be left out with workers, which cannot call it`);
    }
    signal?.throwIfAborted();
    const columns = allocateColumns(total, k, workers > 0);
    // The first query is checked here, so that a wrong setting fails before any thread starts.
    if (total > 0) prepareForForest(where, forest, queryAt(batch, 0, this.dimensions));
    if (workers > 0) {
      await searchWithWorkers(this.#shared.of(forest), batch, columns, k, Math.ceil(workers), options);
      return new SearchManyResult(columns, k);
    }
    for (let i = 0; i < total; i++) {
      writeHits(columns, i, k, searchForest(where, forest, queryAt(batch, i, this.dimensions)));
      if ((i + 1) % QUERIES_AT_ONCE === 0 || i + 1 === total) {
        onProgress?.({ done: i + 1, total });
        await new Promise((resolve) => setTimeout(resolve));
        signal?.throwIfAborted();
      }
    }
    return new SearchManyResult(columns, k);
  }

  /** What `search` returns, and how much work it was. */
  explain(query: SearchQuery): Explanation {
    return explainSearch("GmrTree.explain", this.#finished("GmrTree.explain"), query);
  }

  /**
   * The ids of all objects within a distance, nearest first.
   *
   * @param radiusMeters metres, or the coordinates' unit on a plane; ≥ 0
   */
  within(position: Position, radiusMeters: number): number[] {
    return objectsWithin("GmrTree.within", this.#finished("GmrTree.within"), position, radiusMeters);
  }

  /** The ids of all objects in a bounding box, edges included, in ascending order. */
  inBbox(bbox: Bbox): number[] {
    return objectsInBbox("GmrTree.inBbox", this.#finished("GmrTree.inBbox"), bbox);
  }

  /**
   * The paper's own search (its Algorithms 1 and 2): nearest objects whose signature matches. Approximate: kept to show
   * what it misses. Packs the tree first if it has changed.
   *
   * @throws {StateError} the tree was built without `signature`
   */
  kgmcms(query: KgmcmsQuery): KgmcmsResult {
    return kgmcmsSearch("GmrTree.kgmcms", this.#finished("GmrTree.kgmcms"), query);
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
   * @param options.copy copy the bytes to where SIMD can reach them (default true); false works on `source` itself (a
   *   memory-mapped file), which must not be changed, with slower searches
   * @throws {FormatError} not a tree, truncated or damaged
   */
  static from(
    source: ArrayBufferLike | ArrayBufferView,
    options: { readonly copy?: boolean; readonly shared?: boolean; readonly spaceWeight?: number } = {},
  ): GmrTree {
    const { copy = true, shared = false, spaceWeight = 4 } = options;
    const packed = readTree(asBuffer("GmrTree.from", source), shared, copy);
    const { dimensions, frame } = packed;
    const tree = GmrTree.#around({ dimensions, ...frame, spaceWeight, shared });
    tree.#forest.adopt(packed);
    tree.#nextId = packed.ids.reduce((next, id) => Math.max(next, id + 1), 0);
    return tree;
  }

  #finished(where: string): Forest {
    if (this.#pending !== undefined)
      throw new StateError(`${where}: the tree is not finished; call finish() first`);
    return this.#forest;
  }

  #checkObject(where: string, { position, vector }: GmrObject): Float32Array {
    const { planar, dimensions } = this.#forest.options;
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
