import { describeJson } from "../../foundation/describe-json.js";
import { isObject, type JsonObject } from "./json-object.js";

/** Throws the FormatError of a message. */
export type Fail = (problem: string) => never;

/** A geometry's line with its place in the feature. */
export interface RawLine {
  readonly positions: unknown;
  /** Index among the parts of a MultiLineString; undefined for a LineString. */
  readonly part: number | undefined;
  /** Whether fewer than two positions are enough, as in a MultiPoint. */
  readonly mayBeShort: boolean;
  /** The coordinate system that the geometry itself names. */
  readonly crs: unknown;
}

/** What a geometry holds. */
export interface RawGeometry {
  readonly lines: RawLine[];
  /** Points by themselves: positions. */
  readonly points: { readonly position: unknown; readonly crs: unknown }[];
  /** Geometries that are neither, by type. */
  readonly others: string[];
}

/** Collections may nest; deeper than this is no data but an attack on the stack. */
const MAX_COLLECTION_DEPTH = 32;

/** @param multiPointIsLine whether a MultiPoint's positions are a trajectory's */
export function collectGeometry(geometry: unknown, multiPointIsLine: boolean, fail: Fail): RawGeometry {
  const found: RawGeometry = { lines: [], points: [], others: [] };
  collect(geometry, undefined, 0);
  return found;

  function collect(value: unknown, outerCrs: unknown, depth: number): void {
    if (value === null) {
      found.others.push("null");
      return;
    }
    if (!isObject(value)) fail(`geometry must be an object or null, got ${describeJson(value)}`);
    const crs = value.crs ?? outerCrs;
    switch (value.type) {
      case "LineString":
        found.lines.push({ positions: value.coordinates, part: undefined, mayBeShort: false, crs });
        return;
      case "MultiLineString":
        for (const [part, positions] of requireArray(value, "coordinates", fail).entries()) {
          found.lines.push({ positions, part, mayBeShort: false, crs });
        }
        return;
      case "GeometryCollection":
        if (depth === MAX_COLLECTION_DEPTH)
          fail(`collections must nest at most ${MAX_COLLECTION_DEPTH} deep`);
        for (const part of requireArray(value, "geometries", fail)) collect(part, crs, depth + 1);
        return;
      case "Point":
        found.points.push({ position: value.coordinates, crs });
        return;
      case "MultiPoint":
        if (multiPointIsLine) {
          found.lines.push({ positions: value.coordinates, part: undefined, mayBeShort: true, crs });
        } else {
          found.others.push("MultiPoint");
        }
        return;
      case "Polygon":
      case "MultiPolygon":
        found.others.push(value.type);
        return;
      default:
        fail(`geometry type must be one of GeoJSON's, got ${describeJson(value.type)}`);
    }
  }
}

export function requireArray(value: JsonObject, name: string, fail: Fail): readonly unknown[] {
  const array = value[name];
  if (!Array.isArray(array)) return fail(`${name} must be an array, got ${describeJson(array)}`);
  return array;
}

/** A line's positions in columns. */
export interface Positions {
  /** Interleaved, `[points × 2]`; NaN where a position is broken. */
  readonly coordinates: Float64Array;
  /** The 3rd coordinates, NaN where a position has none; absent where none has. */
  readonly elevations: Float64Array | undefined;
  /** The 4th coordinates: numbers or text; undefined where a position has none. */
  readonly fourth: readonly unknown[];
}

/** @param broken told of a position that is none; it may throw */
export function readPositions(
  positions: readonly unknown[],
  broken: (index: number, position: unknown) => void,
): Positions {
  const count = positions.length;
  const coordinates = new Float64Array(2 * count);
  const fourth: unknown[] = [];
  let elevations: Float64Array | undefined;
  for (let i = 0; i < count; i++) {
    const position: unknown = positions[i];
    const isArray = Array.isArray(position);
    if (!isArray || !isPosition(position)) {
      broken(i, position);
      coordinates[2 * i] = Number.NaN;
      coordinates[2 * i + 1] = Number.NaN;
      continue;
    }
    const [x, y, z, m] = position as [number, number, (number | null)?, unknown?];
    coordinates[2 * i] = x;
    coordinates[2 * i + 1] = y;
    if (typeof z === "number") {
      elevations ??= new Float64Array(count).fill(Number.NaN);
      elevations[i] = z;
    }
    if (m !== undefined && m !== null) fourth[i] = m;
  }
  return { coordinates, elevations, fourth };
}

/** Two finite numbers, perhaps a height (or null for none), perhaps a time. */
function isPosition(position: readonly unknown[]): boolean {
  const [x, y, z, m] = position;
  if (position.length < 2 || position.length > 4 || !isFiniteNumber(x) || !isFiniteNumber(y)) return false;
  if (z !== undefined && z !== null && !isFiniteNumber(z)) return false;
  return m === undefined || m === null || isFiniteNumber(m) || typeof m === "string";
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
