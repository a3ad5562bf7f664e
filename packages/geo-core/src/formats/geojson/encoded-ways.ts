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
export interface EncodedLine {
  readonly way: JsonObject;
  /** The names that lead to it: `["geometry"]`, `["overview_polyline", "points"]`. */
  readonly path: readonly [string] | readonly [string, string];
  /** Empty for a way that is on no map, such as a run on a treadmill. */
  readonly text: string;
}

/** What services call a line: Strava, Google, OSRM, GraphHopper, Valhalla, OpenTripPlanner. */
const LINE = /poly_?line\d?$|^(leg|trip|route|step)?geometry$|^shape$|^points$/i;
const POLYLINE = /poly_?line\d?$/i;

/**
 * The way as a GeoJSON feature, with its other members as properties. One whose polyline is empty has no line.
 *
 * @param lines reads those that neither a name, nor a factor, nor a box says the decimals of
 * @param fail what to do with a polyline that is broken
 */
export function encodedWayOf(
  { way, path, text }: EncodedLine,
  lines: EncodedPolylines,
  fail: (problem: string) => never,
): JsonObject {
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

/**
 * The line of a way that is an encoded polyline: of a routing service's route (`geometry`, `overview_polyline.points`, `shape`), of an activity of
 * Strava's (`map.summary_polyline`); the longest, since a summary stands beside the whole. Undefined for any other value.
 */
export function encodedLineOf(value: unknown): EncodedLine | undefined {
  if (!isObject(value)) return undefined;
  let longest: EncodedLine | undefined;
  const take = (path: EncodedLine["path"], text: string | undefined) => {
    if (text !== undefined && text.length > (longest?.text.length ?? -1))
      longest = { way: value, path, text };
  };
  for (const [name, member] of Object.entries(value)) {
    take([name], textOf(name, member));
    if (!isObject(member) || isGeoJson(member) || !(LINE.test(name) || name === "map")) continue;
    for (const [inner, innermost] of Object.entries(member)) take([name, inner], textOf(inner, innermost));
  }
  return longest === undefined || isGeoJson(without(value, "geometry")) ? undefined : longest;
}

/** A member's polyline; empty where a polyline by its name has none; undefined for any other member. */
function textOf(name: string, member: unknown): string | undefined {
  if (!LINE.test(name)) return undefined;
  if (member === "" || member === null) return POLYLINE.test(name) ? "" : undefined;
  const isLine = typeof member === "string" && (isEncodedPolyline(member) || isEncodedPolyline(member, 3));
  return isLine ? member : undefined;
}
