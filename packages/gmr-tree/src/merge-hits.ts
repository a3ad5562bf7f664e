import { checkPositiveInteger, ValueError } from "@wayweave/geo-core/foundation";
import { isBefore } from "./internal/top-k.js";
import type { Hit, Id } from "./query.js";

/**
 * The k best of several trees' hits, best first, equal scores by id: what one tree of all their objects would find, if the
 * proximity is not `relative` (whose δmax each tree has of its own: see {@link GmrTree.farthest}).
 *
 * @param lists each tree's hits, in any order
 * @param k Infinity for all
 * @throws {ValueError} one id in two hits: the trees must not share objects; what is no hit
 * @example
 * const first = shards[0].search({ ...query, k });
 * const second = shards[1].search({ ...query, k, minScore: first[k - 1]?.score });
 * mergeHits([first, second], k);
 */
export function mergeHits<I extends Id>(lists: Iterable<readonly Hit<I>[]>, k: number): Hit<I>[] {
  if (k !== Number.POSITIVE_INFINITY) checkPositiveInteger("mergeHits", "k", k);
  if (typeof (lists as Partial<typeof lists> | null)?.[Symbol.iterator] !== "function") {
    throw new ValueError(`mergeHits: lists must be lists of hits, got ${String(lists)}`);
  }
  const hits = [...lists].flat();
  const seen = new Set<I>();
  for (const [i, hit] of hits.entries()) {
    const { id, score } = (hit ?? {}) as Partial<Hit<I>>;
    if (typeof score !== "number" || Number.isNaN(score)) {
      throw new ValueError(`mergeHits: every hit must have a score, got ${String(score)} for number ${i}`);
    }
    if (id === undefined || typeof id !== typeof hits[0]!.id) {
      throw new ValueError(`mergeHits: ids must be all numbers or all strings, got ${String(id)}`);
    }
    if (seen.has(id)) throw new ValueError(`mergeHits: ids must differ, got ${JSON.stringify(id)} twice`);
    seen.add(id);
  }
  return hits.sort((a, b) => (isBefore(a, b) ? -1 : 1)).slice(0, k);
}
