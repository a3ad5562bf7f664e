import {
  type BoundingBox,
  type CoordinateSystem,
  type PlanarExtent,
  TrajectorySet,
  ValueError,
  WEB_MERCATOR_LIMIT_METERS,
  WEB_MERCATOR_MAX_LATITUDE,
  webMercator,
} from "@wayweave/geo-core";
import { checkPlanarSet } from "../data/extents.js";

/** Once around the earth. */
const around = 2 * WEB_MERCATOR_LIMIT_METERS;

/**
 * Tracks on the plane that maps are drawn on: lon/lat ones in Web Mercator, going on beyond the edge of the world where they cross the antimeridian.
 *
 * @throws {ValueError} a track without points, a latitude beyond ±85.05°
 */
export function onPlane(where: string, set: TrajectorySet): TrajectorySet {
  if (set.coordinateSystem === "planar") {
    checkPlanarSet(where, set);
    return set;
  }
  const coordinates = new Float64Array(set.coordinates.length);
  for (let i = 0; i < set.length; i++) {
    const [first, end] = [set.offsets[i]!, set.offsets[i + 1]!];
    if (first === end)
      throw new ValueError(
        `${where}: every trajectory must hold a point, got none in trajectory ${i} (${JSON.stringify(set.at(i).id)})`,
      );
    for (let p = first; p < end; p++) {
      const [lon, lat] = [set.coordinates[2 * p]!, set.coordinates[2 * p + 1]!];
      if (Math.abs(lat) > WEB_MERCATOR_MAX_LATITUDE) {
        throw new ValueError(
          `${where}: latitudes must be within ±${WEB_MERCATOR_MAX_LATITUDE.toFixed(2)}, where Web Mercator ends, got ${lat} in trajectory ${i} (${JSON.stringify(set.at(i).id)})`,
        );
      }
      let [x, y] = webMercator.forward([lon, lat]);
      if (p > first) x -= around * Math.round((x - coordinates[2 * p - 2]!) / around);
      coordinates[2 * p] = x;
      coordinates[2 * p + 1] = y;
    }
  }
  const ids = Array.from(set, ({ id }) => id);
  return new TrajectorySet({ coordinates, offsets: set.offsets, ids, coordinateSystem: "planar" });
}

/** What a picture shows of the tracks' plane. @throws {ValueError} no box, no degrees where the tracks are in degrees, or a latitude beyond ±85.05° */
export function extentOf(
  where: string,
  bounds: BoundingBox | PlanarExtent,
  system: CoordinateSystem,
): PlanarExtent {
  const isBox =
    Array.isArray(bounds) &&
    bounds.length === 4 &&
    bounds.every((value) => typeof value === "number" && Number.isFinite(value));
  if (!isBox) {
    throw new ValueError(
      `${where}: bounds must be four numbers, west, south, east, north, got ${JSON.stringify(bounds)}`,
    );
  }
  const [west, south, east, north] = bounds;
  const isLonLat = system === "lonlat";
  if (!(south < north) || (isLonLat ? west === east : !(west < east))) {
    throw new ValueError(
      `${where}: bounds must be west, south, east, north with south < north, got [${bounds.join(", ")}]`,
    );
  }
  if (!isLonLat) return [west, south, east, north];
  if (!bounds.every((value, i) => Math.abs(value) <= (i % 2 === 0 ? 180 : 90))) {
    throw new ValueError(
      `${where}: bounds must be longitudes and latitudes, as the tracks are, got [${bounds.join(", ")}]; bounds (--bounds on the command line) take the place of what a file beside the picture says`,
    );
  }
  const [left, bottom] = webMercator.forward([west, south]);
  const [right, top] = webMercator.forward([east, north]);
  return [left, bottom, right < left ? right + around : right, top];
}

/** An extent, moved around the earth so that its middle is nearest to that of a track's box: none shows more of the box. */
export function extentNear(
  [left, bottom, right, top]: PlanarExtent,
  [from, , to]: PlanarExtent,
): PlanarExtent {
  const by = around * Math.round((from + to - left - right) / 2 / around);
  return [left + by, bottom, right + by, top];
}

/** The extents, once around the earth apart, that show tracks: tracks across the antimeridian may lie beyond either edge. */
export function worldShifts(
  extent: PlanarExtent,
  tracks: PlanarExtent,
  system: CoordinateSystem,
): PlanarExtent[] {
  if (system === "planar") return [extent];
  const [left, bottom, right, top] = extent;
  const inReach: PlanarExtent[] = [];
  const last = Math.floor((tracks[2] - left) / around);
  for (let turn = Math.ceil((tracks[0] - right) / around); turn <= last; turn++) {
    inReach.push([left + turn * around, bottom, right + turn * around, top]);
  }
  return inReach.length === 0 ? [extent] : inReach;
}
