import { ValueError } from "../foundation/errors.js";
import { longitudeDifference } from "../geometry/position.js";
import { mercatorX, mercatorY } from "../geometry/projection.js";
import type { UniformGrid } from "../geometry/uniform-grid.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { BoxRegion, insideOf } from "./clip-regions.js";

/** A stretch of the line from point `p` to the next inside one cell: fractions `from` … `to` of it. */
export type VisitPassage = (p: number, cell: number, from: number, to: number) => void;

/** Requires the grid to lie on the set's surface. */
export function checkGrid(where: string, set: TrajectorySet, grid: UniformGrid): void {
  if (grid.coordinateSystem !== set.coordinateSystem) {
    throw new ValueError(
      `${where}: grid must be ${set.coordinateSystem} as the set, got ${grid.coordinateSystem}`,
    );
  }
}

/**
 * Visits the cells that trajectory `i`'s lines pass, in order. Lines between lon/lat points go the shorter way round; what is
 * outside the grid's extent is passed over.
 */
export function eachPassage(set: TrajectorySet, i: number, grid: UniformGrid, visit: VisitPassage): void {
  const { coordinates } = set;
  const isLonLat = set.coordinateSystem === "lonlat";
  const [west, south, east, north] = grid.extent;
  const region = new BoxRegion(west, south, east, north);
  const [centerX, centerY] = grid.projectedCenterOf(0);
  const size = grid.cellSizeMeters;
  const column = (x: number) => ((isLonLat ? mercatorX(x) : x) - centerX) / size + 0.5;
  const row = (y: number) => ((isLonLat ? mercatorY(y) : y) - centerY) / size + 0.5;
  const clampTo = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));
  for (let p = set.offsets[i]!; p + 1 < set.offsets[i + 1]!; p++) {
    const spans = insideOf(region, coordinates, p, isLonLat);
    const [x0, y0, nextX, y1] = coordinates.subarray(2 * p, 2 * p + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const dx = isLonLat ? longitudeDifference(x0, nextX) : nextX - x0;
    for (let k = 0; k < spans.length; k += 2) {
      const [from, to] = [spans[k]!, spans[k + 1]!];
      // Whole turns put the stretch where the grid is; rounding must not lead it beyond the extent.
      const turns = isLonLat ? 360 * Math.round((west + east - 2 * x0 - (from + to) * dx) / 720) : 0;
      const at = (fraction: number): [number, number] => [
        column(clampTo(x0 + fraction * dx + turns, west, east)),
        row(clampTo(y0 + fraction * (y1 - y0), south, north)),
      ];
      passCells(at(from), at(to), grid, (cell, start, end) =>
        visit(p, cell, from + start * (to - from), from + end * (to - from)),
      );
    }
  }
}

/** Cuts a line, in columns and rows, where it passes from cell to cell. */
function passCells(
  [u0, v0]: [number, number],
  [u1, v1]: [number, number],
  grid: UniformGrid,
  visit: (cell: number, from: number, to: number) => void,
): void {
  const cuts = [0, 1];
  for (const [start, end] of [
    [u0, u1],
    [v0, v1],
  ] as const) {
    const low = Math.min(start, end);
    const high = Math.max(start, end);
    for (let border = Math.floor(low) + 1; border < high; border++)
      cuts.push((border - start) / (end - start));
  }
  cuts.sort((a, b) => a - b);
  for (let k = 0; k + 1 < cuts.length; k++) {
    const [from, to] = [cuts[k]!, cuts[k + 1]!];
    if (from === to) continue;
    const middle = (from + to) / 2;
    const column = Math.min(grid.columns - 1, Math.max(0, Math.floor(u0 + middle * (u1 - u0))));
    const row = Math.min(grid.rows - 1, Math.max(0, Math.floor(v0 + middle * (v1 - v0))));
    visit(row * grid.columns + column, from, to);
  }
}
