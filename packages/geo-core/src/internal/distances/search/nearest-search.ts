import FlatQueue from "flatqueue";
import type { Pace } from "../../../foundation/pace.js";
import { dtwDistance, pairDistance, type ResolvedMetric } from "../metric.js";
import type { SearchContext } from "./context.js";
import { lowerBounds } from "./lower-bounds.js";
import { NearestList } from "./nearest-list.js";

/** Bits of a queue entry that tell a node (0) from a trajectory with `state` − 1 bounds worked out. */
const STATES = 8;
/** Exact distances between two looks at the clock. */
const STRIDE = 16;

/**
 * The k nearest trajectories: best first, each entry by the largest of its lower bounds known so far.
 *
 * The first k are computed as they come, because a limit makes all further bounds cheap.
 *
 * Source: Seidl & Kriegel 1998, "Optimal multi-step k-nearest neighbor search", over a tree (Hjaltason & Samet 1999). When
 * the least bound in the queue exceeds the k-th distance found, nothing nearer is left. Bounds equal to it are still looked
 * at, because of two equal distances the smaller index is wanted.
 */
export async function searchNearest(
  metric: ResolvedMetric,
  context: SearchContext,
  k: number,
  accepts: ((index: number) => boolean) | undefined,
  pace: Pace,
): Promise<NearestList> {
  const { tree } = context;
  const nearest = new NearestList(k, metric.maxDistance);
  const bounds = lowerBounds(metric, context);
  const queue = new FlatQueue<number>();
  const offer = (bound: number, entry: number): void => {
    if (bound <= nearest.limit) queue.push(entry, bound);
  };
  if (tree.order.length > 0) offer(bounds.ofNode(0, nearest.limit), 0);
  let computed = 0;
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    const id = Math.floor(entry / STATES);
    const state = entry % STATES;
    if (state === 0) {
      openNode(id);
    } else if (state <= bounds.steps.length && nearest.limit < Infinity) {
      offer(bounds.steps[state - 1]!(id, nearest.limit), STATES * id + state + 1);
    } else {
      nearest.add(id, exact(id));
      computed++;
      if (computed % STRIDE === 0) await pace.step();
    }
    if (!(queue.peekValue()! <= nearest.limit)) break;
  }
  return nearest;

  function openNode(node: number): void {
    const right = tree.right[node]!;
    if (right !== 0) {
      offer(bounds.ofNode(node + 1, nearest.limit), STATES * (node + 1));
      offer(bounds.ofNode(right, nearest.limit), STATES * right);
      return;
    }
    for (let at = tree.from[node]!; at < tree.to[node]!; at++) {
      const i = tree.order[at]!;
      if (accepts === undefined || accepts(i)) offer(bounds.steps[0]!(i, nearest.limit), STATES * i + 2);
    }
  }

  function exact(i: number): number {
    const { query, set } = context;
    const { limit } = nearest;
    if (metric.name === "dtw") {
      return dtwDistance(metric, query, 0, set, i, limit, (most) => bounds.stripsWithin?.(i, most));
    }
    return pairDistance({ ...metric, maxDistance: limit }, query, 0, set, i);
  }
}
