import { ValueError } from "../foundation/errors.js";
import { checkGiven } from "../foundation/validate.js";
import { checkSet } from "../trajectories/check-set.js";
import { TrajectorySet } from "../trajectories/trajectory-set.js";
import { bearingRadians, destination, EARTH_RADIUS_METERS, haversineMeters } from "./great-circle.js";
import {
  checkLonLat,
  checkPlanar,
  longitudeDifference,
  normalizeLongitude,
  type Position,
} from "./position.js";

/** A map between `[lon, lat]` in degrees and planar `[x, y]` in metres. */
export interface Projection {
  /** @throws {ValueError} a position that the projection does not cover */
  forward(position: Position): [x: number, y: number];
  /** @throws {ValueError} a point that no position maps to */
  inverse(point: Position): [lon: number, lat: number];
}

/** The radius in the definition of EPSG:3857, in metres: a constant of that projection, not of distances. */
export const WEB_MERCATOR_RADIUS_METERS = 6378137;

/** |x| and |y| of Web Mercator's square reach πR, in metres. */
export const WEB_MERCATOR_LIMIT_METERS = Math.PI * WEB_MERCATOR_RADIUS_METERS;

/** The latitude at which Web Mercator's square ends: 2 atan(e^π) − 90°, in degrees. */
export const WEB_MERCATOR_MAX_LATITUDE = 85.0511287798066;

const RADIANS = Math.PI / 180;

/** {@link webMercator}'s x for loops: a trusted longitude in degrees. */
export function mercatorX(lon: number): number {
  return WEB_MERCATOR_RADIUS_METERS * RADIANS * lon;
}

/** {@link webMercator}'s y for loops: a trusted latitude in degrees. */
export function mercatorY(lat: number): number {
  return WEB_MERCATOR_RADIUS_METERS * Math.atanh(Math.sin(lat * RADIANS));
}

/**
 * Web Mercator, EPSG:3857: x = Rλ, y = R atanh(sin φ), R = 6,378,137 m. A length at latitude φ is drawn 1 / cos φ
 * times too long.
 *
 * `forward` requires a latitude in [−85.0511…, 85.0511…]; `inverse` a point of the square |x|, |y| ≤ πR. Both throw a
 * {@link ValueError} beyond: nothing is clamped.
 *
 * @example webMercator.forward([180, 0]) // [20037508.34, 0]
 */
export const webMercator: Projection = {
  forward(position) {
    checkLonLat("webMercator.forward", "position", position);
    if (!(Math.abs(position[1]) <= WEB_MERCATOR_MAX_LATITUDE)) {
      throw new ValueError(
        `webMercator.forward: latitude must be in [-${WEB_MERCATOR_MAX_LATITUDE}, ${WEB_MERCATOR_MAX_LATITUDE}], got ${position[1]}`,
      );
    }
    return [mercatorX(position[0]), mercatorY(position[1])];
  },
  inverse(point) {
    checkPlanar("webMercator.inverse", "point", point);
    // A micrometre of grace: forward of the square's edge rounds to just beyond it.
    const limit = WEB_MERCATOR_LIMIT_METERS + 1e-6;
    if (Math.abs(point[0]) > limit || Math.abs(point[1]) > limit) {
      throw new ValueError(
        `webMercator.inverse: x and y must be in [-${WEB_MERCATOR_LIMIT_METERS}, ${WEB_MERCATOR_LIMIT_METERS}], got [${point[0]}, ${point[1]}]`,
      );
    }
    const lon = Math.max(-180, Math.min(180, point[0] / (WEB_MERCATOR_RADIUS_METERS * RADIANS)));
    return [lon, Math.atan(Math.sinh(point[1] / WEB_MERCATOR_RADIUS_METERS)) / RADIANS];
  },
};

/**
 * Equirectangular metres about a centre: x = R cos φ₀ · Δλ, y = R · Δφ, Δλ the shorter way round. Fast, and within a
 * city's span true to some parts in 10⁴; use {@link azimuthalEquidistant} for wider areas or near a pole.
 *
 * @param center `[lon, lat]`, |lat| ≤ 89
 * @throws {ValueError} a centre out of range or within a degree of a pole
 */
export function localEquirectangular(center: Position): Projection {
  checkLonLat("localEquirectangular", "center", center);
  if (Math.abs(center[1]) > 89) {
    throw new ValueError(`localEquirectangular: center latitude must be in [-89, 89], got ${center[1]}`);
  }
  const [lon0, lat0] = center;
  const metersPerLat = EARTH_RADIUS_METERS * RADIANS;
  const metersPerLon = metersPerLat * Math.cos(lat0 * RADIANS);
  return {
    forward(position) {
      checkLonLat("localEquirectangular.forward", "position", position);
      return [metersPerLon * longitudeDifference(lon0, position[0]), metersPerLat * (position[1] - lat0)];
    },
    inverse(point) {
      checkPlanar("localEquirectangular.inverse", "point", point);
      const lat = lat0 + point[1] / metersPerLat;
      const deltaLon = point[0] / metersPerLon;
      // A nanodegree of grace: forward of a pole rounds to just beyond it.
      if (Math.abs(lat) > 90 + 1e-9 || Math.abs(deltaLon) > 180 + 1e-9) {
        throw new ValueError(
          `localEquirectangular.inverse: point must lie on the globe, got [${point[0]}, ${point[1]}]`,
        );
      }
      return [normalizeLongitude(lon0 + deltaLon), Math.max(-90, Math.min(90, lat))];
    },
  };
}

/**
 * Azimuthal equidistant metres about a centre: distances and directions from the centre are true, anywhere on the
 * globe, poles and antimeridian included.
 *
 * @throws {ValueError} a centre out of range
 */
export function azimuthalEquidistant(center: Position): Projection {
  checkLonLat("azimuthalEquidistant", "center", center);
  const [lon0, lat0] = center;
  const limit = Math.PI * EARTH_RADIUS_METERS * (1 + 1e-15);
  return {
    forward(position) {
      checkLonLat("azimuthalEquidistant.forward", "position", position);
      const distance = haversineMeters(lon0, lat0, position[0], position[1]);
      const bearing = bearingRadians(lon0, lat0, position[0], position[1]);
      return [distance * Math.sin(bearing), distance * Math.cos(bearing)];
    },
    inverse(point) {
      checkPlanar("azimuthalEquidistant.inverse", "point", point);
      const distance = Math.hypot(point[0], point[1]);
      if (distance > limit) {
        throw new ValueError(
          `azimuthalEquidistant.inverse: point must be within ${limit} m of the centre, got ${distance}`,
        );
      }
      return destination(lon0, lat0, Math.atan2(point[0], point[1]), distance / EARTH_RADIUS_METERS);
    },
  };
}

/**
 * A lon/lat set in a projection's metres; times and ids are shared with the original.
 *
 * @throws {ValueError} a planar set, or a point that the projection does not cover
 */
export function projectSet(set: TrajectorySet, projection: Projection): TrajectorySet {
  checkSet("projectSet", set);
  checkGiven("projectSet", "projection", projection);
  if (set.coordinateSystem !== "lonlat") {
    throw new ValueError(`projectSet: set must be lonlat, got ${set.coordinateSystem}`);
  }
  return mapSet(set, "planar", (position) => projection.forward(position));
}

/**
 * A planar set back in degrees; times and ids are shared with the original.
 *
 * @throws {ValueError} a lon/lat set, or a point that no position maps to
 */
export function unprojectSet(set: TrajectorySet, projection: Projection): TrajectorySet {
  checkSet("unprojectSet", set);
  checkGiven("unprojectSet", "projection", projection);
  if (set.coordinateSystem !== "planar") {
    throw new ValueError(`unprojectSet: set must be planar, got ${set.coordinateSystem}`);
  }
  return mapSet(set, "lonlat", (point) => projection.inverse(point));
}

function mapSet(
  set: TrajectorySet,
  coordinateSystem: "lonlat" | "planar",
  map: (position: Position) => Position,
): TrajectorySet {
  const coordinates = new Float64Array(set.coordinates.length);
  for (let i = 0; i < coordinates.length; i += 2) {
    const mapped = map([set.coordinates[i]!, set.coordinates[i + 1]!]);
    coordinates[i] = mapped[0];
    coordinates[i + 1] = mapped[1];
  }
  const { offsets, timesMs, ids, pointColumns, properties } = set;
  return new TrajectorySet(
    { coordinates, offsets, timesMs, ids, coordinateSystem, pointColumns, properties },
    { validate: false },
  );
}
