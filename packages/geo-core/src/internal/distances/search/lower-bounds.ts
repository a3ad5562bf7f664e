import type { ResolvedMetric } from "../metric.js";
import type { LowerBounds, SearchContext } from "./context.js";
import { dtwBounds } from "./dtw-bounds.js";
import { matchingBounds } from "./matching-bounds.js";
import { frechetBounds, hausdorffBounds } from "./maximum-bounds.js";

/** The lower bounds that are known for a distance. */
export function lowerBounds(metric: ResolvedMetric, context: SearchContext): LowerBounds {
  switch (metric.name) {
    case "dtw":
      return metric.value === "sum" ? dtwBounds(context) : perPoint(dtwBounds(context), context);
    case "frechet":
      return frechetBounds(context);
    case "hausdorff":
      return hausdorffBounds(context, false);
    case "directedHausdorff":
      return hausdorffBounds(context, true);
    default:
      return matchingBounds(metric, context);
  }
}

/** Bounds of a sum that is divided by the points of both trajectories; the strips stay those of the sum. */
function perPoint(bounds: LowerBounds, { query, set, tree }: SearchContext): LowerBounds {
  const n = query.offsets[1]!;
  const pointsWith = (i: number): number => n + set.offsets[i + 1]! - set.offsets[i]!;
  return {
    ...bounds,
    ofNode: (node, limit) => {
      const most = n + tree.mostPoints[node]!;
      return bounds.ofNode(node, limit * most) / most;
    },
    steps: bounds.steps.map((step) => (i: number, limit: number) => {
      const points = pointsWith(i);
      return step(i, limit * points) / points;
    }),
  };
}
