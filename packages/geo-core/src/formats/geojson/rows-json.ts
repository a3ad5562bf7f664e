import { findRoles } from "../roles.js";
import { isObject, type JsonObject } from "./json-object.js";

/** What only GeoJSON and its kin have: such an object is no row, and its faults are told as theirs. */
const GEOJSON_MEMBERS = ["geometry", "coordinates", "geometries", "features", "temporalGeometry"] as const;
const GEOJSON_TYPES =
  /^(Feature|FeatureCollection|GeometryCollection|Topology|(Multi)?(Point|LineString|Polygon)|Moving\w+)$/;

interface Place {
  readonly x: string;
  readonly y: string;
}

/**
 * Rows as programs answer each other with: `{ "trip": "a", "lat": 51, "lng": 13, "ts": 1700000000 }`, or with the position in an object of its own,
 * `{ "id": "a", "location": { "lat": 51, "lng": 13 } }`. Names tell the roles, as in a table's header.
 */
export class JsonRows {
  /** The names of places by those of all members: rows have the same ones, mostly. */
  readonly #places = new Map<string, Place | undefined>();

  /** A row as a GeoJSON feature with a Point, its other members as properties; undefined for anything else. */
  featureOf(value: unknown): JsonObject | undefined {
    if (!isObject(value) || isGeoJson(value)) return undefined;
    const own = this.#placeOf(value);
    if (own !== undefined) return pointOf(value, own, value);
    const inner = Object.entries(value).filter(([, member]) => this.#placeOf(member) !== undefined);
    if (inner.length !== 1) return undefined;
    const [name, holder] = inner[0] as [string, JsonObject];
    const { [name]: _, ...others } = value;
    return pointOf(holder, this.#placeOf(holder)!, { ...holder, ...others });
  }

  /**
   * The rows, or trips, of an answer that holds one list of them beside what is said about all: `{ "count": 2, "data": [{ "trip": "a", … }, … ] }`;
   * undefined for anything else, a trip of {@link tripOf} among it.
   */
  rowsOf(value: unknown): readonly unknown[] | undefined {
    const list = this.#listOf(value);
    if (list !== undefined) return list.roles.id === undefined ? undefined : list.rows;
    if (!isObject(value) || isGeoJson(value)) return undefined;
    const isTrips = (member: unknown): member is readonly unknown[] =>
      Array.isArray(member) && this.#listOf(member[0]) !== undefined;
    const trips = Object.values(value).filter(isTrips);
    return trips.length === 1 ? trips[0] : undefined;
  }

  /** A trip whose points are rows, `{ "id": "a", "points": [{ "lat": 51, "lng": 13, "ts": 0 }, … ] }`, as a GeoJSON feature with a line. */
  tripOf(value: unknown): JsonObject | undefined {
    const list = this.#listOf(value);
    if (list === undefined) return undefined;
    const { name, rows, roles } = list;
    const { [name]: _, ...properties } = value as JsonObject;
    const points = rows.map((row) => this.featureOf(row));
    const coordinates = points.map(
      (point) => (point?.geometry as JsonObject | undefined)?.coordinates ?? null,
    );
    const times = roles.time;
    const { id } = findRoles(Object.keys(properties));
    return {
      type: "Feature",
      ...(id === undefined ? {} : { id: properties[id] }),
      geometry: { type: coordinates.length < 2 ? "MultiPoint" : "LineString", coordinates },
      properties: {
        ...properties,
        coordinateProperties: columnsOf(points, times),
        ...(times === undefined ? {} : { coordTimes: points.map((point) => memberOf(point, times) ?? null) }),
      },
    };
  }

  /** The only member that is a list of rows. */
  #listOf(
    value: unknown,
  ): { name: string; rows: readonly unknown[]; roles: ReturnType<typeof findRoles> } | undefined {
    if (!isObject(value) || isGeoJson(value)) return undefined;
    const lists = Object.entries(value).filter(
      ([, member]) => Array.isArray(member) && this.featureOf(member[0]) !== undefined,
    );
    if (lists.length !== 1) return undefined;
    const [name, rows] = lists[0] as [string, readonly unknown[]];
    return { name, rows, roles: findRoles(Object.keys(this.featureOf(rows[0])!.properties as JsonObject)) };
  }

  #placeOf(value: unknown): Place | undefined {
    if (!isObject(value)) return undefined;
    const names = Object.keys(value);
    const key = JSON.stringify(names);
    if (!this.#places.has(key)) {
      const { x, y } = findRoles(names);
      if (this.#places.size >= MOST_SHAPES) this.#places.clear();
      this.#places.set(key, x === undefined || y === undefined || x === y ? undefined : { x, y });
    }
    return this.#places.get(key);
  }
}

function memberOf(point: JsonObject | undefined, name: string): unknown {
  return (point?.properties as JsonObject | undefined)?.[name];
}

/** What the points say beside their places and times, a list a name. */
function columnsOf(points: readonly (JsonObject | undefined)[], times: string | undefined): JsonObject {
  const names = new Set(points.flatMap((point) => Object.keys((point?.properties as JsonObject) ?? {})));
  return Object.fromEntries(
    [...names]
      .filter((name) => name !== times)
      .map((name) => [name, points.map((point) => memberOf(point, name) ?? null)]),
  );
}

/** Shapes of rows that are remembered. */
const MOST_SHAPES = 1000;

/** Whether a value is an object that has nothing of GeoJSON, nor a type. */
export function isRecord(value: unknown): value is JsonObject {
  return isObject(value) && value.type === undefined && !isGeoJson(value);
}

function isGeoJson(value: JsonObject): boolean {
  if (typeof value.type === "string" && GEOJSON_TYPES.test(value.type)) return true;
  return GEOJSON_MEMBERS.some((name) => Object.hasOwn(value, name));
}

function pointOf(holder: JsonObject, { x, y }: Place, members: JsonObject): JsonObject {
  const { [x]: _, [y]: __, ...properties } = members;
  const coordinates = [numberOf(holder[x]), numberOf(holder[y])];
  return { type: "Feature", geometry: { type: "Point", coordinates }, properties };
}

/** Numbers as text are numbers all the same; anything else is left for the geometry's reader to turn away. */
function numberOf(value: unknown): unknown {
  return typeof value === "string" && /^\s*[-+]?(\d+\.?\d*|\.\d+)\s*$/.test(value) ? Number(value) : value;
}
