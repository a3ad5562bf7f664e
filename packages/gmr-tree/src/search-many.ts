import { checkLength } from "./internal/checks.js";
import type { Hit, SearchQuery } from "./query.js";

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
