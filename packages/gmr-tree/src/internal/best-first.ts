import type { PreparedQuery } from "../query.js";
import { QueryBounds } from "./bounds.js";
import { Frontier } from "./frontier.js";
import { BOUND_SLACK, MAX_BLOCK } from "./kernels.js";
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

/** Below every score. */
const LOWEST_SCORE = -2;

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
  const frontier = new Frontier();
  const candidates = new LeafCandidates();
  frontier.push(Number.POSITIVE_INFINITY, 0);
  while (frontier.size > 0 && frontier.maxKey >= top.threshold) {
    const node = frontier.pop();
    const start = tree.nodeStarts[node]!;
    const count = tree.nodeCounts[node]!;
    counts.nodesOpened++;
    if (count < LEAF) {
      counts.nodesBounded += count;
      openNode(tree, frontier, top.threshold, start, count);
    } else {
      counts.objectsBounded += count & ~LEAF;
      candidates.find(tree, bounds, top.threshold, node);
      counts.objectsScored += scoreCandidates(living, bounds, top, candidates);
    }
  }
}

/** Pushes the children whose bound reaches the threshold. */
function openNode(
  { kernels }: PackedTree,
  frontier: Frontier,
  threshold: number,
  first: number,
  count: number,
): void {
  const { found, values } = kernels;
  const reached = kernels.children(first, count, lowered(threshold));
  for (let i = 0; i < 3 * reached; i += 3) frontier.push(values[i + 1]! + BOUND_SLACK, found[i]!);
}

/** A leaf's objects, kept apart from the kernels' results, which a filter that searches would overwrite. */
class LeafCandidates {
  count = 0;
  /** Highest bound first. */
  readonly slots = new Uint32Array(MAX_BLOCK);
  readonly bounds = new Float64Array(MAX_BLOCK);

  /** Finds a leaf's objects whose bound reaches the threshold. */
  find(tree: PackedTree, query: QueryBounds, threshold: number, node: number): void {
    const { kernels, layout, nodeStarts, nodeCounts } = tree;
    const { found, values } = kernels;
    const { mu } = query.query;
    const limit = lowered(threshold);
    const start = nodeStarts[node]!;
    const reached = kernels.leaf(node, start, start + (nodeCounts[node]! & ~LEAF), limit);
    this.count = 0;
    for (let i = 0; i < 3 * reached; i += 3) {
      const slot = found[i]!;
      let bound = values[i + 1]!;
      if (layout.reduced) {
        bound = Math.min(bound, values[i + 2]! + (1 - mu) * query.codedSimilarity(slot));
        if (bound < limit) continue;
      }
      this.#insert(slot, bound);
    }
  }

  #insert(slot: number, bound: number): void {
    const { slots, bounds } = this;
    let i = this.count++;
    for (; i > 0 && bounds[i - 1]! < bound; i--) {
      slots[i] = slots[i - 1]!;
      bounds[i] = bounds[i - 1]!;
    }
    slots[i] = slot;
    bounds[i] = bound;
  }
}

/** A threshold that float32 bounds reach if exact ones do. Finite, since objects beyond a query's limits have −∞. */
function lowered(threshold: number): number {
  return Math.max(LOWEST_SCORE, threshold - BOUND_SLACK);
}

/** Scores a leaf's candidates, the most promising first, until no bound reaches the worst hit. Returns how many it scored. */
function scoreCandidates(
  { tree, dead }: LivingTree,
  bounds: QueryBounds,
  top: TopK,
  candidates: LeafCandidates,
): number {
  const { query } = bounds;
  for (let c = 0; c < candidates.count; c++) {
    if (candidates.bounds[c]! < lowered(top.threshold)) return c;
    const slot = candidates.slots[c]!;
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
  return candidates.count;
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
