import { StateError, ValueError } from "@wayweave/geo-core/foundation";
import type { NoAttributes } from "./attributes/schema.js";
import {
  answering,
  checkArray,
  checkCallbacks,
  checkInRange,
  checkKeys,
  checkLength,
  checkNonNegativeInteger,
  checkPosition,
  isPosition,
} from "./internal/checks.js";
import type { Forest } from "./internal/forest.js";
import { MAX_THREADS } from "./internal/kernels.js";
import { allocateColumns, type ResultColumns, writeHits } from "./internal/result-columns.js";
import { noCounts, prepareForForest, searchPrepared } from "./internal/search-forest.js";
import { sharedCopy } from "./internal/shared-copy.js";
import type { StringIds } from "./internal/string-ids.js";
import { writeUnitVector } from "./internal/unit-vector.js";
import { searchWithWorkers } from "./internal/worker-pool.js";
import { type Hit, type Id, prepareSettings, type SearchSettings, settingNames } from "./query.js";
import type { SearchWorker } from "./worker-thread.js";

/** Searches between two looks at the event loop. */
const QUERIES_AT_ONCE = 64;

/** Many queries at once, in columns. All share the other settings. */
export interface SearchManyQuery<A = NoAttributes, I extends Id = number> extends SearchSettings<A, I> {
  /** `[lon, lat]` or `[x, y]` pairs: [queries, 2]. */
  readonly positions: ArrayLike<number>;
  /** Row-major: [queries, dimensions]. */
  readonly vectors: ArrayLike<number>;
  /** How many hits a query; Infinity for all objects. Default 10. */
  readonly k?: number | undefined;
}

/** How {@link GmrTree.searchMany} goes about a batch: in which threads, and how it reports and stops. */
export interface SearchManyOptions {
  /**
   * How many worker threads search beside each other, at most 64; 0 (the default) searches in this thread. The tree moves
   * to a SharedArrayBuffer the first time. Starting a thread takes some 50 ms: worthwhile from some thousand queries on.
   * Several calls, and searches in this thread, may go on beside each other; of one tree's workers at most 64 run at once.
   */
  readonly workers?: number;
  /**
   * Makes a worker that runs `@wayweave/gmr-tree/search-worker`, for bundlers that do not see the package's own. Used once,
   * then ended.
   */
  readonly createWorker?: () => SearchWorker;
  /**
   * Called in the calling thread with the number of queries answered: every 64 queries here, every 16 or so with
   * workers.
   */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Stops between two such lots of queries; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The hits of many queries in columns; `at(i)`, and iteration, give queries' hits as {@link Hit}s. */
export class SearchManyResult<I extends Id = number> implements Iterable<Hit<I>[]> {
  /** How many hits each query has: [queries]. */
  readonly counts: Uint32Array;
  /** Places for every query's hits: k. */
  readonly k: number;
  /** [queries, k]; what is behind a query's count is 0, here and below, or `""`. */
  readonly ids: I extends string ? readonly string[] : Uint32Array;
  /** `[queries, k]`, each row from the best down: {@link Hit.score}. */
  readonly scores: Float64Array;
  /** `[queries, k]`, great-circle metres, or the coordinates' unit on a plane. */
  readonly distancesMeters: Float64Array;
  /** `[queries, k]`, in [0, 1]. */
  readonly proximities: Float64Array;
  /** `[queries, k]`, cosines in [−1, 1]. */
  readonly similarities: Float64Array;
  /** [queries, k, signals] */
  readonly signals: Float64Array;
  readonly #signalCount: number;

  /** @param names the ids by their numbers, where ids are strings */
  constructor(columns: ResultColumns, k: number, signalCount: number, names: readonly string[] | undefined) {
    this.k = k;
    this.counts = columns.counts;
    const found = (place: number) => place % k < columns.counts[Math.floor(place / k)]!;
    const ids: unknown =
      names === undefined
        ? columns.ids
        : Array.from(columns.ids, (number, place) => (found(place) ? names[number]! : ""));
    this.ids = ids as typeof this.ids;
    this.scores = columns.scores;
    this.distancesMeters = columns.distancesMeters;
    this.proximities = columns.proximities;
    this.similarities = columns.similarities;
    this.signals = columns.signals;
    this.#signalCount = signalCount;
  }

  /** How many queries there were. */
  get length(): number {
    return this.counts.length;
  }

  /** The hits of query i, best first. */
  at(i: number): Hit<I>[] {
    const start = i * this.k;
    const width = this.#signalCount;
    return Array.from({ length: this.counts[i] ?? 0 }, (_, rank) => {
      const place = start + rank;
      const hit = {
        id: this.ids[place] as I,
        score: this.scores[place]!,
        distanceMeters: this.distancesMeters[place]!,
        proximity: this.proximities[place]!,
        similarity: this.similarities[place]!,
      };
      if (width === 0) return hit;
      return { ...hit, signals: Array.from(this.signals.subarray(place * width, (place + 1) * width)) };
    });
  }

  /** Every query's hits in turn. */
  *[Symbol.iterator](): Generator<Hit<I>[], undefined> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }
}

/** {@link GmrTree.searchMany} over a tree's objects. */
export async function searchForestMany(
  forest: Forest,
  ids: StringIds | undefined,
  batch: SearchManyQuery<never, Id>,
  options: SearchManyOptions,
): Promise<SearchManyResult<Id>> {
  const where = "GmrTree.searchMany";
  checkKeys(where, "batch", batch, [...settingNames, "positions", "vectors", "k"]);
  checkKeys(where, "options", options, ["workers", "createWorker", "onProgress", "signal"]);
  const { schema } = forest.options;
  const { workers = 0, createWorker, onProgress, signal } = options;
  checkInRange(where, "workers", workers, 0, MAX_THREADS);
  checkNonNegativeInteger(where, "workers", workers);
  checkCallbacks(where, { createWorker, onProgress, signal });
  const { positions, vectors } = batch;
  const filter = answering(where, batch.filter);
  const settings = prepareSettings(where, batch, schema);
  const total = checkQueries(where, batch, forest);
  if (workers > 0 && filter !== undefined) {
    throw new ValueError(
      `${where}: filter must be left out with workers, which cannot call it; where can go there`,
    );
  }
  if (workers > 0 && typeof SharedArrayBuffer === "undefined") {
    throw new StateError(
      `${where}: workers need a SharedArrayBuffer, which a page has only when it is served with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp; send these, or leave out workers`,
    );
  }
  if (workers === 0 && createWorker !== undefined) {
    throw new ValueError(`${where}: createWorker must be left out without workers`);
  }
  signal?.throwIfAborted();
  const k = Math.min(settings.k, Math.max(1, forest.size));
  const columns = allocateColumns(total, k, settings.signals.length, workers > 0);
  if (workers > 0) {
    const { tree, names } = sharedCopy(forest, ids);
    const task = { settings: { ...settings, k }, positions, vectors, columns, k };
    await searchWithWorkers(tree, task, workers, options);
    return new SearchManyResult(columns, k, settings.signals.length, names);
  }
  const names = ids?.names;
  const numbers = names === undefined ? undefined : ids!;
  for (let i = 0; i < total; i++) {
    const prepared = prepareForForest(where, forest, settings, queryAt(batch, i, forest.options.dimensions), {
      filter,
      names,
    });
    const hits = searchPrepared(forest, prepared, noCounts());
    writeHits(
      columns,
      i,
      k,
      numbers === undefined ? hits : hits.map((hit) => ({ ...hit, id: numbers.find(hit.id) })),
    );
    if ((i + 1) % QUERIES_AT_ONCE === 0 || i + 1 === total) {
      onProgress?.({ done: i + 1, total });
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
    }
  }
  return new SearchManyResult(columns, k, settings.signals.length, names);
}

/** The i-th query of a batch. */
export function queryAt(
  { positions, vectors }: Pick<SearchManyQuery, "positions" | "vectors">,
  i: number,
  dimensions: number,
): { readonly x: number; readonly y: number; readonly vector: Float64Array } {
  const vector = new Float64Array(dimensions);
  for (let j = 0; j < dimensions; j++) vector[j] = vectors[i * dimensions + j]!;
  return { x: positions[2 * i]!, y: positions[2 * i + 1]!, vector };
}

/** Checks every query, so that neither memory is taken nor a thread started for a wrong one. Returns how many there are. */
function checkQueries(
  where: string,
  { positions, vectors }: Pick<SearchManyQuery, "positions" | "vectors">,
  forest: Forest,
): number {
  const { dimensions, planar } = forest.options;
  checkArray(where, "positions", positions);
  checkArray(where, "vectors", vectors);
  const total = Math.floor(positions.length / 2);
  checkLength(where, "positions", positions, 2 * total);
  checkLength(where, "vectors", vectors, total * dimensions);
  for (let i = 0; i < total; i++) {
    const place = [positions[2 * i]!, positions[2 * i + 1]!] as const;
    if (!isPosition(place[0], place[1], planar)) {
      checkPosition(`${where}: query ${i}`, "position", place, planar);
    }
    for (let at = i * dimensions; at < (i + 1) * dimensions; at++) {
      if (Number.isFinite(vectors[at])) continue;
      const vector = Array.from({ length: dimensions }, (_, j) => vectors[i * dimensions + j]!);
      writeUnitVector(
        `${where}: query ${i}`,
        "vector",
        vector,
        0,
        dimensions,
        new Float64Array(dimensions),
        0,
      );
    }
  }
  return total;
}
