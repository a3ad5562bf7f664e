import { describeJson } from "../foundation/describe-json.js";
import { parseDecimalText, quoted } from "../reading/bytes.js";

/** A line of a text: interleaved x, y, and heights where it gives any. */
export interface ParsedLine {
  readonly positions: Float64Array;
  /** NaN where a position has none; absent where none has. */
  readonly elevations?: Float64Array;
}

/** The lines of a text, or what is wrong with it. */
export type ParsedLines = { readonly lines: readonly ParsedLine[] } | { readonly problem: string };

/** A JSON polyline, `[[x, y], …]`; a third number is a height, further ones are left out. */
export function parseJsonPolyline(text: string): ParsedLines {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: `a polyline must be JSON, got ${quoted(text)}` };
  }
  if (!Array.isArray(value)) return { problem: `a polyline must be [[x, y], …], got ${quoted(text)}` };
  const positions = new Float64Array(2 * value.length);
  let elevations: Float64Array | undefined;
  for (let i = 0; i < value.length; i++) {
    const position: unknown = value[i];
    const [x, y, z]: unknown[] = Array.isArray(position) ? position : [];
    if (typeof x !== "number" || typeof y !== "number") {
      return { problem: `position ${i} must be [x, y], got ${describeJson(position)}` };
    }
    positions[2 * i] = x;
    positions[2 * i + 1] = y;
    if (typeof z !== "number") continue;
    elevations ??= new Float64Array(value.length).fill(Number.NaN);
    elevations[i] = z;
  }
  return { lines: [elevations === undefined ? { positions } : { positions, elevations }] };
}

const WKT_POINT = /^\s*(?:SRID=\d+;\s*)?POINT\s*(?:ZM|Z|M)?\s*\(([^()]*)\)\s*$/i;

/** Types of geometry that hold no line, as GeoJSON spells them. */
const OTHER_TYPES = {
  POINT: "Point",
  POLYGON: "Polygon",
  MULTIPOLYGON: "MultiPolygon",
  GEOMETRYCOLLECTION: "GeometryCollection",
} as const;

/** The type of a WKT geometry that holds no line; undefined for any other text. */
export function otherWktType(text: string): string | undefined {
  const type = /^\s*(?:SRID=\d+;\s*)?(POLYGON|MULTIPOLYGON|POINT|GEOMETRYCOLLECTION)\b/i.exec(text)?.[1];
  return type === undefined ? undefined : OTHER_TYPES[type.toUpperCase() as keyof typeof OTHER_TYPES];
}

/** Whether a text is a WKT point without coordinates. */
export function isEmptyWkt(text: string): boolean {
  return /^\s*(?:SRID=\d+;\s*)?POINT\s*(?:ZM|Z|M)?\s*EMPTY\s*$/i.test(text);
}

/** Whether a text is a WKT point. */
export function isWktPoint(text: string): boolean {
  return WKT_POINT.test(text);
}

/** The numbers of a WKT point, `POINT (x y)`; NaN where it is none. */
export function parseWktPoint(text: string): readonly [x: number, y: number] {
  const [x = "", y = ""] = WKT_POINT.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
  return [parseDecimalText(x), parseDecimalText(y)];
}

const WKT =
  /^\s*(?:SRID=\d+;\s*)?(LINESTRING|MULTILINESTRING|MULTIPOINT)\s*(ZM|Z|M)?\s*(?:(EMPTY)|\((.*)\))\s*$/is;

/**
 * The lines of a WKT LINESTRING or MULTILINESTRING, with Z, M or ZM; a MULTIPOINT is a line of its points, which may be
 * one. `EMPTY` is a line without points.
 */
export function parseWktLines(text: string): ParsedLines {
  const match = WKT.exec(text);
  if (match === null)
    return { problem: `a line must be WKT LINESTRING (x y, …) or an encoded polyline, got ${quoted(text)}` };
  const [, type, dimensions = "", empty, inside = ""] = match;
  if (empty !== undefined) return { lines: [{ positions: new Float64Array(0) }] };
  const hasHeights = /z/i.test(dimensions);
  const isMeasured = /^m$/i.test(dimensions);
  const lineOf = (part: string): ParsedLine | string => parseWktLine(part, hasHeights, isMeasured);
  if (type!.toUpperCase() === "LINESTRING") return toLines([lineOf(inside)]);
  if (type!.toUpperCase() === "MULTIPOINT") return toLines([lineOf(inside.replace(/[()]/g, " "))]);
  const parts = inside.split(/\)\s*,\s*\(/);
  const isClosed = /^\s*\(/.test(inside) && /\)\s*$/.test(inside);
  if (!isClosed)
    return { problem: `a MULTILINESTRING's lines must stand in parentheses, got ${quoted(inside)}` };
  return toLines(parts.map((part) => lineOf(part.replace(/^\s*\(/, "").replace(/\)\s*$/, ""))));
}

function toLines(parsed: readonly (ParsedLine | string)[]): ParsedLines {
  const problem = parsed.find((line) => typeof line === "string");
  return problem === undefined ? { lines: parsed as readonly ParsedLine[] } : { problem };
}

/** @returns what is wrong, where it is text */
function parseWktLine(text: string, hasHeights: boolean, isMeasured: boolean): ParsedLine | string {
  const parts = text.split(",");
  const positions = new Float64Array(2 * parts.length);
  let elevations: Float64Array | undefined;
  for (let i = 0; i < parts.length; i++) {
    const numbers = parts[i]!.trim().split(/\s+/);
    const x = parseDecimalText(numbers[0]!);
    const y = parseDecimalText(numbers[1] ?? "");
    if (Number.isNaN(x) || Number.isNaN(y) || numbers.length > 4) {
      return `position ${i} must be two numbers, got ${quoted(parts[i]!)}`;
    }
    positions[2 * i] = x;
    positions[2 * i + 1] = y;
    // Without a letter a third number is a height, as most writers mean it.
    if (numbers.length < 3 || isMeasured || (!hasHeights && numbers.length > 3)) continue;
    const z = parseDecimalText(numbers[2]!);
    if (Number.isNaN(z)) continue;
    elevations ??= new Float64Array(parts.length).fill(Number.NaN);
    elevations[i] = z;
  }
  return elevations === undefined ? { positions } : { positions, elevations };
}
