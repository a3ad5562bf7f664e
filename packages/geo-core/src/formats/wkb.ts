import { isError } from "../foundation/realms.js";
import type { ParsedLine } from "./polyline.js";

/** What a geometry holds: lines, one point, something that is neither, or nothing that can be read. */
export type WkbParts =
  | { readonly lines: readonly ParsedLine[] }
  | { readonly point: ParsedLine }
  | { readonly other: string }
  | { readonly problem: string };

const POINT = 1;
const LINE_STRING = 2;
const MULTI_POINT = 4;
const MULTI_LINE_STRING = 5;
const OTHERS: Readonly<Record<number, string>> = { 3: "Polygon", 6: "MultiPolygon", 7: "GeometryCollection" };
const EWKB_SRID = 0x20000000;

/**
 * The lines or point of WKB, in ISO or PostGIS (EWKB) form; Z is kept as heights, M left out. A MultiPoint is a line of
 * its points, which may be one.
 */
export function parseWkb(bytes: Uint8Array): WkbParts {
  const reader = new WkbReader(bytes);
  try {
    const { type, dimensions, hasHeights } = reader.header();
    if (type === POINT) return { point: reader.positions(1, dimensions, hasHeights) };
    if (type === LINE_STRING) return { lines: [reader.line(dimensions, hasHeights)] };
    if (type !== MULTI_LINE_STRING && type !== MULTI_POINT) {
      const other = OTHERS[type];
      if (other !== undefined) return { other };
      return { problem: `a geometry must be a LineString or MultiLineString, got WKB type ${type}` };
    }
    const count = reader.count(9);
    const parts: ParsedLine[] = [];
    const wanted = type === MULTI_POINT ? POINT : LINE_STRING;
    for (let i = 0; i < count; i++) {
      const part = reader.header();
      if (part.type !== wanted) {
        const required = type === MULTI_POINT ? "Point" : "LineString";
        return { problem: `a part must be a ${required}, got WKB type ${part.type}` };
      }
      parts.push(
        wanted === POINT
          ? reader.positions(1, part.dimensions, part.hasHeights)
          : reader.line(part.dimensions, part.hasHeights),
      );
    }
    return { lines: type === MULTI_POINT ? [joined(parts)] : parts };
  } catch (error) {
    if (isError(error) && error.name === "RangeError")
      return { problem: `a geometry must be whole WKB, got ${bytes.length} bytes` };
    throw error;
  }
}

/** Points as one line. */
function joined(points: readonly ParsedLine[]): ParsedLine {
  const positions = Float64Array.from(points.flatMap((point) => [...point.positions]));
  if (points.every(({ elevations }) => elevations === undefined)) return { positions };
  return {
    positions,
    elevations: Float64Array.from(points, ({ elevations }) => elevations?.[0] ?? Number.NaN),
  };
}

/** Reads past the end throw RangeError, as DataView's do. */
class WkbReader {
  readonly #view: DataView;
  #at = 0;
  #isLittleEndian = true;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  header(): { readonly type: number; readonly dimensions: number; readonly hasHeights: boolean } {
    const order = this.#view.getUint8(this.#at++);
    if (order > 1) throw new RangeError("byte order");
    this.#isLittleEndian = order === 1;
    const code = this.#uint32();
    if ((code & EWKB_SRID) !== 0) this.#uint32();
    const iso = code & 0x0fffffff;
    // ISO adds 1000 for Z, 2000 for M, 3000 for both; EWKB sets the top two bits.
    const isoKind = Math.floor(iso / 1000);
    const isoExtra = [0, 1, 1, 2][isoKind] ?? 0;
    const ewkbHeights = (code >>> 31) & 1;
    const ewkbExtra = ewkbHeights + ((code >>> 30) & 1);
    const hasHeights = ewkbHeights === 1 || isoKind === 1 || isoKind === 3;
    return { type: iso % 1000, dimensions: 2 + Math.max(isoExtra, ewkbExtra), hasHeights };
  }

  /** A count of things that take at least `minBytes` each: more than the bytes left can hold is broken. */
  count(minBytes: number): number {
    const count = this.#uint32();
    if (count * minBytes > this.#view.byteLength - this.#at) throw new RangeError("count");
    return count;
  }

  line(dimensions: number, hasHeights: boolean): ParsedLine {
    return this.positions(this.count(8 * dimensions), dimensions, hasHeights);
  }

  positions(count: number, dimensions: number, hasHeights: boolean): ParsedLine {
    const positions = new Float64Array(2 * count);
    const elevations = hasHeights ? new Float64Array(count) : undefined;
    for (let i = 0; i < count; i++) {
      positions[2 * i] = this.#view.getFloat64(this.#at, this.#isLittleEndian);
      positions[2 * i + 1] = this.#view.getFloat64(this.#at + 8, this.#isLittleEndian);
      if (elevations !== undefined)
        elevations[i] = this.#view.getFloat64(this.#at + 16, this.#isLittleEndian);
      this.#at += 8 * dimensions;
    }
    return elevations === undefined ? { positions } : { positions, elevations };
  }

  #uint32(): number {
    const value = this.#view.getUint32(this.#at, this.#isLittleEndian);
    this.#at += 4;
    return value;
  }
}

/**
 * A line as little-endian ISO WKB: a LineString of 9 + 16 n bytes (with heights 24 n). One point is a MultiPoint, because
 * no reader takes a LineString of one.
 */
export function toWkbLine(positions: Float64Array, elevations?: ArrayLike<number>): Uint8Array {
  const count = positions.length / 2;
  const dimensions = elevations === undefined ? 2 : 3;
  const isoZ = elevations === undefined ? 0 : 1000;
  const isOne = count === 1;
  const bytes = new Uint8Array(9 + (isOne ? 5 : 0) + 8 * dimensions * count);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 1);
  view.setUint32(1, isoZ + (isOne ? MULTI_POINT : LINE_STRING), true);
  view.setUint32(5, count, true);
  let at = 9;
  if (isOne) {
    view.setUint8(at, 1);
    view.setUint32(at + 1, isoZ + POINT, true);
    at += 5;
  }
  for (let i = 0; i < count; i++) {
    view.setFloat64(at, positions[2 * i]!, true);
    view.setFloat64(at + 8, positions[2 * i + 1]!, true);
    if (elevations !== undefined) view.setFloat64(at + 16, elevations[i]!, true);
    at += 8 * dimensions;
  }
  return bytes;
}
