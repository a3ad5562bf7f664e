import {
  type EncodedPolylines,
  isEncodedPolyline,
  type LineBox,
  type PolylinePrecision,
  parseEncodedWithin,
} from "../encoded-polyline.js";
import { isObject, type JsonObject, membersOfBoth, without } from "./json-object.js";
import { jsonRolesOf } from "./json-roles.js";
import { isGeoJson } from "./rows-json.js";

/** The line of a way, and where in it that stands. */
interface EncodedLine {
  /** The names that lead to it: `["geometry"]`, `["overview_polyline", "points"]`. */
  readonly path: readonly [string] | readonly [string, string];
  /** Empty for a way that is on no map, such as a run on a treadmill. */
  readonly text: string;
}

/** What services call a line: Strava, Google, OSRM, GraphHopper, Valhalla, OpenTripPlanner. */
const LINE = /poly_?line\d?$|^(leg|trip|route|step)?geometry$|^shape$|^points$/i;
const POLYLINE = /poly_?line\d?$/i;

/**
 * Whether a value is a way whose line is an encoded polyline: a route of a routing service (`geometry`, `overview_polyline.points`, `shape`), an
 * activity of Strava's (`map.summary_polyline`).
 */
export function isEncodedWay(value: unknown): value is JsonObject {
  return lineOf(value) !== undefined;
}

/**
 * The way as a GeoJSON feature, with its other members as properties. One whose polyline is empty has no line.
 *
 * @param lines reads those that neither a name, nor a factor, nor a box says the decimals of
 * @param fail what to do with a polyline that is broken
 */
export function encodedWayOf(
  way: JsonObject,
  lines: EncodedPolylines,
  fail: (problem: string) => never,
): JsonObject {
  const { path, text } = lineOf(way)!;
  const [outer, inner] = path;
  const around = inner === undefined ? {} : without(way[outer] as JsonObject, inner);
  const properties = membersOfBoth(without(way, outer), around, (name) => `${outer}.${name}`);
  const { id: named } = jsonRolesOf(Object.keys(properties));
  const id = way.id ?? (named === undefined ? undefined : properties[named]);
  return {
    type: "Feature",
    ...(typeof id === "string" || typeof id === "number" ? { id } : {}),
    geometry: { type: "MultiLineString", coordinates: coordinatesOf(way, text, inner ?? outer, lines, fail) },
    properties,
  };
}

function coordinatesOf(
  way: JsonObject,
  text: string,
  name: string,
  lines: EncodedPolylines,
  fail: (problem: string) => never,
): number[][][] {
  if (text === "") return [];
  const box = boxOf(way);
  const parsed =
    box === undefined ? lines.parse(text, toldPrecision(way, name)) : parseEncodedWithin(text, box);
  if ("problem" in parsed) return fail(parsed.problem);
  return parsed.lines.map(({ positions, elevations }) =>
    Array.from({ length: positions.length / 2 }, (_, i) => {
      const position = [positions[2 * i]!, positions[2 * i + 1]!];
      return elevations === undefined ? position : [...position, elevations[i]!];
    }),
  );
}

/** By GraphHopper's factor, by a name (`polyline6`), or because it is Valhalla's `shape`. */
function toldPrecision(
  { points_encoded_multiplier: factor }: JsonObject,
  name: string,
): PolylinePrecision | undefined {
  if (factor === 1e5) return 5;
  return factor === 1e6 || /^shape$|6$/i.test(name) ? 6 : undefined;
}

/** Where the way lies, as far as it says: GraphHopper and openrouteservice by `bbox`, Google by `bounds`, Valhalla by its `summary`. */
function boxOf({ bbox, bounds, summary }: JsonObject): LineBox | undefined {
  const { northeast, southwest } = isObject(bounds) ? bounds : {};
  const { min_lon, min_lat, max_lon, max_lat } = isObject(summary) ? summary : {};
  const candidates = [
    Array.isArray(bbox) && bbox.length === 6 ? [bbox[0], bbox[1], bbox[3], bbox[4]] : bbox,
    isObject(northeast) && isObject(southwest)
      ? [southwest.lng, southwest.lat, northeast.lng, northeast.lat]
      : undefined,
    [min_lon, min_lat, max_lon, max_lat],
  ];
  return candidates.find(
    (box): box is LineBox =>
      Array.isArray(box) && box.length === 4 && box.every((value) => typeof value === "number"),
  ) as LineBox | undefined;
}

/** The longest line of an object, or of the objects in it: a summary stands beside the whole. */
function lineOf(value: unknown): EncodedLine | undefined {
  if (!isObject(value) || value.type === "Feature" || isGeoJson(without(value, "geometry"))) return undefined;
  const lines: EncodedLine[] = [];
  for (const [name, member] of Object.entries(value)) {
    const text = textOf(name, member);
    if (text !== undefined) lines.push({ path: [name], text });
    if (!isObject(member) || isGeoJson(member)) continue;
    for (const [inner, innermost] of Object.entries(member)) {
      const within = LINE.test(name) || name === "map" ? textOf(inner, innermost) : undefined;
      if (within !== undefined) lines.push({ path: [name, inner], text: within });
    }
  }
  return lines.reduce<EncodedLine | undefined>(
    (best, line) => (best === undefined || line.text.length > best.text.length ? line : best),
    undefined,
  );
}

/** A member's polyline; empty where a polyline by its name has none; undefined for any other member. */
function textOf(name: string, member: unknown): string | undefined {
  if (!LINE.test(name)) return undefined;
  if (member === "" || member === null) return POLYLINE.test(name) ? "" : undefined;
  const isLine = typeof member === "string" && (isEncodedPolyline(member) || isEncodedPolyline(member, 3));
  return isLine ? member : undefined;
}
