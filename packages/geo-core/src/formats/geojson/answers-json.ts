import { timeWithDate } from "../../reading/date-and-time.js";
import { findRoles, type Roles } from "../roles.js";
import { type EncodedLine, encodedLineOf } from "./encoded-ways.js";
import type { GeoJsonReadOptions } from "./geojson-options.js";
import { isObject, type JsonObject, membersOfBoth, ownMember, without } from "./json-object.js";
import { jsonRolesOf } from "./json-roles.js";
import { isGeoJson, type JsonRows } from "./rows-json.js";
import { isTrip, isWay } from "./trips-json.js";

/** What an answer holds, and what it says of all of it. */
export interface JsonAnswer {
  /** Rows, trips or features. */
  readonly items: readonly unknown[];
  /** The members beside them. */
  readonly shared: JsonObject;
}

/** An object's list of rows. */
interface RowList {
  readonly rows: readonly unknown[];
  readonly roles: Roles;
  /** The members beside it. */
  readonly others: JsonObject;
  /** Whether the rows are points of one trajectory, which the object is. */
  readonly isTrip: boolean;
}

interface Found {
  readonly value: unknown;
  /** Undefined where no list of rows, trips or features is in it. */
  readonly whole: JsonObject | undefined;
  readonly list: RowList | undefined;
}

/** A list stands at most so many objects deep in its answer. */
const MOST_NESTING = 3;
/** A list is told by its first elements; not all of a mixed one need be rows. */
const ELEMENTS_LOOKED_AT = 20;
/** Names that number whatever they stand in, and name no trajectory by themselves. */
const BARE_IDS = /^_?(id|fid|uid|oid|object_?id)$/i;
const POINT_LISTS = /^((track|way|route|gps)_?)?points?$|^(path|trace|trail|breadcrumbs)$/i;

/** Finds the rows and trips in what programs answer each other. */
export class JsonAnswers {
  readonly #rows: JsonRows;
  readonly #options: Pick<GeoJsonReadOptions, "idProperty" | "timePattern">;
  /** What was found last, because an object is asked for its rows and its points one after the other. */
  #last: Found | undefined;

  constructor(rows: JsonRows, options: Pick<GeoJsonReadOptions, "idProperty" | "timePattern">) {
    this.#rows = rows;
    this.#options = options;
  }

  /**
   * The rows, trips or features of an answer that holds one list of them beside what is said about all:
   * `{ "fleet": "north", "data": [{ "trip": "a", … }, … ] }`, also within another object; undefined for anything else, a trip of {@link tripOf}
   * among it.
   */
  answerOf(value: unknown): JsonAnswer | undefined {
    const { whole, list } = this.#find(value);
    if (whole === undefined) return undefined;
    if (list !== undefined) return list.isTrip ? undefined : { items: list.rows, shared: list.others };
    const trips = this.#tripListsIn(whole);
    if (trips.length !== 1) return undefined;
    const name = trips[0]!;
    return { items: whole[name] as readonly unknown[], shared: without(whole, name) };
  }

  /** A trip whose points are rows, `{ "id": "a", "points": [{ "lat": 51, "lng": 13, "ts": 0 }, … ] }`, as a GeoJSON feature with a line. */
  tripOf(value: unknown): JsonObject | undefined {
    const { list } = this.#find(value);
    if (list === undefined) return undefined;
    const { rows, roles, others: properties } = list;
    const points = rows.map((row) => this.#rows.featureOf(row));
    const coordinates = points.map(
      (point) => (point?.geometry as JsonObject | undefined)?.coordinates ?? null,
    );
    const { time, date } = roles;
    const isPattern = this.#options.timePattern !== undefined;
    const timeOf = (point: JsonObject | undefined, name: string) =>
      timeWithDate(memberOf(point, name), date === undefined ? undefined : memberOf(point, date), isPattern);
    const { id } = jsonRolesOf(Object.keys(properties));
    return {
      type: "Feature",
      ...(id === undefined ? {} : { id: properties[id] }),
      geometry: { type: coordinates.length < 2 ? "MultiPoint" : "LineString", coordinates },
      properties: {
        ...properties,
        coordinateProperties: columnsOf(points, [time, date]),
        ...(time === undefined ? {} : { coordTimes: points.map((point) => timeOf(point, time) ?? null) }),
      },
    };
  }

  /** The line of a way that is an encoded polyline; undefined for what is a row itself, or has a list of points with times. */
  encodedLineOf(value: unknown): EncodedLine | undefined {
    const line = encodedLineOf(value);
    if (line === undefined || this.#rows.featureOf(value) !== undefined) return undefined;
    const isTimed = this.#rowListsIn(line.way).some(
      (name) => this.#rolesOfRows(line.way[name] as readonly unknown[]).time !== undefined,
    );
    return isTimed ? undefined : line;
  }

  /** By the first row's names, and by what any other says beside them. */
  #rolesOfRows(rows: readonly unknown[]): Roles {
    const first = rows.find((row) => this.#rows.featureOf(row) !== undefined);
    const names = new Set(Object.keys((this.#rows.featureOf(first)?.properties ?? {}) as JsonObject));
    for (const row of rows) if (isObject(row)) for (const name of Object.keys(row)) names.add(name);
    return jsonRolesOf([...names]);
  }

  #find(value: unknown): Found {
    if (this.#last === undefined || this.#last.value !== value) {
      const whole = this.#unwrapped(value);
      const list = whole === undefined || this.#hasWays(whole) ? undefined : this.#listIn(whole);
      this.#last = { value, whole, list };
    }
    return this.#last;
  }

  /** An object with a list in it, or in the only object within it that has one, whose members then stand beside its own. */
  #unwrapped(value: unknown, depth = MOST_NESTING): JsonObject | undefined {
    if (!isObject(value) || isGeoJson(value)) return undefined;
    if (!Object.values(value).some((member) => typeof member === "object" && member !== null))
      return undefined;
    if (this.#rowListsIn(value).length > 0 || this.#tripListsIn(value).length > 0) return value;
    if (depth === 1 || isTrip(value) || this.#rows.featureOf(value) !== undefined) return undefined;
    const inner: [name: string, member: JsonObject][] = [];
    for (const [name, member] of Object.entries(value)) {
      const found = this.#unwrapped(member, depth - 1);
      if (found !== undefined) inner.push([name, found]);
    }
    if (inner.length !== 1) return undefined;
    const [name, found] = inner[0]!;
    return membersOfBoth(found, without(value, name));
  }

  /** Whether an object has a list of ways: rows beside it are the places between which they lead. */
  #hasWays(value: JsonObject): boolean {
    return namesOfLists(value, (element) => this.encodedLineOf(element) !== undefined).length > 0;
  }

  /** The only list of rows in an object, or the only one of those whose rows have times. */
  #listIn(value: JsonObject): RowList | undefined {
    const lists = this.#rowListsIn(value).map((name) => {
      const rows = value[name] as readonly unknown[];
      return { name, rows, roles: this.#rolesOfRows(rows) };
    });
    const timed = lists.filter(({ roles }) => roles.time !== undefined);
    const chosen = lists.length === 1 ? lists : timed;
    if (chosen.length !== 1) return undefined;
    const { name, rows, roles } = chosen[0]!;
    const others = without(value, name);
    return { rows, roles, others, isTrip: this.#isTripOf(name, rows, roles, others) };
  }

  /**
   * Whether rows are the points of one trajectory: they have no ids, or ids of a name that says nothing of trajectories, all different or all the
   * same, in an object that has an id itself, or in a list of points by its name.
   */
  #isTripOf(name: string, rows: readonly unknown[], roles: Roles, others: JsonObject): boolean {
    const option = this.#options.idProperty;
    if (option !== undefined && memberOf(this.#rows.featureOf(rows[0]), option) !== undefined) return false;
    if (roles.id === undefined) return true;
    if (!BARE_IDS.test(roles.id)) return false;
    const isNamed = jsonRolesOf(Object.keys(others)).id !== undefined && !isOfMovers(name);
    if (!isNamed && !POINT_LISTS.test(name)) return false;
    const ids = rows.map((row) => memberOf(this.#rows.featureOf(row), roles.id!));
    const different = new Set(ids).size;
    return different === 1 || different === ids.length;
  }

  #rowListsIn(value: JsonObject, depth = MOST_NESTING): string[] {
    const isRow = (element: unknown) => this.#rows.featureOf(element) !== undefined;
    return namesOfLists(value, (element) => !this.#isTrips(element, depth - 1) && isRow(element));
  }

  #tripListsIn(value: JsonObject): string[] {
    return namesOfLists(value, (element) => this.#isTrips(element, MOST_NESTING - 1));
  }

  /** Whether an element is a trip, a feature, a way, or an object with rows or ways of its own. */
  #isTrips(element: unknown, depth: number): boolean {
    if (!isObject(element)) return false;
    if (element.type === "Feature" || isTrip(element) || isWay(element)) return true;
    if (this.encodedLineOf(element) !== undefined) return true;
    if (depth === 0 || isGeoJson(element)) return false;
    return this.#rowListsIn(element, depth).length > 0 || this.#hasWays(element);
  }
}

/** Whether a list is named after things that move, `vehicles`, so that its rows are one of them each. */
function isOfMovers(name: string): boolean {
  const singular = name.replace(/ies$/i, "y").replace(/s$/i, "");
  return [singular, `${singular}id`].some((single) => findRoles([single]).id !== undefined);
}

function namesOfLists(value: JsonObject, holds: (element: unknown) => boolean): string[] {
  return Object.keys(value).filter((name) => {
    const member = value[name];
    return Array.isArray(member) && member.slice(0, ELEMENTS_LOOKED_AT).some(holds);
  });
}

function memberOf(point: JsonObject | undefined, name: string): unknown {
  return point === undefined ? undefined : ownMember(point.properties as JsonObject, name);
}

/** What the points say beside their places and times, a list a name. */
function columnsOf(
  points: readonly (JsonObject | undefined)[],
  times: readonly (string | undefined)[],
): JsonObject {
  const names = new Set(points.flatMap((point) => Object.keys((point?.properties as JsonObject) ?? {})));
  return Object.fromEntries(
    [...names]
      .filter((name) => !times.includes(name))
      .map((name) => [name, points.map((point) => memberOf(point, name) ?? null)]),
  );
}

/** A feature with what is said of all features among its properties; its own go first. */
export function withShared(feature: unknown, shared: JsonObject): unknown {
  if (!isObject(feature) || feature.type !== "Feature" || Object.keys(shared).length === 0) return feature;
  const own = feature.properties ?? {};
  return isObject(own) ? { ...feature, properties: membersOfBoth(own, shared) } : feature;
}
