import { bboxOf, type TrajectorySet, webMercator } from "@wayweave/geo-core";

/** Cells along the median trip. */
const CELLS_PER_TRIP = 20;
/** Cells of the whole grid at most. */
const MAX_CELLS = 2 ** 20;

/**
 * A cell size for any unit: a twentieth of the median trip's length along its way, but cells so large that the grid has at most a million.
 *
 * @returns Web Mercator metres (planar: the set's unit); 1 where no trip moves
 */
export function cellSizeFor(set: TrajectorySet): number {
  const { offsets, coordinateSystem, length } = set;
  const places = planeOf(set);
  const lengths = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    for (let p = offsets[i]! + 1; p < offsets[i + 1]!; p++) {
      lengths[i]! += Math.hypot(places[2 * p]! - places[2 * p - 2]!, places[2 * p + 1]! - places[2 * p - 1]!);
    }
  }
  const ordered = lengths.sort();
  const along = (ordered[length >> 1] || ordered[length - 1] || 0) / CELLS_PER_TRIP;
  const [west, south, east, north] = bboxOf(set);
  const [low, high] =
    coordinateSystem === "planar"
      ? [[west, south] as const, [east, north] as const]
      : [webMercator.forward([west, south]), webMercator.forward([east, north])];
  const area = Math.max(0, high[0] - low[0]) * Math.max(0, high[1] - low[1]);
  const size = Math.max(along, Math.sqrt(area / MAX_CELLS));
  return size > 0 ? size : 1;
}

/** Coordinates in Web Mercator metres, or as they are. */
function planeOf({ coordinates, coordinateSystem }: TrajectorySet): Float64Array {
  if (coordinateSystem === "planar") return coordinates;
  const places = new Float64Array(coordinates.length);
  for (let p = 0; p < coordinates.length; p += 2) {
    const [x, y] = webMercator.forward([coordinates[p]!, coordinates[p + 1]!]);
    places[p] = x;
    places[p + 1] = y;
  }
  return places;
}
