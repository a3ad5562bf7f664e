import type { MatchRule } from "../matches.js";
import type { ResolvedEdr, ResolvedLcss } from "../metric.js";
import { type PreparedPoints, squaredDistanceToBox } from "../points.js";
import type { LowerBounds, SearchContext } from "./context.js";

/**
 * Lower bounds of EDR and of LCSS's distance, by the points that can match nothing because they are out of reach of the box
 * around the other trajectory.
 *
 * EDR: each such point takes an edit of its own, and so does each point by which the lengths differ. LCSS: at most as many
 * points are common as are in reach on either side.
 */
export function matchingBounds(
  metric: ResolvedEdr | ResolvedLcss,
  { query, set, tree }: SearchContext,
): LowerBounds {
  const { rule } = metric;
  const n = query.offsets[1]!;
  const pointsOf = (i: number): number => set.offsets[i + 1]! - set.offsets[i]!;
  /** @param reachable the query's points that are in reach of others, of which there are `least` … `most` */
  const bound = (reachable: number, least: number, most: number): number => {
    if (metric.name === "edr") {
      const edits = Math.max(n - reachable, least - n, n - most);
      return metric.value === "edits" ? edits : edits / Math.max(n, most);
    }
    const shorter = Math.min(n, least);
    return 1 - Math.min(shorter, reachable) / shorter;
  };
  const queryInReach = (boxes: Float64Array, box: number): number => inReach(query, 0, n, boxes, box, rule);
  const boxed = (i: number): number => bound(queryInReach(set.bounds, i), pointsOf(i), pointsOf(i));
  return {
    ofNode: (node) => bound(queryInReach(tree.bounds, node), tree.leastPoints[node]!, tree.mostPoints[node]!),
    steps: [
      boxed,
      (i) => {
        const m = pointsOf(i);
        const reachable = inReach(set, set.offsets[i]!, set.offsets[i + 1]!, query.bounds, 0, rule);
        // The same bound with the roles exchanged: of the m points of trajectory i, some are in reach of the query.
        if (metric.name === "lcss") {
          const shorter = Math.min(n, m);
          return Math.max(boxed(i), 1 - Math.min(shorter, reachable) / shorter);
        }
        const edits = m - reachable;
        return Math.max(boxed(i), metric.value === "edits" ? edits : edits / Math.max(n, m));
      },
    ],
  };
}

/** How many of points `from` … `to − 1` could match a point inside a box. */
function inReach(
  a: PreparedPoints,
  from: number,
  to: number,
  boxes: Float64Array,
  box: number,
  { limit, perAxis }: MatchRule,
): number {
  const at = 6 * box;
  let count = 0;
  for (let p = from; p < to; p++) {
    const x = a.x[p]!;
    const y = a.y[p]!;
    const isNear = perAxis
      ? Math.max(boxes[at]! - x, x - boxes[at + 3]!) <= limit &&
        Math.max(boxes[at + 1]! - y, y - boxes[at + 4]!) <= limit
      : squaredDistanceToBox(boxes, at, x, y, a.z[p]!) <= limit;
    if (isNear) count++;
  }
  return count;
}
