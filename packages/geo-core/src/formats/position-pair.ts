import { parseAngle } from "../reading/angle.js";
import { parseDecimalText } from "../reading/bytes.js";

/** Names of columns that hold both numbers of a position, in lower case and letters and digits only; latitude goes first, as people write it. */
const LATITUDE_FIRST =
  /^(latlng|latlon|latlong|latitudelongitude|position|location|coordinates?|coords?|gps|gps(position|coordinates?|location)|geopoint(2d)?|geolocation|point|place)$/;
/** Of these names, those that programs give to longitude and latitude, too, as GeoJSON does. */
const EITHER_FIRST = /^(coordinates?|coords?|point)$/;
const LONGITUDE_FIRST = /^(lnglat|lonlat|longlat|longitudelatitude)$/;

/** In which order a column of that name holds the numbers of a position; undefined where its name says nothing of both. */
export function pairOrderOf(name: string): "latitude first" | "longitude first" | undefined {
  const bare = name.toLowerCase().replace(/[^a-z0-9]/g, "");
  if (LATITUDE_FIRST.test(bare)) return "latitude first";
  return LONGITUDE_FIRST.test(bare) ? "longitude first" : undefined;
}

/** Whether a column's name is given to positions of either order. */
export function isDoubtfulPair(name: string): boolean {
  return EITHER_FIRST.test(name.toLowerCase().replace(/[^a-z0-9]/g, ""));
}

/**
 * A position of two numbers or angles with a comma or semicolon between them, `51.05, 13.74`, `(51.05,13.74)`, `51.05° N, 13.74° E`, as
 * longitude and latitude; undefined for any other text.
 */
export function parsePositionPair(
  text: string,
  order: "latitude first" | "longitude first",
): readonly [longitude: number, latitude: number] | undefined {
  const [, first, second] = /^\s*[([]?([^,;]+)[,;]([^,;]+?)[)\]]?\s*$/.exec(text) ?? [];
  if (first === undefined || second === undefined) return undefined;
  const [latitude, longitude] = order === "latitude first" ? [first, second] : [second, first];
  const position = [degreesOf(longitude, "longitude"), degreesOf(latitude, "latitude")] as const;
  return position.some(Number.isNaN) ? undefined : position;
}

function degreesOf(text: string, axis: "longitude" | "latitude"): number {
  const number = parseDecimalText(text.trim());
  return Number.isNaN(number) ? parseAngle(text.trim(), axis) : number;
}
