import type { PreparedQuery } from "../query.js";
import { QueryBounds } from "./bounds.js";
import { type Frontier, withFrontier } from "./frontier.js";
import { LEAF, type PackedTree } from "./packed-tree.js";
import { scoreObject } from "./score.js";
import type { TopK } from "./top-k.js";

/** What a search looked at. */
export interface SearchCounts {
  /** Nodes whose bound was computed. */
  nodesBounded: number;
  /** Nodes that were opened: inner nodes and leaves. */
  nodesOpened: number;
  /** Objects whose bound was computed. */
  objectsBounded: number;
  /** Objects that were scored. */
  objectsScored: number;
}

/** A tree of which some objects are gone. */
export interface LivingTree {
  readonly tree: PackedTree;
  /** 1 where an object has been removed; undefined where none has. */
  readonly dead: Uint8Array | undefined;
}

/** Candidates of a leaf, kept apart from the kernels' results, which a filter that searches would overwrite. */
const LEAF_CANDIDATES = 256;

/**
 * Offers the best objects of a tree to `top`, by best-first branch and bound: of all nodes the one with the highest bound
 * is opened next, until no bound reaches the worst hit. A node that ties with the worst hit is still opened, since it may
 * hold a lower id.
 */
export function searchTree(living: LivingTree, query: PreparedQuery, top: TopK, counts: SearchCounts): void {
  const { tree } = living;
  if (tree.count === 0) return;
  const bounds = new QueryBounds(tree, query);
  bounds.load();
  withFrontier((frontier) => {
    const slots = new Uint32Array(LEAF_CANDIDATES);
    frontier.push(Number.POSITIVE_INFINITY, 0);
    while (frontier.size > 0 && frontier.maxKey >= top.threshold) {
      const node = frontier.pop();
      const start = tree.nodeStarts[node]!;
      const count = tree.nodeCounts[node]!;
      counts.nodesOpened++;
      if (count < LEAF) {
        counts.nodesBounded += count;
        openNode(tree, bounds, frontier, top.threshold, start, count);
      } else {
        const objects = (count & ~LEAF) >>> 0;
        counts.objectsBounded += objects;
        const candidates = leafCandidates(tree, bounds, top.threshold, start, objects, slots);
        counts.objectsScored += candidates;
        scoreCandidates(living, bounds, top, slots, candidates);
      }
    }
  });
}

/** Pushes the children whose bound reaches the threshold. */
function openNode(
  tree: PackedTree,
  bounds: QueryBounds,
  frontier: Frontier,
  threshold: number,
  first: number,
  count: number,
): void {
  const { kernels } = tree;
  const { out } = kernels;
  kernels.boxes(first, count);
  for (let c = 0; c < count; c++) {
    const bound = bounds.score(out[2 * c]!, bounds.boxSimilarity(out[2 * c + 1]!));
    // Not `bound >= threshold`: limits give −∞, which must not pass a threshold of −∞.
    if (bound >= threshold && bound > Number.NEGATIVE_INFINITY) frontier.push(bound, first + c);
  }
}

/** Writes the leaf's objects whose bound reaches the threshold to `slots`, and returns how many there are. */
export function leafCandidates(
  tree: PackedTree,
  bounds: QueryBounds,
  threshold: number,
  first: number,
  count: number,
  slots: Uint32Array,
): number {
  const { kernels } = tree;
  const { out } = kernels;
  const { mu } = bounds.query;
  const { reduced } = tree.layout;
  kernels.rows(first, count);
  let found = 0;
  for (let i = 0; i < count; i++) {
    let similarity = bounds.rowSimilarity(out[2 * i + 1]!);
    // Cheapest first: as if the object were here.
    if (mu + (1 - mu) * similarity < threshold) continue;
    let bound = bounds.score(out[2 * i]!, similarity);
    if (!(bound >= threshold && bound > Number.NEGATIVE_INFINITY)) continue;
    if (reduced) {
      similarity = Math.min(similarity, bounds.codedSimilarity(first + i));
      bound = bounds.score(out[2 * i]!, similarity);
      if (!(bound >= threshold && bound > Number.NEGATIVE_INFINITY)) continue;
    }
    slots[found++] = first + i;
  }
  return found;
}

function scoreCandidates(
  { tree, dead }: LivingTree,
  bounds: QueryBounds,
  top: TopK,
  slots: Uint32Array,
  count: number,
): void {
  const { query } = bounds;
  for (let c = 0; c < count; c++) {
    const slot = slots[c]!;
    if (dead !== undefined && dead[slot] === 1) continue;
    const hit = scoreSlot(tree, query, slot);
    if (hit === undefined || hit.score < top.threshold) continue;
    if (query.filter !== undefined) {
      const passes = query.filter(hit.id);
      // The filter may have searched this tree itself.
      bounds.load();
      if (!passes) continue;
    }
    top.offer(hit);
  }
}

/** The hit that an object of a tree makes, or undefined where the query's limits leave it out. */
export function scoreSlot(
  tree: PackedTree,
  query: PreparedQuery,
  slot: number,
): ReturnType<typeof scoreObject> {
  return scoreObject(
    query,
    tree.frame.planar,
    tree.ids[slot]!,
    tree.positions[2 * slot]!,
    tree.positions[2 * slot + 1]!,
    tree.vectors,
    tree.vectorOffset(slot),
  );
}
