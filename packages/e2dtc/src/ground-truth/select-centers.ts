import { checkPositive, checkPositiveInteger, type TrajectorySet, ValueError } from "@wayweave/geo-core";
import { checkGivenOptions, checkTrips } from "../inputs/check-trips.js";
import { gridOver } from "../tokens/grid-over.js";
import { distanceBetween } from "./distance.js";

/** How many places {@link selectCenters} takes, and how far apart. */
export interface SelectCentersOptions {
  /** The number of centres; the paper has 12 for GeoLife, 15 for Porto and 7 for Hangzhou. */
  readonly k: number;
  /** Side of the cells that visits are counted in: Web Mercator metres (planar: the set's unit). @defaultValue 300 */
  readonly cellSizeMeters?: number;
  /** No two centres are nearer than this; metres (planar: the set's unit). @defaultValue 1300 */
  readonly minDistanceMeters?: number;
}

/**
 * The most visited places, as POIs: line 1 of E2DTC's Algorithm 2, which the paper does by eye on a map.
 *
 * Cells are taken in order of their visits (ties: the lower cell id), and skipped when their centre lies nearer than
 * `minDistanceMeters` to one taken before. A visit is a run of consecutive points of one trajectory in one cell, so
 * that waiting somewhere, or a higher sampling rate, counts no more than passing. No randomness.
 *
 * @returns the cells' centres, interleaved, most visited first, `[k × 2]`
 * @throws {ValueError} fewer than k such cells, no points, or an option out of range
 */
export function selectCenters(set: TrajectorySet, options: SelectCentersOptions): Float64Array {
  checkTrips("selectCenters", "set", set);
  checkGivenOptions("selectCenters", options, ["k", "cellSizeMeters", "minDistanceMeters"]);
  const { k, cellSizeMeters = 300, minDistanceMeters = 1300 } = options;
  checkPositiveInteger("selectCenters", "k", k);
  checkPositive("selectCenters", "cellSizeMeters", cellSizeMeters);
  checkPositive("selectCenters", "minDistanceMeters", minDistanceMeters);
  const grid = gridOver(set, cellSizeMeters);
  const visits = countVisits(set, grid.idsOf(set));
  const byVisits = [...visits].sort(([cellA, a], [cellB, b]) => b - a || cellA - cellB);
  const distance = distanceBetween(set.coordinateSystem);
  const centers: [number, number][] = [];
  for (const [cell] of byVisits) {
    const [x, y] = grid.centerOf(cell);
    if (centers.every(([otherX, otherY]) => distance(x, y, otherX, otherY) >= minDistanceMeters)) {
      centers.push([x, y]);
      if (centers.length === k) return Float64Array.from(centers.flat());
    }
  }
  throw new ValueError(
    `selectCenters: k must be at most the ${centers.length} visited cells at least ${minDistanceMeters} m apart, got ${k}`,
  );
}

function countVisits(set: TrajectorySet, cells: Int32Array): Map<number, number> {
  const visits = new Map<number, number>();
  for (let i = 0; i < set.length; i++) {
    let previous = -1;
    for (let p = set.offsets[i]!; p < set.offsets[i + 1]!; p++) {
      const cell = cells[p]!;
      if (cell !== previous) visits.set(cell, (visits.get(cell) ?? 0) + 1);
      previous = cell;
    }
  }
  return visits;
}
