import type { AttributeTable, Postings } from "../attributes/attribute-table.js";
import type { Hit, Id } from "../query.js";
import { QueryBounds } from "./bounds.js";
import { Frontier } from "./frontier.js";
import { BOUND_SLACK, MAX_BLOCK } from "./kernels.js";
import { LEAF, type PackedTree } from "./packed-tree.js";
import type { PreparedQuery } from "./prepared-query.js";
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

/** Up to so many times √(k · objects), those that meet a condition are scored one by one: opening nodes would take longer. */
const SCAN_FACTOR = 2;
/** Opening a node takes about as long as scoring so many objects one by one. */
const NODE_WORTH = 8;
/** Below every score, in units of the weights' sum. */
const LOWEST_SCORE = -2;

/**
 * Offers the best objects of a tree to `top`, by best-first branch and bound: of all nodes the one with the highest bound
 * is opened next, until no bound reaches the worst hit. A node that ties with the worst hit is still opened, since it may
 * hold a lower id.
 *
 * Where few objects meet a condition on attributes, these are scored one by one; and where nodes turn out to take longer than
 * that would, too, so that a condition never makes a search slower than twice a scan of what meets it.
 */
export function searchTree(
  living: LivingTree,
  query: PreparedQuery,
  top: TopK<Hit<Id>>,
  counts: SearchCounts,
): void {
  const { tree } = living;
  if (tree.count === 0) return;
  if (query.predicates.length === 0) {
    new TreeSearch(living, query, top, counts).run(Number.POSITIVE_INFINITY);
    return;
  }
  const postings = tree.attributes!.fewest(query.predicates);
  const before = top.copy();
  const worthwhile = postings.count ** 2 > SCAN_FACTOR ** 2 * query.k * tree.count;
  if (worthwhile && new TreeSearch(living, query, top, counts).run(postings.count / NODE_WORTH)) return;
  top.restore(before);
  scanPostings(living, query, postings, top, counts);
}

/** Scores the objects that meet one condition, and all others, one by one. */
function scanPostings(
  { tree, dead }: LivingTree,
  query: PreparedQuery,
  { stretches }: Postings,
  top: TopK<Hit<Id>>,
  counts: SearchCounts,
): void {
  const table = tree.attributes!;
  const { order } = table.sections;
  for (const [begin, end] of stretches) {
    for (let i = begin; i < end; i++) {
      const slot = order[i]!;
      if (dead !== undefined && dead[slot] === 1) continue;
      if (query.predicates.length > 1 && !table.meetsAll(slot, query.predicates)) continue;
      counts.objectsScored++;
      const hit = scoreObject(query, tree.frame.planar, tree, slot, top.threshold);
      if (hit !== undefined && (query.filter === undefined || query.filter(hit.id))) top.offer(hit);
    }
  }
}

/** One best-first search over one tree. */
class TreeSearch {
  readonly #living: LivingTree;
  readonly #query: PreparedQuery;
  readonly #top: TopK<Hit<Id>>;
  readonly #counts: SearchCounts;
  readonly #bounds: QueryBounds;
  readonly #frontier = new Frontier();
  readonly #candidates = new LeafCandidates();
  /** The attributes, where the query has conditions or signals. */
  readonly #table: AttributeTable | undefined;
  /** More than float32 takes off a bound. */
  readonly #slack: number;
  readonly #lowest: number;

  constructor(living: LivingTree, query: PreparedQuery, top: TopK<Hit<Id>>, counts: SearchCounts) {
    this.#living = living;
    this.#query = query;
    this.#top = top;
    this.#counts = counts;
    this.#bounds = new QueryBounds(living.tree, query);
    this.#table =
      query.predicates.length > 0 || query.signals.length > 0 ? living.tree.attributes : undefined;
    const weight = Math.max(1, query.mu + query.nu);
    this.#slack = BOUND_SLACK * weight;
    this.#lowest = LOWEST_SCORE * weight;
  }

  /** Returns whether it came to its end, and did not want to open more nodes than it may. */
  run(mostNodes: number): boolean {
    const { tree } = this.#living;
    const frontier = this.#frontier;
    const top = this.#top;
    this.#bounds.load();
    frontier.push(Number.POSITIVE_INFINITY, 0);
    let opened = 0;
    while (frontier.size > 0 && frontier.maxKey >= top.threshold) {
      if (++opened > mostNodes) return false;
      const node = frontier.pop();
      const start = tree.nodeStarts[node]!;
      const count = tree.nodeCounts[node]!;
      this.#counts.nodesOpened++;
      if (count < LEAF) {
        this.#counts.nodesBounded += count;
        this.#openNode(node, start, count);
      } else {
        this.#counts.objectsBounded += count & ~LEAF;
        this.#findCandidates(node, start, start + (count & ~LEAF));
        this.#scoreCandidates();
      }
    }
    return true;
  }

  /** Pushes the children whose bound reaches the threshold. */
  #openNode(node: number, first: number, count: number): void {
    const { kernels } = this.#living.tree;
    const { found, values } = kernels;
    const { threshold } = this.#top;
    const table = this.#table;
    if (table === undefined) {
      const reached = kernels.children(first, count, this.#lowered(threshold));
      for (let i = 0; i < 3 * reached; i += 3) this.#frontier.push(values[i + 1]! + this.#slack, found[i]!);
      return;
    }
    const { predicates, signals } = this.#query;
    const most = table.largestSignals(node, signals);
    const reached = kernels.children(first, count, this.#lowered(threshold - most));
    for (let i = 0; i < 3 * reached; i += 3) {
      const child = found[i]!;
      if (!table.mayMeet(child, predicates)) continue;
      const bound = values[i + 1]! + this.#slack + table.largestSignals(child, signals);
      if (bound >= threshold) this.#frontier.push(bound, child);
    }
  }

  /** Finds a leaf's objects whose bound reaches the threshold. */
  #findCandidates(node: number, start: number, end: number): void {
    const { kernels, layout } = this.#living.tree;
    const { found, values } = kernels;
    const { nu, predicates, signals } = this.#query;
    const table = this.#table;
    const candidates = this.#candidates;
    const most = table === undefined ? 0 : table.largestSignals(node, signals);
    const limit = this.#lowered(this.#top.threshold - most);
    const reached = kernels.leaf(node, start, end, limit);
    candidates.count = 0;
    for (let i = 0; i < 3 * reached; i += 3) {
      const slot = found[i]!;
      let bound = values[i + 1]!;
      if (table !== undefined && predicates.length > 0 && !table.meetsAll(slot, predicates)) continue;
      if (layout.reduced) bound = Math.min(bound, values[i + 2]! + nu * this.#bounds.codedSimilarity(slot));
      if (bound < limit) continue;
      if (table !== undefined) bound += table.signals(slot, signals);
      candidates.insert(slot, bound);
    }
  }

  /** Scores a leaf's candidates, the most promising first, until no bound reaches the worst hit. */
  #scoreCandidates(): void {
    const { tree, dead } = this.#living;
    const { filter } = this.#query;
    const candidates = this.#candidates;
    const top = this.#top;
    for (let c = 0; c < candidates.count; c++) {
      if (candidates.bounds[c]! < this.#lowered(top.threshold)) return;
      this.#counts.objectsScored++;
      const slot = candidates.slots[c]!;
      if (dead !== undefined && dead[slot] === 1) continue;
      const hit = scoreObject(this.#query, tree.frame.planar, tree, slot, top.threshold);
      if (hit === undefined) continue;
      if (filter !== undefined) {
        const passes = filter(hit.id);
        // The filter may have searched this tree itself.
        this.#bounds.load();
        if (!passes) continue;
      }
      top.offer(hit);
    }
  }

  /** A threshold that float32 bounds reach if exact ones do. Finite, since objects beyond a query's limits have −∞. */
  #lowered(threshold: number): number {
    return Math.max(this.#lowest, threshold - this.#slack);
  }
}

/** A leaf's objects, kept apart from the kernels' results, which a filter that searches would overwrite. */
class LeafCandidates {
  count = 0;
  /** Highest bound first. */
  readonly slots = new Uint32Array(MAX_BLOCK);
  readonly bounds = new Float64Array(MAX_BLOCK);

  insert(slot: number, bound: number): void {
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
