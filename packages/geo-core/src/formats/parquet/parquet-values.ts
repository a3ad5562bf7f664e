import { isUint8Array } from "../../foundation/realms.js";
import { parseAngle } from "../../reading/angle.js";
import { isUtf8, parseDecimalText, textOf } from "../../reading/bytes.js";
import { timeWithDate } from "../../reading/date-and-time.js";
import { toIsoTime } from "../../reading/iso-time.js";
import type { ColumnValue } from "../../trajectories/columns.js";
import type { EncodedPolylines } from "../encoded-polyline.js";
import type { ParsedLine } from "../polyline.js";
import { parseTextGeometry } from "../text-geometry.js";
import { parseWkb, type WkbParts } from "../wkb.js";
import { Timestamp } from "./parquet-file.js";

/** An id's text, which may be bytes without the annotation of text; undefined where the value is none. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  return isUint8Array(value) && value.length > 0 && isUtf8(value) ? textOf(value) : undefined;
}

/** A coordinate: a number, or text that holds one or an angle; undefined for any other value. */
export function degreesOf(
  value: unknown,
  direction: unknown,
  axis: "longitude" | "latitude",
): number | undefined {
  const letter = typeof direction === "string" ? direction.trim() : "";
  if (letter === "" && typeof value === "number") return value;
  if (letter === "" && typeof value === "bigint") return Number(value);
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const number = letter === "" ? parseDecimalText(String(value).trim()) : Number.NaN;
  const degrees = Number.isNaN(number) ? parseAngle(`${value}${letter}`, axis) : number;
  return Number.isNaN(degrees) ? undefined : degrees;
}

/**
 * A value of a further column: dates as ISO 8601, integers beyond 2⁵³ as text, bytes that are not text as nothing, and so
 * infinite numbers within lists.
 */
export function columnValueOf(value: unknown): ColumnValue {
  return typeof value === "number" && !Number.isNaN(value) ? value : jsonValueOf(value);
}

function jsonValueOf(value: unknown): ColumnValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (Timestamp.is(value)) return Math.abs(value.timeMs) <= 8.64e15 ? toIsoTime(value.timeMs) : null;
  if (isUint8Array(value)) return isUtf8(value) ? textOf(value) : null;
  const list = listOf(value);
  if (list !== undefined) return Array.from(list, jsonValueOf);
  if (typeof value !== "object") return null;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, jsonValueOf(member)]));
}

/**
 * What to read as a point's time: a moment as it is, a time of day with its date, a number as the column's annotation says.
 *
 * @param perSecond how many units of a time of day a second has; undefined for any other column
 */
export function timeValueOf(
  time: unknown,
  date: unknown,
  perSecond: number | undefined,
  isPattern: boolean,
): unknown {
  if (Timestamp.is(time)) return time;
  const isCount = typeof time === "number" || typeof time === "bigint";
  // From midnight on, so that what the date of 1970 leaves is the time of day.
  const clock =
    perSecond === undefined || !isCount ? time : toIsoTime((Number(time) / perSecond) * 1000).slice(11, -1);
  const day = Timestamp.is(date) ? toIsoTime(date.timeMs).slice(0, 10) : date;
  return timeWithDate(clock, day, isPattern);
}

/** A list of any kind; undefined for any other value. */
export function listOf(value: unknown): ArrayLike<unknown> | undefined {
  if (Array.isArray(value)) return value;
  const isTyped = ArrayBuffer.isView(value) && "length" in value;
  return isTyped ? (value as unknown as ArrayLike<unknown>) : undefined;
}

/** A geometry: WKB, also as hexadecimal text (as PostGIS prints it), WKT, an encoded polyline, or GeoArrow's lists of `{ x, y }`. */
export function geometryOf(value: unknown, encoded: EncodedPolylines): WkbParts {
  if (isUint8Array(value)) return parseWkb(value);
  if (typeof value === "string") return parseTextGeometry(value.trim(), encoded);
  const list = listOf(value);
  if (list !== undefined) {
    if (list.length === 0 || hasPosition(list[0])) return { lines: [lineOf(list)] };
    const parts = Array.from(list, listOf);
    if (parts.every((part) => part !== undefined && (part.length === 0 || hasPosition(part[0])))) {
      return { lines: parts.map((part) => lineOf(part!)) };
    }
  }
  if (hasPosition(value)) return { point: lineOf([value]) };
  return { problem: "a geometry must be WKB or GeoArrow coordinates" };
}

function hasPosition(
  value: unknown,
): value is { readonly x: number; readonly y: number; readonly z?: unknown } {
  if (typeof value !== "object" || value === null) return false;
  const { x, y } = value as { x?: unknown; y?: unknown };
  return typeof x === "number" && typeof y === "number";
}

function lineOf(list: ArrayLike<unknown>): ParsedLine {
  const positions = new Float64Array(2 * list.length);
  const elevations = new Float64Array(list.length).fill(Number.NaN);
  for (let i = 0; i < list.length; i++) {
    const position = list[i];
    positions[2 * i] = hasPosition(position) ? position.x : Number.NaN;
    positions[2 * i + 1] = hasPosition(position) ? position.y : Number.NaN;
    if (hasPosition(position) && typeof position.z === "number") elevations[i] = position.z;
  }
  return elevations.some((z) => !Number.isNaN(z)) ? { positions, elevations } : { positions };
}
