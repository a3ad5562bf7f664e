import { findRoles } from "../roles.js";
import { isObject, type JsonObject, membersOfBoth, without } from "./json-object.js";
import { JsonPlaces, type Placed } from "./json-places.js";

/** What only GeoJSON and its kin have: such an object is no row, and its faults are told as theirs. */
const GEOJSON_MEMBERS = ["geometry", "coordinates", "geometries", "features", "temporalGeometry"] as const;
const GEOJSON_TYPES =
  /^(Feature|FeatureCollection|GeometryCollection|Topology|(Multi)?(Point|LineString|Polygon)|Moving\w+)$/;

/** A position stands at most so many objects deep in its row. */
const MOST_NESTING = 3;

/**
 * Rows as programs answer each other with: `{ "trip": "a", "lat": 51, "lng": 13, "ts": 1700000000 }`, or with the position in an object of its own,
 * `{ "id": "a", "location": { "lat": 51, "lng": 13 } }`. Names tell the roles, as in a table's header.
 */
export class JsonRows {
  readonly #places = new JsonPlaces();

  /**
   * A row as a GeoJSON feature with a Point, its other members as properties; undefined for anything else. Members of inner objects
   * stand beside the outer ones; one whose name an outer one has goes by its path, `location.id`.
   */
  featureOf(value: unknown): JsonObject | undefined {
    if (!isObject(value) || isGeoJson(value)) return undefined;
    const own = this.#places.placedIn(value);
    if (own !== undefined) return pointOf(own.position, own.others);
    const path = this.#pathIn(value, MOST_NESTING);
    if (path === undefined) return undefined;
    let outer = value;
    let members: JsonObject = {};
    for (const [depth, name] of path.entries()) {
      const prefix = path.slice(0, depth).join(".");
      members = membersOfBoth(members, without(outer, name), (taken) => `${prefix}.${taken}`);
      outer = outer[name] as JsonObject;
    }
    const { position, others } = this.#innerPlace(outer)!;
    return pointOf(
      position,
      membersOfBoth(members, others, (taken) => `${path.join(".")}.${taken}`),
    );
  }

  /** The names of the objects that lead to the only position within an object; undefined where there is none, or several. */
  #pathIn(value: JsonObject, depth: number): readonly string[] | undefined {
    const objects = Object.entries(value).filter((entry): entry is [string, JsonObject] =>
      isObject(entry[1]),
    );
    const holders = objects.filter(([, member]) => this.#innerPlace(member) !== undefined);
    if (holders.length > 0) return holders.length === 1 ? [holders[0]![0]] : undefined;
    if (depth === 1) return undefined;
    const paths: (readonly string[])[] = [];
    for (const [name, member] of objects) {
      const path = isGeoJson(member) ? undefined : this.#pathIn(member, depth - 1);
      if (path !== undefined) paths.push([name, ...path]);
    }
    return paths.length === 1 ? paths[0] : undefined;
  }

  /** The position of an object within a row, which may be a GeoJSON Point too. */
  #innerPlace(value: JsonObject): Placed | undefined {
    if (value.type === "Point" && Array.isArray(value.coordinates)) {
      return { position: value.coordinates, others: {} };
    }
    return isGeoJson(value) ? undefined : this.#places.placedIn(value);
  }
}

/** Whether a value is an object that has nothing of GeoJSON, nor a type. */
export function isRecord(value: unknown): value is JsonObject {
  return isObject(value) && value.type === undefined && !isGeoJson(value);
}

/** Whether an object is of GeoJSON, by its type or members. */
export function isGeoJson(value: JsonObject): boolean {
  if (typeof value.type === "string" && GEOJSON_TYPES.test(value.type)) return true;
  return GEOJSON_MEMBERS.some((name) => Object.hasOwn(value, name));
}

function pointOf(coordinates: readonly unknown[], members: JsonObject): JsonObject {
  return {
    type: "Feature",
    geometry: { type: "Point", coordinates },
    properties: withNamedParts(members),
  };
}

/** Of a member such as `"vehicle": { "id": "7" }`, which names the trajectory by its parts, a member a part: `vehicle.id`. */
function withNamedParts(members: JsonObject): JsonObject {
  let all = members;
  for (const [name, value] of Object.entries(members)) {
    if (!isObject(value) || findRoles([name]).id === undefined) continue;
    const parts = Object.entries(value).map(([part, inner]) => [`${name}.${part}`, inner]);
    all = membersOfBoth(without(all, name), Object.fromEntries(parts));
  }
  return all;
}
