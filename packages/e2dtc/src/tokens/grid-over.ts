import {
  bboxOf,
  type TrajectorySet,
  UniformGrid,
  WEB_MERCATOR_LIMIT_METERS,
  webMercator,
} from "@wayweave/geo-core";

/**
 * A grid over all points of a set, the box's south-western corner in the middle of its first cell: points that are
 * themselves centres of equal cells then lie in the middle of ours, where rounding cannot tear a cell apart. (But at the edges of
 * the world, where no cell can lie beyond.)
 *
 * @throws {ValueError} a set without points or across the antimeridian
 */
export function gridOver(set: TrajectorySet, cellSizeMeters: number): UniformGrid {
  const [west, south, east, north] = bboxOf(set);
  const half = cellSizeMeters / 2;
  const { coordinateSystem } = set;
  if (coordinateSystem === "planar") {
    return new UniformGrid({
      extent: [west - half, south - half, east + half, north + half],
      cellSizeMeters,
      coordinateSystem,
    });
  }
  const [minX, minY] = webMercator.forward([west, south]);
  const [maxX, maxY] = webMercator.forward([east, north]);
  const [left, right] = withinWorld(minX - half, maxX + half, cellSizeMeters);
  const [bottom, top] = withinWorld(minY - half, maxY + half, cellSizeMeters);
  const low = webMercator.inverse([left, bottom]);
  const high = webMercator.inverse([right, top]);
  return new UniformGrid({ extent: [...low, ...high], cellSizeMeters, coordinateSystem });
}

/** Cells from low to high along one axis, moved so that none but the first reaches beyond the square of Web Mercator. */
function withinWorld(low: number, high: number, cellSizeMeters: number): [low: number, high: number] {
  const limit = WEB_MERCATOR_LIMIT_METERS;
  if (high <= limit) return [Math.max(-limit, low), high];
  // A millionth less, lest rounding add a cell.
  const cells = Math.ceil((limit - low) / cellSizeMeters) - 1e-6;
  return [Math.max(-limit, limit - cells * cellSizeMeters), limit];
}
