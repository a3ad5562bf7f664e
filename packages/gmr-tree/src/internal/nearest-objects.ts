import { meets, type Predicate } from "../attributes/where.js";
import type { Id } from "../query.js";
import type { Forest } from "./forest.js";
import { Frontier } from "./frontier.js";
import { LEAF, type TreeFrame, writeSpatialKey } from "./packed-tree.js";
import type { Part } from "./part.js";
import { distanceBetween, type ScoredColumns } from "./score.js";
import { chordOf } from "./space-index.js";
import { type Ranked, TopK } from "./top-k.js";

/** Float32 keys are off by less, in units of the coordinates. */
const SLACK = 1e-6;

/** A checked query for the nearest objects, whatever they mean. */
export interface NearQuery {
  readonly x: number;
  readonly y: number;
  readonly k: number;
  readonly maxDistance: number;
  readonly predicates: readonly Predicate[];
  readonly filter: ((id: Id) => boolean) | undefined;
  readonly names: readonly string[] | undefined;
}

/**
 * The nearest objects, equal distances by id: best-first over the purely spatial index of every tree, or over the objects that
 * meet a condition where these are few.
 */
export function nearestObjects(forest: Forest, query: NearQuery): { id: Id; distance: number }[] {
  const top = new TopK<Ranked>(query.k, -query.maxDistance);
  for (const part of forest.parts) nearestOfPart(part, query, top);
  const { recent } = forest;
  for (let i = recent.count - 1; i >= 0; i--) offer(recent, i, forest.options.planar, query, top);
  return top.ranking().map(({ id, score }) => ({ id, distance: Math.abs(score) }));
}

function nearestOfPart(part: Part, query: NearQuery, top: TopK<Ranked>): void {
  const { tree } = part;
  const { planar } = tree.frame;
  if (tree.count === 0) return;
  if (query.predicates.length > 0) {
    const { count, stretches } = tree.attributes!.fewest(query.predicates);
    if (count ** 2 <= query.k * tree.count) {
      const { order } = tree.attributes!.sections;
      for (const [begin, end] of stretches) {
        for (let i = begin; i < end; i++) {
          if (part.isAlive(order[i]!)) offer(tree, order[i]!, planar, query, top);
        }
      }
      return;
    }
  }
  const index = part.spaceIndex();
  const { starts, counts } = index.nodes;
  const key = new Float64Array(4);
  writeSpatialKey(tree.frame, query.x, query.y, key, 0);
  const slack = SLACK * (1 + Math.abs(key[0]!) + Math.abs(key[1]!) + Math.abs(key[2]!));
  let reach = reachOf(tree.frame, -top.threshold, slack);
  const frontier = new Frontier();
  frontier.push(0, 0);
  while (frontier.size > 0 && -frontier.maxKey <= reach) {
    const node = frontier.pop();
    const isLeaf = counts[node]! >= LEAF;
    for (let child = starts[node]!, end = child + (counts[node]! & ~LEAF); child < end; child++) {
      const gap = isLeaf ? index.objectReach(child, key) : index.nodeGap(child, key);
      if (gap > reach) continue;
      if (!isLeaf) frontier.push(-gap, child);
      else if (part.isAlive(index.order[child]!)) offer(tree, index.order[child]!, planar, query, top);
    }
    reach = reachOf(tree.frame, -top.threshold, slack);
  }
}

/** The squared key distance that nothing within a distance exceeds. */
function reachOf(frame: TreeFrame, distance: number, slack: number): number {
  return (chordOf(frame, distance) * (1 + SLACK) + slack) ** 2;
}

function offer(
  columns: ScoredColumns,
  i: number,
  planar: boolean,
  query: NearQuery,
  top: TopK<Ranked>,
): void {
  const { positions } = columns;
  const distance = distanceBetween(planar, query.x, query.y, positions[2 * i]!, positions[2 * i + 1]!);
  if (-distance < top.threshold) return;
  for (const predicate of query.predicates) {
    if (!meets(predicate, columns.attribute(i, predicate.attribute))) return;
  }
  const number = columns.ids[i]!;
  const id = query.names === undefined ? number : query.names[number]!;
  if (query.filter === undefined || query.filter(id)) top.offer({ id, score: -distance });
}
