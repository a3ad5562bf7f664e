import { EARTH_RADIUS_METERS } from "@wayweave/geo-core/foundation";
import type { Hit, Id } from "../query.js";
import { type SignatureMatch, signaturesMatch, signatureWords, writeSignature } from "../signatures.js";
import { Frontier } from "./frontier.js";
import { LEAF, type PackedTree } from "./packed-tree.js";
import type { PreparedQuery } from "./prepared-query.js";
import { leastChord } from "./region.js";
import { scoreObject } from "./score.js";

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
): Generator<Hit<Id>, undefined> {
  if (tree.count === 0) return;
  const words = signatureWords(tree.dimensions);
  const signature = new Uint32Array(words);
  const ofTree = signaturesOf(tree);
  writeSignature(tree.frame.signature!, query.unit, 0, tree.dimensions, signature, 0);
  const frontier = new Frontier();
  const scored: Hit<Id>[] = [];
  frontier.push(0, 0);
  while (frontier.size > 0) {
    const distance = -frontier.maxKey;
    const ties: Hit<Id>[] = [];
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
      if (count < LEAF) enqueueChildren(tree, query, match, signature, ofTree.nodes, start, count, frontier);
      else {
        for (let slot = start, end = start + ((count & ~LEAF) >>> 0); slot < end; slot++) {
          if (!signaturesMatch(match, signature, ofTree.objects, slot * words)) continue;
          const hit = scoreObject(query, tree.frame.planar, tree, slot, Number.NEGATIVE_INFINITY)!;
          counts.objectsScored++;
          frontier.push(-hit.distanceMeters, 2 * scored.length + 1);
          scored.push(hit);
        }
      }
    }
    ties.sort((a, b) => a.distanceMeters - b.distanceMeters || (a.id < b.id ? -1 : 1));
    yield* ties;
  }
}

function enqueueChildren(
  tree: PackedTree,
  query: PreparedQuery,
  match: SignatureMatch,
  signature: Uint32Array,
  nodes: Uint32Array,
  first: number,
  count: number,
  frontier: Frontier,
): void {
  const { planar, scale } = tree.frame;
  for (let c = 0; c < count; c++) {
    if (!signaturesMatch(match, signature, nodes, (first + c) * signature.length)) continue;
    const chord = Math.max(0, leastChord(tree, first + c, query.x, query.y));
    // The chord itself falls short of its arc.
    frontier.push(-chord * (planar ? scale : EARTH_RADIUS_METERS), 2 * (first + c));
  }
}

/** The signatures of a tree's objects and nodes: [count, words] and [nodes, words]. */
interface TreeSignatures {
  readonly objects: Uint32Array;
  readonly nodes: Uint32Array;
}

const known = new WeakMap<PackedTree, TreeSignatures>();

/** Every object's signature, OR-ed upwards; made when first asked for. Children come after their parents, so nodes are visited backwards. */
function signaturesOf(tree: PackedTree): TreeSignatures {
  const made = known.get(tree);
  if (made !== undefined) return made;
  const { nodeStarts, nodeCounts, count, dimensions } = tree;
  const words = signatureWords(dimensions);
  const objects = new Uint32Array(count * words);
  const nodes = new Uint32Array(nodeStarts.length * words);
  for (let slot = 0; slot < count; slot++) {
    writeSignature(
      tree.frame.signature!,
      tree.vectors,
      tree.vectorOffset(slot),
      dimensions,
      objects,
      slot * words,
    );
  }
  for (let node = nodeStarts.length - 1; node >= 0; node--) {
    const from = nodeCounts[node]! >= LEAF ? objects : nodes;
    const start = nodeStarts[node]! * words;
    const end = start + (nodeCounts[node]! & ~LEAF) * words;
    for (let i = start; i < end; i++) nodes[node * words + ((i - start) % words)]! |= from[i]!;
  }
  known.set(tree, { objects, nodes });
  return { objects, nodes };
}
