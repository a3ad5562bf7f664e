import {
  metresOf,
  type PreparedPoints,
  squaredBetween,
  squaredDistanceToBox,
  squaredGap,
} from "../points.js";
import { BOUND_SLACK, type LowerBounds, type SearchContext } from "./context.js";

/**
 * Lower bounds of the discrete Fréchet distance: it joins both first points and both last points, and is never below the
 * Hausdorff distance.
 */
export function frechetBounds(context: SearchContext): LowerBounds {
  const { query, set, tree } = context;
  const last = query.offsets[1]! - 1;
  const metres = inMetres(query);
  const ends = (i: number): number =>
    Math.max(
      squaredBetween(query, 0, set, set.offsets[i]!),
      squaredBetween(query, last, set, set.offsets[i + 1]! - 1),
    );
  return {
    ofNode: (node) =>
      metres(
        Math.max(
          squaredDistanceToBox(tree.starts, 6 * node, query.x[0]!, query.y[0]!, query.z[0]!),
          squaredDistanceToBox(tree.ends, 6 * node, query.x[last]!, query.y[last]!, query.z[last]!),
        ),
      ),
    steps: [(i) => metres(ends(i)), (i) => metres(Math.max(ends(i), there(context, i), back(context, i)))],
  };
}

/** Lower bounds of the Hausdorff distance: no point comes nearer to the other trajectory than to the box around it. */
export function hausdorffBounds(context: SearchContext, directed: boolean): LowerBounds {
  const { query, tree } = context;
  const metres = inMetres(query);
  const end = query.offsets[1]!;
  return {
    ofNode: (node) => {
      let squared = farthestFromBox(query, 0, end, tree.bounds, node);
      if (!directed) {
        // Each trajectory's first and last point must be near the query, too.
        squared = Math.max(squared, squaredGap(tree.starts, 6 * node, query.bounds, 0));
        squared = Math.max(squared, squaredGap(tree.ends, 6 * node, query.bounds, 0));
      }
      return metres(squared);
    },
    steps: [
      (i) => metres(there(context, i)),
      ...(directed ? [] : [(i: number) => metres(Math.max(there(context, i), back(context, i)))]),
    ],
  };
}

function inMetres({ curvature }: PreparedPoints): (squared: number) => number {
  return (squared) => metresOf(squared, curvature) * BOUND_SLACK;
}

/** How far the query's most remote point is from the box around trajectory `i`, squared. */
function there({ query, set }: SearchContext, i: number): number {
  return farthestFromBox(query, 0, query.offsets[1]!, set.bounds, i);
}

/** How far the most remote point of trajectory `i` is from the box around the query, squared. */
function back({ query, set }: SearchContext, i: number): number {
  return farthestFromBox(set, set.offsets[i]!, set.offsets[i + 1]!, query.bounds, 0);
}

function farthestFromBox(
  a: PreparedPoints,
  from: number,
  to: number,
  boxes: Float64Array,
  box: number,
): number {
  let farthest = 0;
  for (let p = from; p < to; p++) {
    const squared = squaredDistanceToBox(boxes, 6 * box, a.x[p]!, a.y[p]!, a.z[p]!);
    if (squared > farthest) farthest = squared;
  }
  return farthest;
}
