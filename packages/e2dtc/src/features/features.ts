import {
  bboxOf,
  checkOptions,
  checkPositive,
  localEquirectangular,
  type TrajectorySet,
  ValueError,
} from "@wayweave/geo-core";
import type { Matrix, SparseMatrix } from "@wayweave/numeric";
import { checkTrips } from "../inputs/check-trips.js";
import { gridOver } from "../tokens/grid-over.js";

/**
 * Each trajectory's mean position, in metres: the features of the centroid baseline.
 *
 * Lon/lat sets are projected about the middle of their box (equirectangular), planar ones taken as they are.
 *
 * @returns `[set.length, 2]`
 * @throws {ValueError} a set without trajectories, or a trajectory without points
 * @example await kMeans(centroidFeatures(set), { k: 12 })
 */
export function centroidFeatures(set: TrajectorySet): Matrix {
  return meanPlaces("centroidFeatures", set);
}

/** {@link centroidFeatures} for another function: @param where the one that the user called */
export function meanPlaces(where: string, set: TrajectorySet): Matrix {
  checkNoneEmpty(where, set);
  const project = projectionOf(set);
  const data = new Float64Array(2 * set.length);
  for (let i = 0; i < set.length; i++) {
    let sumX = 0;
    let sumY = 0;
    for (let p = set.offsets[i]!; p < set.offsets[i + 1]!; p++) {
      const [x, y] = project(set.coordinates[2 * p]!, set.coordinates[2 * p + 1]!);
      sumX += x;
      sumY += y;
    }
    const count = set.pointCountOf(i);
    data[2 * i] = sumX / count;
    data[2 * i + 1] = sumY / count;
  }
  return { data, rows: set.length, columns: 2 };
}

/** Cell histograms, and which cell each column is. */
export interface CellHistograms extends SparseMatrix {
  readonly values: Float64Array;
  /** The cells' centres, interleaved, in the set's coordinates, `[columns × 2]`. */
  readonly cellCenters: Float64Array;
}

/**
 * Each trajectory's share of points in every cell that any trajectory visits: the features of the cell-histogram
 * baseline.
 *
 * Rows are sparse (a trip touches some of thousands of cells), so no cell is left out for being rare. Each sums to 1.
 *
 * @param options.cellSizeMeters 300 by default, Web Mercator metres (planar: the set's unit)
 * @returns `[set.length, visited cells]`, columns by ascending cell id
 * @throws {ValueError} a set without trajectories, a trajectory without points, a set across the antimeridian
 * @example await kMeans(cellHistogramFeatures(set), { k: 12 })
 */
export function cellHistogramFeatures(
  set: TrajectorySet,
  options: { readonly cellSizeMeters?: number } = {},
): CellHistograms {
  checkNoneEmpty("cellHistogramFeatures", set);
  checkOptions("cellHistogramFeatures", options, ["cellSizeMeters"]);
  const { cellSizeMeters = 300 } = options;
  checkPositive("cellHistogramFeatures", "cellSizeMeters", cellSizeMeters);
  const grid = gridOver(set, cellSizeMeters);
  const cells = grid.idsOf(set);
  const visited = Int32Array.from(new Set(cells)).sort();
  const columnOf = new Map<number, number>();
  for (const [column, cell] of visited.entries()) columnOf.set(cell, column);

  const values: number[] = [];
  const columnIndices: number[] = [];
  const rowOffsets = new Uint32Array(set.length + 1);
  for (let i = 0; i < set.length; i++) {
    const counts = new Map<number, number>();
    for (let p = set.offsets[i]!; p < set.offsets[i + 1]!; p++) {
      const column = columnOf.get(cells[p]!)!;
      counts.set(column, (counts.get(column) ?? 0) + 1);
    }
    for (const [column, count] of counts) {
      columnIndices.push(column);
      values.push(count / set.pointCountOf(i));
    }
    rowOffsets[i + 1] = values.length;
  }
  return {
    values: Float64Array.from(values),
    columnIndices: Uint32Array.from(columnIndices),
    rowOffsets,
    rows: set.length,
    columns: visited.length,
    cellCenters: Float64Array.from([...visited].flatMap((cell) => grid.centerOf(cell))),
  };
}

function projectionOf(set: TrajectorySet): (x: number, y: number) => readonly [number, number] {
  if (set.coordinateSystem === "planar") return (x, y) => [x, y];
  const [west, south, east, north] = bboxOf(set);
  // Across the antimeridian west > east, and the middle lies half a turn away from their mean.
  const middle = west <= east ? (west + east) / 2 : (west + east) / 2 + (west + east > 0 ? -180 : 180);
  const projection = localEquirectangular([middle, (south + north) / 2]);
  return (x, y) => projection.forward([x, y]);
}

function checkNoneEmpty(where: string, set: TrajectorySet): void {
  checkTrips(where, "set", set);
  if (set.length === 0) throw new ValueError(`${where}: set must hold at least one trajectory, got 0`);
  for (let i = 0; i < set.length; i++) {
    if (set.offsets[i] === set.offsets[i + 1]) {
      throw new ValueError(`${where}: trajectory ${i} must hold at least one point, got 0`);
    }
  }
}
