import { ValueError } from "@wayweave/geo-core/foundation";
import { checkId, checkPositiveInteger, checkStringId, shown } from "./internal/checks.js";
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
  const where = "mergeHits";
  if (
    typeof lists !== "object" ||
    typeof (lists as Partial<typeof lists> | null)?.[Symbol.iterator] !== "function"
  ) {
    throw new ValueError(`${where}: lists must be lists of hits, got ${shown(lists)}`);
  }
  if (k !== Number.POSITIVE_INFINITY) checkPositiveInteger(where, "k", k);
  const hits: Hit<I>[] = [];
  const seen = new Set<I>();
  let list = 0;
  for (const each of lists) {
    if (!Array.isArray(each)) {
      throw new ValueError(`${where}: lists[${list}] must be an array of hits, got ${shown(each)}`);
    }
    for (const [i, hit] of (each as readonly Hit<I>[]).entries()) {
      const name = `lists[${list}][${i}]`;
      const { id, score } = (hit ?? {}) as Partial<Hit<I>>;
      if (typeof score !== "number" || Number.isNaN(score)) {
        throw new ValueError(`${where}: ${name}.score must be a number, got ${shown(score)}`);
      }
      // All ids are of the first one's kind.
      if (typeof (hits[0]?.id ?? id) === "string") checkStringId(where, `${name}.id`, id);
      else checkId(where, `${name}.id`, id);
      if (seen.has(id)) throw new ValueError(`${where}: ids must differ, got ${shown(id)} twice`);
      seen.add(id);
      hits.push(hit);
    }
    list++;
  }
  return hits.sort((a, b) => (isBefore(a, b) ? -1 : 1)).slice(0, k);
}
