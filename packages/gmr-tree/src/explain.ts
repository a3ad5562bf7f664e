import { contentsOf, type GmrTree } from "./gmr-tree.js";
import { checkKeys } from "./internal/checks.js";
import { prepareSearch } from "./internal/prepare-search.js";
import { noCounts, searchPrepared } from "./internal/search-forest.js";
import { type Hit, type Id, queryNames, type SearchQuery } from "./query.js";

/** How a search went, and how good its bounds were. */
export interface Explanation<I extends Id = number> {
  /** What `search` returns. */
  readonly hits: Hit<I>[];
  /** The δmax that the `relative` proximity divides by; undefined for other kinds. */
  readonly farthestMeters: number | undefined;
  /** Trees searched: one, unless objects were inserted. */
  readonly trees: number;
  /** Nodes of all these trees together. */
  readonly nodes: number;
  /** Objects in the tree, those included that were inserted last and are in no node yet. */
  readonly objects: number;
  /** Nodes whose bound was computed. */
  readonly nodesBounded: number;
  /** Nodes that were opened, leaves included. */
  readonly nodesOpened: number;
  /** Objects whose bound was computed. */
  readonly objectsBounded: number;
  /** Objects that were scored. */
  readonly objectsScored: number;
  /** Share of all objects that were neither bounded nor scored, because the tree ruled them out. */
  readonly prunedShare: number;
  /** Of the objects scored, the share that is among the hits: 1 would be perfect bounds. */
  readonly boundPrecision: number;
}

/**
 * Searches like {@link GmrTree.search}, and tells how much work it was.
 *
 * @throws {ShapeError | ValueError} a query out of range
 * @throws {StateError} before `finish`
 */
export function explainSearch<A, I extends Id>(
  tree: GmrTree<A, I>,
  query: SearchQuery<A, I>,
): Explanation<I> {
  const where = "explainSearch";
  const contents = contentsOf(tree, where);
  const { forest } = contents;
  checkKeys(where, "query", query, queryNames);
  const prepared = prepareSearch(where, contents, query as never);
  const isRelative = (query.proximity?.kind ?? "relative") === "relative";
  const counts = noCounts();
  const hits = searchPrepared(forest, prepared, counts) as Hit<I>[];
  const objects = forest.size;
  const seen = counts.objectsBounded + forest.recent.count;
  return {
    hits,
    farthestMeters: isRelative ? forest.farthest(prepared.x, prepared.y) : undefined,
    trees: forest.parts.length,
    nodes: forest.parts.reduce((sum, { tree }) => sum + tree.nodeStarts.length, 0),
    objects,
    ...counts,
    prunedShare: objects === 0 ? 0 : Math.max(0, 1 - seen / objects),
    boundPrecision: counts.objectsScored === 0 ? 1 : hits.length / counts.objectsScored,
  };
}
