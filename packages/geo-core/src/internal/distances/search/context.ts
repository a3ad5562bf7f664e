import type { PreparedPoints } from "../points.js";
import type { TrajectoryTree } from "./trajectory-tree.js";

/** One query among the trajectories of a set. */
export interface SearchContext {
  /** The query, as the only trajectory. */
  readonly query: PreparedPoints;
  readonly set: PreparedPoints;
  readonly tree: TrajectoryTree;
}

/** Numbers that a distance from the query is never below. They may be any number beyond the limit, once that is certain. */
export interface LowerBounds {
  /** For every trajectory of a node of the tree. */
  ofNode(node: number, limit: number): number;
  /** For trajectory `i`, each step tighter and dearer than the one before. */
  readonly steps: readonly ((i: number, limit: number) => number)[];
  /** What the sums of each four rows may reach for trajectory `i` to stay within a distance: `strips` of `dtwKernel`. */
  readonly stripsWithin?: (i: number, maxDistance: number) => Float64Array | undefined;
}

/**
 * Rounding may lift a bound in metres above a distance that equals it; such bounds are lowered by more than that.
 *
 * Squared distances to boxes need no slack: they are rounded as those to the points inside, and rounding is monotone.
 */
export const BOUND_SLACK = 1 - 1e-9;
