import { describeJson } from "../../foundation/describe-json.js";
import { FormatError, type FormatLocation } from "../../foundation/errors.js";
import { checkOneOf } from "../../foundation/validate.js";
import { type GeoJsonTimes, isObject, type JsonObject, readTimes } from "./geojson-times.js";

export type { GeoJsonTimes } from "./geojson-times.js";

/** How {@link parseGeoJsonFeature} and {@link GeoJsonCollector} read a feature. */
export interface GeoJsonReadOptions {
  /**
   * Where times are.
   *
   * `"auto"`: a property `coordTimes`, `coordinateProperties.times`, `times`, `timesMs` or `timestamps`, whichever
   * comes first; else the 4th coordinate; else none. `"coordTimes"` and `"fourthCoordinate"` require that form,
   * `{ property }` a parallel array of that name, `"none"` ignores all.
   * @defaultValue "auto"
   */
  readonly times?: GeoJsonTimes;
  /** The unit of times that are numbers; text is read as ISO 8601, without a zone as UTC. @defaultValue "milliseconds" */
  readonly timeUnit?: "milliseconds" | "seconds";
  /**
   * What to do with a geometry that holds no line (points, polygons, none). `"skip"` counts them.
   * @defaultValue "error"
   */
  readonly otherGeometries?: "error" | "skip";
  /** `"planar"` reads x and y as they are, in any range. @defaultValue "lonlat" */
  readonly coordinateSystem?: "lonlat" | "planar";
}

/** One line of a feature. */
export interface GeoJsonLine {
  /** The feature's `id` or `properties.id`, with `/part` where it has several lines; absent where it has none. */
  readonly id: string | undefined;
  /** `[points × 2]` */
  readonly coordinates: Float64Array;
  /** `[points]` */
  readonly timesMs: Float64Array | undefined;
  /** The 3rd coordinates, NaN where a position has none; absent where none has. `[points]` */
  readonly elevationsMeters: Float64Array | undefined;
  readonly properties: JsonObject | null;
}

/** What came out of one feature. */
export interface GeoJsonFeatureLines {
  readonly lines: readonly GeoJsonLine[];
  /** Geometries without a line that `otherGeometries: "skip"` passed over, by type (`"null"` for none). */
  readonly skipped: Readonly<Record<string, number>>;
}

/** A geometry's LineStrings with the path to each in the times' nesting. */
interface RawLine {
  readonly positions: unknown;
  /** Index among the parts of a MultiLineString; undefined for a LineString. */
  readonly part: number | undefined;
}

/**
 * Reads one GeoJSON Feature or bare geometry: LineString, MultiLineString, GeometryCollection.
 *
 * @param value parsed JSON
 * @param where how messages name the feature: `feature 3`
 * @param location the file and line, if known
 * @throws {FormatError} anything that is not a valid feature, position or time; a geometry without a line, unless
 *   `otherGeometries` is `"skip"`
 */
export function parseGeoJsonFeature(
  value: unknown,
  where: string,
  options: GeoJsonReadOptions = {},
  location: FormatLocation = {},
): GeoJsonFeatureLines {
  checkOptions(options);
  const fail: (problem: string) => never = (problem) => {
    throw new FormatError(`${where}: ${problem}`, location);
  };
  if (!isObject(value)) return fail(`must be a JSON object, got ${describeJson(value)}`);
  const isFeature = value.type === "Feature";
  const properties = isFeature ? (value.properties ?? null) : null;
  if (properties !== null && !isObject(properties)) {
    return fail(`properties must be an object or null, got ${describeJson(properties)}`);
  }
  const lines: RawLine[] = [];
  const skipped: Record<string, number> = {};
  const skip = (type: string): void => {
    if (options.otherGeometries !== "skip") fail(`geometry must hold a line, got ${type}`);
    skipped[type] = (skipped[type] ?? 0) + 1;
  };
  const geometry = isFeature ? (value.geometry ?? null) : value;
  collectLines(geometry, lines, skip, fail);
  // An empty MultiLineString or collection is legal, and would vanish without a trace.
  if (lines.length === 0 && Object.keys(skipped).length === 0)
    skip(`${(geometry as JsonObject).type} without lines`);
  const id = featureId(value, properties, fail);
  const read = (line: RawLine, index: number): GeoJsonLine =>
    parseLine(line, index, lines.length, id, properties, options, fail);
  return { lines: lines.map(read), skipped };
}

function checkOptions({ times, timeUnit, otherGeometries, coordinateSystem }: GeoJsonReadOptions): void {
  const where = "parseGeoJsonFeature";
  if (typeof times === "string") {
    checkOneOf(where, "times", times, ["auto", "coordTimes", "fourthCoordinate", "none"]);
  }
  if (timeUnit !== undefined) checkOneOf(where, "timeUnit", timeUnit, ["milliseconds", "seconds"]);
  if (otherGeometries !== undefined) {
    checkOneOf(where, "otherGeometries", otherGeometries, ["error", "skip"]);
  }
  if (coordinateSystem !== undefined) {
    checkOneOf(where, "coordinateSystem", coordinateSystem, ["lonlat", "planar"]);
  }
}

/** Collections may nest; deeper than this is no data but an attack on the stack. */
const MAX_COLLECTION_DEPTH = 32;

function collectLines(
  geometry: unknown,
  lines: RawLine[],
  skip: (type: string) => void,
  fail: (problem: string) => never,
  depth = 0,
): void {
  if (geometry === null) {
    skip("null");
    return;
  }
  if (!isObject(geometry)) fail(`geometry must be an object or null, got ${describeJson(geometry)}`);
  switch (geometry.type) {
    case "LineString":
      lines.push({ positions: geometry.coordinates, part: undefined });
      return;
    case "MultiLineString": {
      const parts = requireArray(geometry, "coordinates", fail);
      for (const [part, positions] of parts.entries()) lines.push({ positions, part });
      return;
    }
    case "GeometryCollection":
      if (depth === MAX_COLLECTION_DEPTH) fail(`collections must nest at most ${MAX_COLLECTION_DEPTH} deep`);
      for (const part of requireArray(geometry, "geometries", fail)) {
        collectLines(part, lines, skip, fail, depth + 1);
      }
      return;
    case "Point":
    case "MultiPoint":
    case "Polygon":
    case "MultiPolygon":
      skip(geometry.type);
      return;
    default:
      fail(`geometry type must be one of GeoJSON's, got ${describeJson(geometry.type)}`);
  }
}

function requireArray(
  geometry: JsonObject,
  name: string,
  fail: (problem: string) => never,
): readonly unknown[] {
  const value = geometry[name];
  if (!Array.isArray(value)) return fail(`${name} must be an array, got ${describeJson(value)}`);
  return value;
}

function parseLine(
  line: RawLine,
  index: number,
  lineCount: number,
  id: string | undefined,
  properties: JsonObject | null,
  options: GeoJsonReadOptions,
  fail: (problem: string) => never,
): GeoJsonLine {
  const { positions } = line;
  const name = lineCount === 1 ? "line" : `line ${index}`;
  if (!Array.isArray(positions) || positions.length < 2) {
    const got = Array.isArray(positions) ? positions.length : describeJson(positions);
    return fail(`${name} must hold two or more positions, got ${got}`);
  }
  const count = positions.length;
  const coordinates = new Float64Array(2 * count);
  const fourth = new Float64Array(count).fill(Number.NaN);
  let elevationsMeters: Float64Array | undefined;
  const limitX = options.coordinateSystem === "planar" ? Number.MAX_VALUE : 180;
  const limitY = options.coordinateSystem === "planar" ? Number.MAX_VALUE : 90;
  for (let i = 0; i < count; i++) {
    const position: unknown = positions[i];
    if (
      !Array.isArray(position) ||
      position.length < 2 ||
      position.length > 4 ||
      !position.every(isFiniteNumber)
    ) {
      return fail(`${name}, position ${i} must hold 2 to 4 finite numbers, got ${describeJson(position)}`);
    }
    const [x, y, z, m] = position as [number, number, number?, number?];
    if (Math.abs(x) > limitX || Math.abs(y) > limitY) {
      return fail(
        `${name}, position ${i} must be [lon, lat] with lon in [-180, 180] and lat in [-90, 90], got [${x}, ${y}]`,
      );
    }
    coordinates[2 * i] = x;
    coordinates[2 * i + 1] = y;
    if (z !== undefined) {
      elevationsMeters ??= new Float64Array(count).fill(Number.NaN);
      elevationsMeters[i] = z;
    }
    if (m !== undefined) fourth[i] = m;
  }
  const timesMs = readTimes(
    { properties, fourth, count, part: line.part, index, lineCount },
    options,
    (text) => fail(`${name}: ${text}`),
  );
  const lineId = id === undefined || lineCount === 1 ? id : `${id}/${index}`;
  return { id: lineId, coordinates, timesMs, elevationsMeters, properties };
}

function featureId(
  value: JsonObject,
  properties: JsonObject | null,
  fail: (problem: string) => never,
): string | undefined {
  const { id } = value;
  if (id === undefined || id === null) {
    const inner = properties?.id;
    return typeof inner === "string" || typeof inner === "number" ? String(inner) : undefined;
  }
  if (typeof id !== "string" && typeof id !== "number") {
    return fail(`id must be a string or number, got ${describeJson(id)}`);
  }
  return String(id);
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
