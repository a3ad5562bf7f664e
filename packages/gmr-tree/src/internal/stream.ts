import { StateError } from "@wayweave/geo-core";
import type { Hit, PreparedQuery } from "../query.js";
import { leafCandidates, scoreSlot } from "./best-first.js";
import { QueryBounds } from "./bounds.js";
import type { Forest } from "./forest.js";
import { Frontier } from "./frontier.js";
import type { ObjectList } from "./object-list.js";
import { LEAF } from "./packed-tree.js";
import type { Part } from "./part.js";
import { scoreObject } from "./score.js";
import { isBefore } from "./top-k.js";

/** Frontier items are numbers of 32 bits: twice a node, or twice an index into the scored hits plus one. */
const HIT = 1;

/**
 * The objects of one tree in the order of their scores, found as they are asked for: incremental best-first search
 * (Hjaltason and Samet 1999). Nodes and scored objects wait in one queue; an object that comes out on top beats
 * everything that is still in it.
 */
function* streamTree(part: Part, query: PreparedQuery): Generator<Hit, undefined> {
  const { tree } = part;
  if (tree.count === 0) return;
  const bounds = new QueryBounds(tree, query);
  const frontier = new Frontier();
  const scored: Hit[] = [];
  frontier.push(Number.POSITIVE_INFINITY, 0);
  while (frontier.size > 0) {
    const ties: Hit[] = [];
    const key = frontier.maxKey;
    // Everything with this key, and whatever opening its nodes adds to it: equal scores come out by id.
    while (frontier.size > 0 && (frontier.maxKey === key || (ties.length > 0 && frontier.maxKey > key))) {
      const item = frontier.pop();
      if (item % 2 === HIT) ties.push(scored[(item - HIT) / 2]!);
      else openInto(part, bounds, item / 2, frontier, scored);
    }
    ties.sort((a, b) => (isBefore(a, b) ? -1 : 1));
    yield* ties;
  }
}

/** Adds a node's children, or a leaf's objects with their scores, to the queue. */
function openInto(part: Part, bounds: QueryBounds, node: number, frontier: Frontier, scored: Hit[]): void {
  const { tree } = part;
  const { query } = bounds;
  const start = tree.nodeStarts[node]!;
  const count = tree.nodeCounts[node]!;
  // Other searches may have run since the last call.
  bounds.load();
  if (count < LEAF) {
    const { out } = tree.kernels;
    tree.kernels.boxes(start, count);
    for (let c = 0; c < count; c++) {
      const bound = bounds.score(out[2 * c]!, bounds.boxSimilarity(out[2 * c + 1]!));
      if (bound > Number.NEGATIVE_INFINITY) frontier.push(bound, 2 * (start + c));
    }
    return;
  }
  const objects = (count & ~LEAF) >>> 0;
  const slots = new Uint32Array(objects);
  const candidates = leafCandidates(tree, bounds, Number.NEGATIVE_INFINITY, start, objects, slots);
  for (let c = 0; c < candidates; c++) {
    const slot = slots[c]!;
    if (!part.isAlive(slot)) continue;
    const hit = scoreSlot(tree, query, slot);
    if (hit === undefined || (query.filter !== undefined && !query.filter(hit.id))) continue;
    frontier.push(hit.score, 2 * scored.length + HIT);
    scored.push(hit);
  }
}

/** The objects of a list in the order of their scores. */
function* streamList(list: ObjectList, query: PreparedQuery, planar: boolean): Generator<Hit, undefined> {
  const hits: Hit[] = [];
  list.ids.forEach((id, i) => {
    const [x, y] = [list.positions[2 * i]!, list.positions[2 * i + 1]!];
    const hit = scoreObject(query, planar, id, x, y, list.vectors, i * list.dimensions);
    if (hit !== undefined && (query.filter === undefined || query.filter(id))) hits.push(hit);
  });
  yield* hits.sort((a, b) => (isBefore(a, b) ? -1 : 1));
}

/**
 * All objects of a forest in the order of their scores.
 *
 * @throws {StateError} the forest changed after the first hit
 */
export function* streamForest(forest: Forest, query: PreparedQuery): Generator<Hit, undefined> {
  const { version } = forest;
  const streams = forest.parts.map((part) => streamTree(part, query));
  streams.push(streamList(forest.recent, query, forest.options.planar));
  for (const hit of mergeStreams(streams)) {
    yield hit;
    if (forest.version !== version) {
      throw new StateError("GmrTree.nearest: the tree must not change during the iteration");
    }
  }
}

/** Merges streams that are each in order. */
function* mergeStreams(streams: readonly Iterator<Hit>[]): Generator<Hit, undefined> {
  const heads = streams.map((stream) => stream.next());
  for (;;) {
    let best = -1;
    for (let i = 0; i < heads.length; i++) {
      const head = heads[i]!;
      if (head.done) continue;
      const leader = heads[best];
      if (leader === undefined || isBefore(head.value, leader.value)) best = i;
    }
    if (best < 0) return;
    yield heads[best]!.value;
    heads[best] = streams[best]!.next();
  }
}
