import { StateError } from "@wayweave/geo-core/foundation";
import type { Hit, Id } from "../query.js";
import type { Forest } from "./forest.js";
import type { PreparedQuery } from "./prepared-query.js";
import { noCounts, searchPrepared } from "./search-forest.js";

const FIRST_BATCH = 16;

/**
 * All objects of a forest in the order of their scores: searches for 16, 32, 64, … of them, each when the hits of the one
 * before are used up. So the first n cost at most some four times what a search for n does.
 *
 * @throws {StateError} the forest's objects changed after the first hit
 */
export function* streamForest(forest: Forest, query: PreparedQuery): Generator<Hit<Id>, undefined> {
  const { version } = forest;
  let seen = 0;
  for (let k = FIRST_BATCH; ; k *= 2) {
    const hits = searchPrepared(forest, { ...query, k }, noCounts());
    for (; seen < hits.length; seen++) {
      yield hits[seen]!;
      if (forest.version !== version) {
        throw new StateError("GmrTree.nearest: the tree must not change during the iteration");
      }
    }
    if (hits.length < k) return;
  }
}
