import { type Hit, type PreparedQuery, prepareQuery, type SearchQuery } from "../query.js";
import type { SearchCounts } from "./best-first.js";
import type { Forest } from "./forest.js";
import { TopK } from "./top-k.js";

/** Checks a query against a forest, and finds its δmax where its proximity needs it. */
export function prepareForForest(where: string, forest: Forest, query: SearchQuery): PreparedQuery {
  const { dimensions, planar } = forest.options;
  return prepareQuery(where, query, dimensions, planar, (x, y) => forest.farthest(x, y));
}

/** The k best hits of a forest, best first. */
export function searchForest(where: string, forest: Forest, query: SearchQuery): Hit[] {
  return searchPrepared(forest, prepareForForest(where, forest, query), noCounts());
}

export function searchPrepared(forest: Forest, query: PreparedQuery, counts: SearchCounts): Hit[] {
  const top = new TopK(query.k);
  forest.search(query, top, counts);
  return top.ranking();
}

export function noCounts(): SearchCounts {
  return { nodesBounded: 0, nodesOpened: 0, objectsBounded: 0, objectsScored: 0 };
}
