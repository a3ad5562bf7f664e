import { ValueError } from "../foundation/errors.js";
import { checkLength } from "../foundation/validate.js";

/** `[lon, lat]` in WGS84 degrees, or planar `[x, y]` in metres. */
export type Position = readonly [x: number, y: number];

/** Requires `[lon, lat]` with lon in [−180, 180] and lat in [−90, 90]. */
export function checkLonLat(where: string, name: string, position: Position): void {
  checkLength(where, name, position, 2);
  // Written so that NaN fails too.
  if (!(Math.abs(position[0]) <= 180 && Math.abs(position[1]) <= 90)) {
    throw new ValueError(
      `${where}: ${name} must be [lon, lat] with lon in [-180, 180] and lat in [-90, 90], got [${position[0]}, ${position[1]}]`,
    );
  }
}

/** Requires two finite numbers. */
export function checkPlanar(where: string, name: string, position: Position): void {
  checkLength(where, name, position, 2);
  if (!Number.isFinite(position[0]) || !Number.isFinite(position[1])) {
    throw new ValueError(`${where}: ${name} must hold finite numbers, got [${position[0]}, ${position[1]}]`);
  }
}

/**
 * The same meridian in [−180, 180). A longitude that is already in that range comes back unchanged, to the last bit.
 *
 * @param lon degrees, finite
 * @example normalizeLongitude(190) // -170
 */
export function normalizeLongitude(lon: number): number {
  if (lon >= -180 && lon < 180) return lon;
  const wrapped = lon - 360 * Math.floor((lon + 180) / 360);
  // Just below −180 the sum above can round up to 180 itself.
  return wrapped >= 180 ? -180 : wrapped;
}

/** The shorter way from one longitude to another: degrees eastward in [−180, 180), both in [−180, 180]. */
export function longitudeDifference(from: number, to: number): number {
  return normalizeLongitude(to - from);
}
