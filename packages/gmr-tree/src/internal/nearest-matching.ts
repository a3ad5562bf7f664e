import { EARTH_RADIUS_METERS } from "@wayweave/geo-core";
import type { Hit, PreparedQuery } from "../query.js";
import { type SignatureMatch, signaturesMatch, signatureWords, writeSignature } from "../signatures.js";
import { scoreSlot } from "./best-first.js";
import { Frontier } from "./frontier.js";
import { LEAF, type PackedTree } from "./packed-tree.js";
import { leastChord } from "./region.js";

/** What {@link nearestMatching} counts. */
export interface KgmcmsCounts {
  nodesOpened: number;
  objectsScored: number;
}

/**
 * Algorithm 2 of the paper (NearestNeighbor): the objects whose signature matches the query's, nearest first. Nodes wait
 * in a queue by their least distance, and entries whose signature does not match are never enqueued.
 *
 * @returns matching objects in the order of their distance, equal distances by id
 */
export function* nearestMatching(
  tree: PackedTree,
  query: PreparedQuery,
  match: SignatureMatch,
  counts: KgmcmsCounts,
): Generator<Hit, undefined> {
  if (tree.count === 0) return;
  const words = signatureWords(tree.dimensions);
  const signature = new Uint32Array(words);
  writeSignature(tree.frame.signature!, query.unit, 0, tree.dimensions, signature, 0);
  const frontier = new Frontier();
  const scored: Hit[] = [];
  frontier.push(0, 0);
  while (frontier.size > 0) {
    const distance = -frontier.maxKey;
    const ties: Hit[] = [];
    while (frontier.size > 0 && -frontier.maxKey <= distance) {
      const item = frontier.pop();
      if (item % 2 === 1) {
        ties.push(scored[(item - 1) / 2]!);
        continue;
      }
      counts.nodesOpened++;
      const node = item / 2;
      const start = tree.nodeStarts[node]!;
      const count = tree.nodeCounts[node]!;
      if (count < LEAF) enqueueChildren(tree, query, match, signature, start, count, frontier);
      else {
        for (let slot = start, end = start + ((count & ~LEAF) >>> 0); slot < end; slot++) {
          if (!signaturesMatch(match, signature, tree.signatures, slot * words)) continue;
          const hit = scoreSlot(tree, query, slot)!;
          counts.objectsScored++;
          frontier.push(-hit.distanceMeters, 2 * scored.length + 1);
          scored.push(hit);
        }
      }
    }
    ties.sort((a, b) => a.distanceMeters - b.distanceMeters || a.id - b.id);
    yield* ties;
  }
}

function enqueueChildren(
  tree: PackedTree,
  query: PreparedQuery,
  match: SignatureMatch,
  signature: Uint32Array,
  first: number,
  count: number,
  frontier: Frontier,
): void {
  const { planar, scale } = tree.frame;
  for (let c = 0; c < count; c++) {
    if (!signaturesMatch(match, signature, tree.nodeSignatures, (first + c) * signature.length)) continue;
    const chord = Math.max(0, leastChord(tree, first + c, query.x, query.y));
    // The chord itself falls short of its arc.
    frontier.push(-chord * (planar ? scale : EARTH_RADIUS_METERS), 2 * (first + c));
  }
}
