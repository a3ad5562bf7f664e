import { describeJson } from "../../foundation/describe-json.js";
import { FormatError, type FormatLocation } from "../../foundation/errors.js";
import type { ColumnValue, PointColumn } from "../../trajectories/columns.js";
import { pointColumnsOf, propertiesWithout } from "./geojson-columns.js";
import { collectGeometry, type Fail, type RawLine, readPositions } from "./geojson-geometry.js";
import type { GeoJsonReadOptions } from "./geojson-options.js";
import { readTimes } from "./geojson-times.js";
import { isObject, type JsonObject, ownMember } from "./json-object.js";

/** One line of a feature. */
export interface GeoJsonLine {
  /** The feature's `id` or `properties.id`, with `/part` where it has several lines; absent where it has none. */
  readonly id: string | undefined;
  /** `[points × 2]`; NaN where a position is broken and lenient reading lets it pass. */
  readonly coordinates: Float64Array;
  /** NaN for a point without time; `[points]`. */
  readonly timesMs: Float64Array | undefined;
  /** Heights and `coordinateProperties`. */
  readonly columns: Record<string, PointColumn>;
  /** The feature's, without those that became times or columns. */
  readonly properties: Record<string, ColumnValue>;
  /** The coordinate system that the geometry or feature names. */
  readonly crs: unknown;
}

/** A point by itself. */
export interface GeoJsonPoint {
  readonly id: string | undefined;
  readonly x: number;
  readonly y: number;
  readonly elevation: number;
  readonly crs: unknown;
}

/** What came out of one feature. */
export interface GeoJsonFeatureParts {
  readonly lines: readonly GeoJsonLine[];
  readonly points: readonly GeoJsonPoint[];
  /** Geometries that are neither line nor point, by type (`"null"` for none). */
  readonly others: readonly string[];
  /** As parsed. */
  readonly properties: JsonObject | null;
}

/** How a feature is parsed. */
export interface FeatureContext {
  /** The public function, for messages. */
  readonly caller: string;
  /** How messages name the feature: `feature 3`. */
  readonly where: string;
  readonly location: FormatLocation;
  readonly options: GeoJsonReadOptions;
  /** Told of a broken position or time; it throws where reading is strict. */
  readonly broken: (reason: "position out of range" | "time not read", error: FormatError) => void;
}

/**
 * One GeoJSON Feature or bare geometry.
 *
 * @throws {FormatError} anything that is not a valid feature
 */
export function parseFeature(value: unknown, context: FeatureContext): GeoJsonFeatureParts {
  const { where, location, options } = context;
  const fail: Fail = (problem) => {
    throw new FormatError(`${where}: ${problem}`, location);
  };
  if (!isObject(value)) return fail(`must be a JSON object, got ${describeJson(value)}`);
  const isFeature = value.type === "Feature";
  const properties = isFeature ? (value.properties ?? null) : null;
  if (properties !== null && !isObject(properties)) {
    return fail(`properties must be an object or null, got ${describeJson(properties)}`);
  }
  const geometry = isFeature ? (value.geometry ?? null) : value;
  const isTrack =
    properties?.coordTimes !== undefined ||
    isObject(properties?.coordinateProperties) ||
    properties?.timesMs !== undefined;
  const { lines, points, others } = collectGeometry(geometry, isTrack, fail);
  // An empty MultiLineString or collection is legal, and would vanish without a trace.
  if (lines.length + points.length + others.length === 0)
    others.push(`${(geometry as JsonObject).type} without lines`);
  const id = featureId(value, properties, options, fail);
  const outerCrs = value.crs;
  const parsed = lines.map((line, index) =>
    parseLine(
      { ...line, crs: line.crs ?? outerCrs },
      index,
      lines.length,
      id,
      properties,
      { unit: value.timeUnit, hasNoElevations: value.elevations === "none" },
      context,
    ),
  );
  return {
    lines: parsed,
    points: points.map((point) => parsePoint(point, id, outerCrs, context)),
    others,
    properties,
  };
}

function parseLine(
  line: RawLine,
  index: number,
  lineCount: number,
  id: string | undefined,
  properties: JsonObject | null,
  { unit, hasNoElevations }: { readonly unit: unknown; readonly hasNoElevations: boolean },
  { caller, where, location, options, broken }: FeatureContext,
): GeoJsonLine {
  const name = lineCount === 1 ? "line" : `line ${index}`;
  const errorOf = (problem: string) => new FormatError(`${where}: ${problem}`, location);
  const { positions } = line;
  if (!Array.isArray(positions) || (positions.length < 2 && !line.mayBeShort)) {
    const got = Array.isArray(positions) ? positions.length : describeJson(positions);
    throw errorOf(`${name} must hold two or more positions, got ${got}`);
  }
  const { coordinates, elevations, fourth } = readPositions(positions, (i, position) =>
    broken(
      "position out of range",
      errorOf(`${name}, position ${i} must hold 2 to 4 finite numbers, got ${describeJson(position)}`),
    ),
  );
  const input = {
    caller,
    properties,
    fourth,
    count: positions.length,
    part: line.part,
    index,
    lineCount,
    unit,
  };
  const times = readTimes(
    input,
    options.times === "ignore" ? "none" : (options.timesFrom ?? "auto"),
    options,
    (problem) => {
      throw errorOf(`${name}: ${problem}`);
    },
    (problem) => broken("time not read", errorOf(`${name}: ${problem}`)),
  );
  const columns = pointColumnsOf(input);
  // Where our own writer put times into 4th coordinates, it had to fill the 3rd with something.
  if (elevations !== undefined && !hasNoElevations) columns.elevationMeters = elevations;
  return {
    id: id === undefined || lineCount === 1 ? id : `${id}/${index}`,
    coordinates,
    timesMs: times?.timesMs,
    columns,
    properties: propertiesWithout(properties, [times?.property, "coordinateProperties"]),
    crs: line.crs,
  };
}

function parsePoint(
  { position, crs }: { readonly position: unknown; readonly crs: unknown },
  id: string | undefined,
  outerCrs: unknown,
  { where, location, broken }: FeatureContext,
): GeoJsonPoint {
  const { coordinates, elevations } = readPositions([position], () =>
    broken(
      "position out of range",
      new FormatError(
        `${where}: a position must hold 2 to 4 finite numbers, got ${describeJson(position)}`,
        location,
      ),
    ),
  );
  const [x, y] = coordinates;
  return { id, x: x!, y: y!, elevation: elevations?.[0] ?? Number.NaN, crs: crs ?? outerCrs };
}

function featureId(
  value: JsonObject,
  properties: JsonObject | null,
  { idProperty }: GeoJsonReadOptions,
  fail: Fail,
): string | undefined {
  const own = idProperty === undefined ? value.id : ownMember(properties, idProperty);
  if (own === undefined || own === null) {
    const inner = idProperty === undefined ? properties?.id : undefined;
    return typeof inner === "number" || (typeof inner === "string" && inner !== "")
      ? String(inner)
      : undefined;
  }
  if (typeof own !== "string" && typeof own !== "number") {
    return fail(`id must be a string or number, got ${describeJson(own)}`);
  }
  if (own === "") return fail("id must not be empty");
  return String(own);
}
