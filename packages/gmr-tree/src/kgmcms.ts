import { StateError } from "@wayweave/geo-core/foundation";
import { contentsOf, type GmrTree } from "./gmr-tree.js";
import { checkKeys, checkOneOf } from "./internal/checks.js";
import { type KgmcmsCounts, nearestMatching } from "./internal/nearest-matching.js";
import { prepareSearch } from "./internal/prepare-search.js";
import { noCounts, searchPrepared } from "./internal/search-forest.js";
import { isBefore } from "./internal/top-k.js";
import type { Hit, Id, SearchQuery } from "./query.js";
import type { SignatureMatch } from "./signatures.js";

/** A query of the paper: no limits and no filter, and μ = 0.5 unless given. */
export interface KgmcmsQuery extends Pick<SearchQuery, "position" | "vector" | "k" | "mu" | "proximity"> {
  /** When a node's or an object's signature matches the query's. Default `any`. */
  readonly match?: SignatureMatch;
  /**
   * Line 13 of Algorithm 1. `nearest` (the default) takes the first k objects that Algorithm 2 yields. `printed` takes the
   * line as it stands: an object enters only if none outside the result scores higher. A better object that is farther
   * away, or whose signature does not match, then shuts out every nearer one for good, so that few or none are found.
   */
  readonly acceptance?: "nearest" | "printed";
}

/** What `kgmcms` found, and how much work it was: the nodes it opened, and the objects whose score it worked out. */
export interface KgmcmsResult<I extends Id = number> extends Readonly<KgmcmsCounts> {
  /** By score, best first; fewer than k where fewer match. */
  readonly hits: Hit<I>[];
}

/**
 * The paper's own search: Algorithm 1 (kGMCMS) over the stream of Algorithm 2. Approximate, and kept to show what it misses:
 * {@link GmrTree.search} is exact. Packs the tree first if it has changed.
 *
 * @throws {ShapeError | ValueError} a query out of range
 * @throws {StateError} before `finish`, or the tree was built without `signature`
 */
export function kgmcms<A, I extends Id>(tree: GmrTree<A, I>, query: KgmcmsQuery): KgmcmsResult<I> {
  const where = "kgmcms";
  const contents = contentsOf(tree, where);
  const { forest } = contents;
  checkKeys(where, "query", query, ["position", "vector", "k", "mu", "proximity", "match", "acceptance"]);
  const { match = "any", acceptance = "nearest" } = query;
  checkOneOf(where, "match", match, ["any", "all"]);
  checkOneOf(where, "acceptance", acceptance, ["nearest", "printed"]);
  if (forest.options.signature === undefined) {
    throw new StateError(`${where}: the tree has no signatures; build it with signature`);
  }
  const packed = forest.compact(where);
  const { match: _, acceptance: __, ...rest } = query;
  const prepared = prepareSearch(where, contents, rest as never);
  const counts = { nodesOpened: 0, objectsScored: 0 };
  // Line 13 compares with every object outside the result: the best ones, in order, are all that matters.
  const best = acceptance === "printed" ? searchPrepared(forest, prepared, noCounts()) : undefined;
  const hits: Hit<I>[] = [];
  for (const hit of nearestMatching(packed, prepared, match, counts)) {
    const leader = best?.[hits.length];
    if (leader !== undefined && hit.score < leader.score) continue;
    hits.push(hit as Hit<I>);
    if (hits.length === prepared.k) break;
  }
  return { hits: hits.sort((a, b) => (isBefore(a, b) ? -1 : 1)), ...counts };
}
