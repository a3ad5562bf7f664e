import {
  isEncodedPolyline,
  namedPrecisionOf,
  type PolylinePrecision,
  parseEncodedPolyline,
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
const LINE = /poly_?line|^(leg|trip|route|step)?geometry$|^shape$|^points$/i;
const POLYLINE = /poly_?line/i;

/**
 * Whether a value is a way whose line is an encoded polyline: a route of a routing service (`geometry`, `overview_polyline.points`, `shape`), an
 * activity of Strava's (`map.summary_polyline`).
 */
export function isEncodedWay(value: unknown): value is JsonObject {
  return lineOf(value) !== undefined;
}

/**
 * The way as a GeoJSON feature, with its other members as properties; undefined for any other value. One whose polyline is empty has no line.
 *
 * @param fail what to do with a polyline that leaves the earth
 */
export function encodedWayOf(value: unknown, fail: (problem: string) => never): JsonObject | undefined {
  const line = lineOf(value);
  if (line === undefined) return undefined;
  const [outer, inner] = line.path;
  const way = value as JsonObject;
  const around = inner === undefined ? {} : without(way[outer] as JsonObject, inner);
  const properties = membersOfBoth(without(way, outer), around, (name) => `${outer}.${name}`);
  const { id: named } = jsonRolesOf(Object.keys(properties));
  const id = way.id ?? (named === undefined ? undefined : properties[named]);
  const precision = namedPrecisionOf(inner ?? outer);
  return {
    type: "Feature",
    ...(typeof id === "string" || typeof id === "number" ? { id } : {}),
    geometry: { type: "MultiLineString", coordinates: coordinatesOf(line.text, precision, fail) },
    properties,
  };
}

function coordinatesOf(
  text: string,
  precision: PolylinePrecision | undefined,
  fail: (problem: string) => never,
): number[][][] {
  if (text === "") return [];
  const parsed = parseEncodedPolyline(text, precision);
  if ("problem" in parsed) return fail(parsed.problem);
  return parsed.lines.map(({ positions }) =>
    Array.from({ length: positions.length / 2 }, (_, i) => [positions[2 * i]!, positions[2 * i + 1]!]),
  );
}

/** The longest line of an object, or of the objects in it: a summary stands beside the whole. */
function lineOf(value: unknown): EncodedLine | undefined {
  if (!isObject(value) || isGeoJson(without(value, "geometry"))) return undefined;
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
  return typeof member === "string" && isEncodedPolyline(member) ? member : undefined;
}
