import { checkFinite, checkInRange } from "../foundation/validate.js";
import { checkLonLat, normalizeLongitude, type Position } from "./position.js";

/**
 * The radius of the sphere on which every great-circle distance here is measured, in metres: the mean radius
 * R₁ = (2a + b) / 3 of the WGS84 ellipsoid. The error against the ellipsoid stays below 0.56 %.
 */
export const EARTH_RADIUS_METERS = 6371008.8;

const RADIANS = Math.PI / 180;

/**
 * Great-circle distance between two positions.
 *
 * Source: the haversine formula (Sinnott 1984), h = sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2), d = 2R asin √h. Beyond a
 * quarter turn the distance to the antipode is taken instead and subtracted from πR, so that it is exact to some
 * nanometres near both ends.
 *
 * @param from `[lon, lat]` in degrees
 * @param to `[lon, lat]` in degrees
 * @returns metres, in [0, πR]
 * @throws {ValueError} a longitude outside [−180, 180] or latitude outside [−90, 90]
 * @example greatCircleDistanceMeters([0, 0], [1, 0]) // 111195.08
 */
export function greatCircleDistanceMeters(from: Position, to: Position): number {
  checkLonLat("greatCircleDistanceMeters", "from", from);
  checkLonLat("greatCircleDistanceMeters", "to", to);
  return haversineMeters(from[0], from[1], to[0], to[1]);
}

/** {@link greatCircleDistanceMeters} for loops: four numbers in degrees, which are trusted. */
export function haversineMeters(lonA: number, latA: number, lonB: number, latB: number): number {
  const cosines = Math.cos(latA * RADIANS) * Math.cos(latB * RADIANS);
  const sinHalfLat = Math.sin((latB - latA) * (RADIANS / 2));
  const sinHalfLon = Math.sin((lonB - lonA) * (RADIANS / 2));
  const h = sinHalfLat * sinHalfLat + cosines * sinHalfLon * sinHalfLon;
  if (h <= 0.5) return 2 * EARTH_RADIUS_METERS * Math.asin(Math.sqrt(h));
  const sinHalfSum = Math.sin((latB + latA) * (RADIANS / 2));
  const cosHalfLon = Math.cos((lonB - lonA) * (RADIANS / 2));
  const antipodal = sinHalfSum * sinHalfSum + cosines * cosHalfLon * cosHalfLon;
  return EARTH_RADIUS_METERS * (Math.PI - 2 * Math.asin(Math.sqrt(antipodal)));
}

/**
 * The direction in which the great circle from one position to another starts.
 *
 * Source: θ = atan2(sin Δλ cos φ₂, cos φ₁ sin φ₂ − sin φ₁ cos φ₂ cos Δλ), its second argument written as
 * sin Δφ + 2 sin φ₁ cos φ₂ sin²(Δλ/2), which does not cancel between neighbours.
 *
 * At a pole the direction is against the pole's given longitude, as if coming along that meridian. Between equal
 * positions it is 0; between antipodes, where every direction is right, it is one of them.
 *
 * @returns degrees clockwise from north, in [0, 360)
 * @throws {ValueError} a longitude outside [−180, 180] or latitude outside [−90, 90]
 * @example greatCircleBearingDegrees([0, 0], [1, 0]) // 90
 */
export function greatCircleBearingDegrees(from: Position, to: Position): number {
  checkLonLat("greatCircleBearingDegrees", "from", from);
  checkLonLat("greatCircleBearingDegrees", "to", to);
  const degrees = bearingRadians(from[0], from[1], to[0], to[1]) / RADIANS;
  return degrees < 0 ? (degrees + 360) % 360 : degrees;
}

/**
 * Where one arrives after a distance along the great circle that starts in a direction.
 *
 * @param bearingDegrees clockwise from north, any finite number
 * @param distanceMeters any finite number; negative goes backwards
 * @returns `[lon, lat]`, lon in [−180, 180)
 * @throws {ValueError} a position out of range, or a number that is not finite
 * @example greatCircleDestination([0, 0], 90, 111195.08) // [1, 0]
 */
export function greatCircleDestination(
  from: Position,
  bearingDegrees: number,
  distanceMeters: number,
): [lon: number, lat: number] {
  checkLonLat("greatCircleDestination", "from", from);
  checkFinite("greatCircleDestination", "bearingDegrees", bearingDegrees);
  checkFinite("greatCircleDestination", "distanceMeters", distanceMeters);
  const angle = (bearingDegrees % 360) * RADIANS;
  return destination(from[0], from[1], angle, distanceMeters / EARTH_RADIUS_METERS);
}

/**
 * The position a fraction of the way along the shorter great circle.
 *
 * @param fraction 0 gives `from` and 1 gives `to`, both exactly
 * @returns `[lon, lat]`; lon in [−180, 180) unless it is an end's own
 * @throws {ValueError} a position out of range, or a fraction outside [0, 1]
 */
export function greatCircleInterpolate(
  from: Position,
  to: Position,
  fraction: number,
): [lon: number, lat: number] {
  checkLonLat("greatCircleInterpolate", "from", from);
  checkLonLat("greatCircleInterpolate", "to", to);
  checkInRange("greatCircleInterpolate", "fraction", fraction, 0, 1);
  return interpolate(from[0], from[1], to[0], to[1], fraction);
}

/** {@link greatCircleBearingDegrees} for loops: trusted degrees in, radians in (−π, π] out. */
export function bearingRadians(lonA: number, latA: number, lonB: number, latB: number): number {
  const deltaLon = (lonB - lonA) * RADIANS;
  const cosLatB = Math.cos(latB * RADIANS);
  const sinHalfLon = Math.sin(deltaLon / 2);
  const north =
    Math.sin((latB - latA) * RADIANS) + 2 * Math.sin(latA * RADIANS) * cosLatB * sinHalfLon * sinHalfLon;
  return Math.atan2(Math.sin(deltaLon) * cosLatB, north);
}

/** {@link greatCircleDestination} for loops: trusted degrees, bearing and angular distance in radians. */
export function destination(
  lon: number,
  lat: number,
  bearing: number,
  angularDistance: number,
): [lon: number, lat: number] {
  const sinLat = Math.sin(lat * RADIANS);
  const cosLat = Math.cos(lat * RADIANS);
  const sinDistance = Math.sin(angularDistance);
  const cosDistance = Math.cos(angularDistance);
  // The point as a unit vector in the frame (start's meridian, east, axis); atan2 keeps it exact at the poles.
  const x = cosLat * cosDistance - sinLat * sinDistance * Math.cos(bearing);
  const y = sinDistance * Math.sin(bearing);
  const z = sinLat * cosDistance + cosLat * sinDistance * Math.cos(bearing);
  const arrivalLat = Math.atan2(z, Math.sqrt(x * x + y * y)) / RADIANS;
  const arrivalLon = normalizeLongitude(lon + Math.atan2(y, x) / RADIANS);
  return [arrivalLon, Math.max(-90, Math.min(90, arrivalLat))];
}

/** {@link greatCircleInterpolate} for loops: trusted degrees. */
export function interpolate(
  lonA: number,
  latA: number,
  lonB: number,
  latB: number,
  fraction: number,
): [lon: number, lat: number] {
  if (fraction === 0) return [lonA, latA];
  if (fraction === 1) return [lonB, latB];
  const angle = haversineMeters(lonA, latA, lonB, latB) / EARTH_RADIUS_METERS;
  if (angle === 0) return [lonA, latA];
  return destination(lonA, latA, bearingRadians(lonA, latA, lonB, latB), fraction * angle);
}
