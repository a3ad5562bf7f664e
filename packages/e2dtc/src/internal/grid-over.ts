import { bboxOf, type TrajectorySet, UniformGrid, webMercator } from "@wayweave/geo-core";

/**
 * A grid over all points of a set, the box's south-western corner in the middle of its first cell: points that are
 * themselves centres of equal cells then lie in the middle of ours, where rounding cannot tear a cell apart.
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
  const low = webMercator.inverse([minX - half, minY - half]);
  const high = webMercator.inverse([maxX + half, maxY + half]);
  return new UniformGrid({ extent: [...low, ...high], cellSizeMeters, coordinateSystem });
}
