import type { ResolvedMetric } from "../metric.js";
import type { LowerBounds, SearchContext } from "./context.js";
import { dtwBounds } from "./dtw-bounds.js";
import { matchingBounds } from "./matching-bounds.js";
import { frechetBounds, hausdorffBounds } from "./maximum-bounds.js";

/** The lower bounds that are known for a distance. */
export function lowerBounds(metric: ResolvedMetric, context: SearchContext): LowerBounds {
  switch (metric.name) {
    case "dtw":
      return dtwBounds(context);
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
