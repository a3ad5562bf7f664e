import type { Hit, Id, PreparedSettings } from "../query.js";
import type { SearchCounts } from "./best-first.js";
import type { Forest } from "./forest.js";
import { type PreparedQuery, prepareQuery } from "./prepared-query.js";
import { TopK } from "./top-k.js";

/** What a prepared query cannot hold as plain data. */
export type QueryExtras = Pick<PreparedQuery, "filter" | "names">;

/** Puts checked settings to a forest's place and vector, and finds δmax where the proximity needs it. */
export function prepareForForest(
  where: string,
  forest: Forest,
  settings: PreparedSettings,
  target: { readonly x: number; readonly y: number; readonly vector: ArrayLike<number> },
  extras: QueryExtras,
): PreparedQuery {
  const { dimensions } = forest.options;
  return prepareQuery(where, settings, target, dimensions, extras, (x, y) => forest.farthest(x, y));
}

/** The k best hits of a forest, best first. */
export function searchPrepared(forest: Forest, query: PreparedQuery, counts: SearchCounts): Hit<Id>[] {
  const top = new TopK<Hit<Id>>(query.k, query.minScore);
  forest.search(query, top, counts);
  return top.ranking();
}

export function noCounts(): SearchCounts {
  return { nodesBounded: 0, nodesOpened: 0, objectsBounded: 0, objectsScored: 0 };
}
