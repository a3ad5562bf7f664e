import type { Hit, Id } from "../query.js";

/** The columns of a {@link SearchManyResult}, in memory that threads may share. Ids are the trees' numbers. */
export interface ResultColumns {
  readonly counts: Uint32Array;
  readonly ids: Uint32Array;
  readonly scores: Float64Array;
  readonly distancesMeters: Float64Array;
  readonly proximities: Float64Array;
  readonly similarities: Float64Array;
  /** [queries, k, signals] */
  readonly signals: Float64Array;
}

export function allocateColumns(queries: number, k: number, signals: number, shared: boolean): ResultColumns {
  const bytes = (size: number) => (shared ? new SharedArrayBuffer(size) : new ArrayBuffer(size));
  const floats = (width: number) => new Float64Array(bytes(8 * queries * k * width));
  return {
    counts: new Uint32Array(bytes(4 * queries)),
    ids: new Uint32Array(bytes(4 * queries * k)),
    scores: floats(1),
    distancesMeters: floats(1),
    proximities: floats(1),
    similarities: floats(1),
    signals: floats(signals),
  };
}

export function writeHits(columns: ResultColumns, query: number, k: number, hits: readonly Hit<Id>[]): void {
  columns.counts[query] = hits.length;
  hits.forEach((hit, rank) => {
    const i = query * k + rank;
    columns.ids[i] = hit.id as number;
    columns.scores[i] = hit.score;
    columns.distancesMeters[i] = hit.distanceMeters;
    columns.proximities[i] = hit.proximity;
    columns.similarities[i] = hit.similarity;
    if (hit.signals !== undefined) columns.signals.set(hit.signals, i * hit.signals.length);
  });
}
