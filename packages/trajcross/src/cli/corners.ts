import { parseNumber } from "@wayweave/cli";
import { type CoordinateSystem, ValueError, WEB_MERCATOR_MAX_LATITUDE } from "@wayweave/geo-core";

/** West, south, east, north: as the tracks' numbers are. */
export type Corners = readonly [west: number, south: number, east: number, north: number];

/** The text of `--bounds`. @throws {ValueError} not four numbers */
export function parseBounds(text: string): [number, number, number, number] {
  const parts = text.split(",");
  if (parts.length !== 4)
    throw new ValueError(`--bounds must be west,south,east,north, got ${JSON.stringify(text)}`);
  return parts.map((part) => parseNumber("--bounds")(part)) as [number, number, number, number];
}

/** The text of `--corner-tolerance`. @throws {ValueError} no number from 0 to 0.1 */
export function parseCornerTolerance(text: string): number {
  const value = parseNumber("--corner-tolerance")(text);
  if (value < 0 || value > 0.1)
    throw new ValueError(`--corner-tolerance must be in [0, 0.1], got ${JSON.stringify(text)}`);
  return value;
}

/**
 * Checks what a picture is said to show before the tracks are read, which takes long.
 *
 * @param name what messages call it
 * @param help what helps, as a message goes on
 * @throws {ValueError} an empty box, or degrees that are none where the tracks are in degrees
 */
export function checkCorners(
  name: string,
  [west, south, east, north]: Corners,
  system: CoordinateSystem,
  help: string,
): void {
  const refuse = (required: string): never => {
    throw new ValueError(`${name} must ${required}, got ${[west, south, east, north].join(",")}${help}`);
  };
  if (!(south < north)) refuse("be west,south,east,north with south < north");
  if (system === "planar") {
    if (!(west < east)) refuse("be west,south,east,north with west < east");
    return;
  }
  // West > east goes across the antimeridian.
  if (west === east) refuse("be west,south,east,north with west other than east");
  if (Math.max(Math.abs(west), Math.abs(east)) > 180 || Math.max(Math.abs(south), Math.abs(north)) > 90)
    refuse("be longitudes and latitudes, as the tracks are (--planar: tracks in metres)");
  const limit = WEB_MERCATOR_MAX_LATITUDE;
  if (Math.max(Math.abs(south), Math.abs(north)) > limit)
    refuse(`be in Web Mercator, which ends at latitudes of ±${limit.toFixed(2)}`);
}
