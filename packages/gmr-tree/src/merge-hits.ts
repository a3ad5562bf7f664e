import { checkPositiveInteger, ValueError } from "@wayweave/geo-core/foundation";
import { isBefore } from "./internal/top-k.js";
import type { Hit, Id } from "./query.js";

/**
 * The k best of several trees' hits, best first, equal scores by id: what one tree of all their objects would find, if the
 * proximity is not `relative` (whose δmax each tree has of its own: see {@link GmrTree.farthest}).
 *
 * @param lists each tree's hits, in any order
 * @param k Infinity for all
 * @throws {ValueError} one id in two hits: the trees must not share objects
 * @example
 * const first = shards[0].search({ ...query, k });
 * const second = shards[1].search({ ...query, k, minScore: first[k - 1]?.score });
 * mergeHits([first, second], k);
 */
export function mergeHits<I extends Id>(lists: Iterable<readonly Hit<I>[]>, k: number): Hit<I>[] {
  if (k !== Number.POSITIVE_INFINITY) checkPositiveInteger("mergeHits", "k", k);
  const hits = [...lists].flat();
  const seen = new Set<I>();
  for (const { id } of hits) {
    if (seen.has(id)) throw new ValueError(`mergeHits: ids must differ, got ${JSON.stringify(id)} twice`);
    seen.add(id);
  }
  return hits.sort((a, b) => (isBefore(a, b) ? -1 : 1)).slice(0, k);
}
