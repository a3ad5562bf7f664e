import { ValueError } from "@wayweave/geo-core";
import { checkInRange, checkLength } from "./internal/checks.js";
import type { Forest } from "./internal/forest.js";
import { MAX_THREADS } from "./internal/kernels.js";
import { prepareForForest, searchForest } from "./internal/search-forest.js";
import { sharedCopy } from "./internal/shared-copy.js";
import { searchWithWorkers } from "./internal/worker-pool.js";
import type { Hit, SearchQuery } from "./query.js";

/** Searches between two looks at the event loop. */
const QUERIES_AT_ONCE = 64;

/** Many queries at once, in columns. All share the other settings. */
export interface SearchManyQuery extends Omit<SearchQuery, "position" | "vector"> {
  /** `[lon, lat]` or `[x, y]` pairs: [queries, 2]. */
  readonly positions: ArrayLike<number>;
  /** Row-major: [queries, dimensions]. */
  readonly vectors: ArrayLike<number>;
}

export interface SearchManyOptions {
  /**
   * How many worker threads search beside each other, at most 64; 0 (the default) searches in this thread. The tree moves
   * to a SharedArrayBuffer the first time. Starting a thread takes some 50 ms: worthwhile from some thousand queries on.
   * Several calls, and searches in this thread, may go on beside each other; of one tree's workers at most 64 run at once.
   */
  readonly workers?: number;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** The hits of many queries in columns; `at(i)` gives one query's as {@link Hit}s. */
export class SearchManyResult {
  /** How many hits each query has: [queries]. */
  readonly counts: Uint32Array;
  /** Places for every query's hits: k. */
  readonly k: number;
  /** [queries, k]; what is behind a query's count is 0, here and below. */
  readonly ids: Uint32Array;
  readonly scores: Float64Array;
  readonly distancesMeters: Float64Array;
  readonly proximities: Float64Array;
  readonly similarities: Float64Array;

  constructor(columns: ResultColumns, k: number) {
    this.k = k;
    this.counts = columns.counts;
    this.ids = columns.ids;
    this.scores = columns.scores;
    this.distancesMeters = columns.distancesMeters;
    this.proximities = columns.proximities;
    this.similarities = columns.similarities;
  }

  get length(): number {
    return this.counts.length;
  }

  /** The hits of query i, best first. */
  at(i: number): Hit[] {
    const start = i * this.k;
    return Array.from({ length: this.counts[i] ?? 0 }, (_, rank) => ({
      id: this.ids[start + rank]!,
      score: this.scores[start + rank]!,
      distanceMeters: this.distancesMeters[start + rank]!,
      proximity: this.proximities[start + rank]!,
      similarity: this.similarities[start + rank]!,
    }));
  }
}

/** The columns of a {@link SearchManyResult}, in memory that threads may share. */
export interface ResultColumns {
  readonly counts: Uint32Array;
  readonly ids: Uint32Array;
  readonly scores: Float64Array;
  readonly distancesMeters: Float64Array;
  readonly proximities: Float64Array;
  readonly similarities: Float64Array;
}

export function allocateColumns(queries: number, k: number, shared: boolean): ResultColumns {
  const bytes = (size: number) => (shared ? new SharedArrayBuffer(size) : new ArrayBuffer(size));
  const floats = () => new Float64Array(bytes(8 * queries * k));
  return {
    counts: new Uint32Array(bytes(4 * queries)),
    ids: new Uint32Array(bytes(4 * queries * k)),
    scores: floats(),
    distancesMeters: floats(),
    proximities: floats(),
    similarities: floats(),
  };
}

export function writeHits(columns: ResultColumns, query: number, k: number, hits: readonly Hit[]): void {
  columns.counts[query] = hits.length;
  hits.forEach((hit, rank) => {
    const i = query * k + rank;
    columns.ids[i] = hit.id;
    columns.scores[i] = hit.score;
    columns.distancesMeters[i] = hit.distanceMeters;
    columns.proximities[i] = hit.proximity;
    columns.similarities[i] = hit.similarity;
  });
}

/** How many queries the columns hold. @throws {ShapeError} they disagree, or rows are not whole */
export function countQueries(where: string, batch: SearchManyQuery, dimensions: number): number {
  const queries = batch.positions.length / 2;
  checkLength(where, "positions", batch.positions, 2 * Math.floor(queries));
  checkLength(where, "vectors", batch.vectors, queries * dimensions);
  return queries;
}

/** The i-th query of a batch. */
export function queryAt(batch: SearchManyQuery, i: number, dimensions: number): SearchQuery {
  const { positions, vectors, ...settings } = batch;
  const vector = new Float64Array(dimensions);
  for (let j = 0; j < dimensions; j++) vector[j] = vectors[i * dimensions + j]!;
  return { ...settings, position: [positions[2 * i]!, positions[2 * i + 1]!], vector };
}

/** {@link GmrTree.searchMany} over a tree's objects. */
export async function searchForestMany(
  forest: Forest,
  batch: SearchManyQuery,
  options: SearchManyOptions,
): Promise<SearchManyResult> {
  const where = "GmrTree.searchMany";
  const { dimensions } = forest.options;
  const { workers = 0, onProgress, signal } = options;
  checkInRange(where, "workers", workers, 0, MAX_THREADS);
  const total = countQueries(where, batch, dimensions);
  const k = Math.min(batch.k ?? 10, Math.max(1, forest.size));
  if (workers > 0 && batch.filter !== undefined) {
    throw new ValueError(`${where}: filter must be left out with workers, which cannot call it`);
  }
  signal?.throwIfAborted();
  // The first query is checked here, so that a wrong setting fails before memory is taken or a thread starts.
  if (total > 0) prepareForForest(where, forest, queryAt(batch, 0, dimensions));
  const columns = allocateColumns(total, k, workers > 0);
  if (workers > 0) {
    await searchWithWorkers(sharedCopy(forest), batch, columns, k, Math.ceil(workers), options);
    return new SearchManyResult(columns, k);
  }
  for (let i = 0; i < total; i++) {
    writeHits(columns, i, k, searchForest(where, forest, queryAt(batch, i, dimensions)));
    if ((i + 1) % QUERIES_AT_ONCE === 0 || i + 1 === total) {
      onProgress?.({ done: i + 1, total });
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
    }
  }
  return new SearchManyResult(columns, k);
}
