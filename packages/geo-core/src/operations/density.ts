import { checkOptions } from "../foundation/check-options.js";
import { checkGiven, checkOneOf, checkPositiveInteger } from "../foundation/validate.js";
import type { UniformGrid } from "../geometry/uniform-grid.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { stepLength } from "./between-points.js";
import { checkGrid, eachPassage } from "./cell-passages.js";
import { requireSortedTimes } from "./require-times.js";

/** Options of {@link cellDensity}. */
export interface CellDensityOptions {
  /**
   * What is added up in each cell: its `points`; the `trajectories` that pass it or have a point in it; the `meters` that they
   * run in it (a planar set's unit); the milliseconds that they spend in it (`timeMs`).
   * @defaultValue "trajectories"
   */
  readonly weight?: "points" | "trajectories" | "meters" | "timeMs" | undefined;
}

/** Cells with a value, the largest first; of equal ones the smaller id first. */
export interface CellValues {
  /** Ids of the grid's cells, `[cells]`. */
  readonly cells: Int32Array;
  /** `[cells]` */
  readonly values: Float64Array;
}

/**
 * How much goes on in each cell of a grid; cells in which nothing does are left out, and so is what lies outside the grid.
 *
 * The lines between points count, not the points alone: metres and time are shared out between the cells that a line passes, time
 * as if the speed were constant.
 *
 * @throws {ValueError} a grid of another coordinate system, or `timeMs` of a set without times
 * @example cellDensity(set, grid, { weight: "timeMs" }).cells[0] // the cell in which most time is spent
 */
export function cellDensity(
  set: TrajectorySet,
  grid: UniformGrid,
  options: CellDensityOptions = {},
): CellValues {
  checkSet("cellDensity", set);
  checkGiven("cellDensity", "grid", grid);
  const where = "cellDensity";
  checkOptions(where, options, ["weight"]);
  const { weight = "trajectories" } = options;
  checkOneOf(where, "weight", weight, ["points", "trajectories", "meters", "timeMs"]);
  checkGrid(where, set, grid);
  const timesMs = weight === "timeMs" ? requireSortedTimes(where, set) : undefined;
  const isLonLat = set.coordinateSystem === "lonlat";
  const values = new Map<number, number>();
  const add = (cell: number, value: number): void => {
    values.set(cell, (values.get(cell) ?? 0) + value);
  };
  const ids = weight === "points" || weight === "trajectories" ? grid.idsOf(set) : undefined;
  for (let i = 0; i < set.length; i++) {
    const [start, end] = [set.offsets[i]!, set.offsets[i + 1]!];
    if (weight === "points") {
      for (let p = start; p < end; p++) if (ids![p] !== -1) add(ids![p]!, 1);
    } else if (weight === "trajectories") {
      const visited = new Set(ids!.subarray(start, end));
      eachPassage(set, i, grid, (_, cell) => visited.add(cell));
      visited.delete(-1);
      for (const cell of visited) add(cell, 1);
    } else {
      eachPassage(set, i, grid, (p, cell, from, to) => {
        const whole =
          timesMs === undefined ? stepLength(set.coordinates, p, isLonLat) : timesMs[p + 1]! - timesMs[p]!;
        if (whole > 0) add(cell, (to - from) * whole);
      });
    }
  }
  const sorted = [...values].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return {
    cells: Int32Array.from(sorted, ([cell]) => cell),
    values: Float64Array.from(sorted, ([, value]) => value),
  };
}

/** Stretches no further apart than this share of a line, by rounding, follow each other. */
const SAME_PLACE = 1e-6;

/** Options of {@link hotRoutes}. */
export interface HotRouteOptions {
  /** Transitions by fewer trajectories are left out. @defaultValue 1 */
  readonly minTrajectories?: number | undefined;
}

/** A way from one cell into the next. */
export interface HotRoute {
  /** Id of the cell that is left. */
  readonly from: number;
  /** Id of the cell that is entered. */
  readonly to: number;
  /** How many trajectories go this way, each counted once. */
  readonly trajectories: number;
  /** How often they do. */
  readonly passages: number;
}

/** Counts of a way, and the last trajectory counted. */
interface Route {
  trajectories: number;
  passages: number;
  last: number;
}

/**
 * The ways that trajectories share: how many pass from each cell of a grid into each next one, along the lines between their
 * points. A trajectory that leaves the grid and comes back has no way from where it left to where it came back.
 *
 * @returns the most travelled first; of equal ones by passages, then ids
 * @throws {ValueError} a grid of another coordinate system, or an option out of its range
 * @example hotRoutes(set, grid, { minTrajectories: 10 })[0] // { from: 812, to: 813, trajectories: 57, passages: 60 }
 */
export function hotRoutes(set: TrajectorySet, grid: UniformGrid, options: HotRouteOptions = {}): HotRoute[] {
  checkSet("hotRoutes", set);
  checkGiven("hotRoutes", "grid", grid);
  const where = "hotRoutes";
  checkOptions(where, options, ["minTrajectories"]);
  const { minTrajectories = 1 } = options;
  checkPositiveInteger(where, "minTrajectories", minTrajectories);
  checkGrid(where, set, grid);
  /** By from, then by to. */
  const routes = new Map<number, Map<number, Route>>();
  const count = (i: number, from: number, to: number): void => {
    const outOf = routes.get(from) ?? new Map<number, Route>();
    routes.set(from, outOf);
    const route = outOf.get(to) ?? { trajectories: 0, passages: 0, last: -1 };
    outOf.set(to, route);
    route.passages++;
    if (route.last !== i) route.trajectories++;
    route.last = i;
  };
  for (let i = 0; i < set.length; i++) {
    let before = -1;
    let reached = set.offsets[i]!;
    eachPassage(set, i, grid, (p, cell, from, to) => {
      // A way goes on only where the stretch before ended.
      if (before !== -1 && before !== cell && Math.abs(p + from - reached) < SAME_PLACE)
        count(i, before, cell);
      before = cell;
      reached = p + to;
    });
  }
  return Array.from(routes, ([from, outOf]) =>
    Array.from(outOf, ([to, { trajectories, passages }]) => ({ from, to, trajectories, passages })),
  )
    .flat()
    .filter(({ trajectories }) => trajectories >= minTrajectories)
    .sort(
      (a, b) => b.trajectories - a.trajectories || b.passages - a.passages || a.from - b.from || a.to - b.to,
    );
}
