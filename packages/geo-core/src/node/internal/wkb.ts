/** A line of a geometry: interleaved x, y. */
export type WkbLines = { readonly lines: readonly Float64Array[] } | { readonly problem: string };

const LINE_STRING = 2;
const MULTI_LINE_STRING = 5;
const EWKB_SRID = 0x20000000;

/**
 * The lines of a WKB LineString or MultiLineString, in ISO or PostGIS (EWKB) form; further coordinates (Z, M) are left
 * out.
 */
export function parseWkbLines(bytes: Uint8Array): WkbLines {
  const reader = new WkbReader(bytes);
  try {
    const { type, dimensions } = reader.header();
    if (type === LINE_STRING) return { lines: [reader.line(dimensions)] };
    if (type !== MULTI_LINE_STRING) {
      return { problem: `a geometry must be a LineString or MultiLineString, got WKB type ${type}` };
    }
    const count = reader.count(9);
    const lines: Float64Array[] = [];
    for (let i = 0; i < count; i++) {
      const part = reader.header();
      if (part.type !== LINE_STRING)
        return { problem: `a part must be a LineString, got WKB type ${part.type}` };
      lines.push(reader.line(part.dimensions));
    }
    return { lines };
  } catch (error) {
    if (error instanceof RangeError)
      return { problem: `a geometry must be whole WKB, got ${bytes.length} bytes` };
    throw error;
  }
}

/** Reads past the end throw RangeError, as DataView's do. */
class WkbReader {
  readonly #view: DataView;
  #at = 0;
  #isLittleEndian = true;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  header(): { readonly type: number; readonly dimensions: number } {
    const order = this.#view.getUint8(this.#at++);
    if (order > 1) throw new RangeError("byte order");
    this.#isLittleEndian = order === 1;
    const code = this.#uint32();
    if ((code & EWKB_SRID) !== 0) this.#uint32();
    const iso = code & 0x0fffffff;
    // ISO adds 1000 for Z, 2000 for M, 3000 for both; EWKB sets the top two bits.
    const isoExtra = [0, 1, 1, 2][Math.floor(iso / 1000)] ?? 0;
    const ewkbExtra = ((code >>> 31) & 1) + ((code >>> 30) & 1);
    return { type: iso % 1000, dimensions: 2 + Math.max(isoExtra, ewkbExtra) };
  }

  /** A count of things that take at least `minBytes` each: more than the bytes left can hold is broken. */
  count(minBytes: number): number {
    const count = this.#uint32();
    if (count * minBytes > this.#view.byteLength - this.#at) throw new RangeError("count");
    return count;
  }

  line(dimensions: number): Float64Array {
    const count = this.count(8 * dimensions);
    const positions = new Float64Array(2 * count);
    for (let i = 0; i < count; i++) {
      positions[2 * i] = this.#view.getFloat64(this.#at, this.#isLittleEndian);
      positions[2 * i + 1] = this.#view.getFloat64(this.#at + 8, this.#isLittleEndian);
      this.#at += 8 * dimensions;
    }
    return positions;
  }

  #uint32(): number {
    const value = this.#view.getUint32(this.#at, this.#isLittleEndian);
    this.#at += 4;
    return value;
  }
}

/** A LineString as little-endian ISO WKB: 9 + 16 n bytes. */
export function toWkbLine(positions: Float64Array): Uint8Array {
  const count = positions.length / 2;
  const bytes = new Uint8Array(9 + 16 * count);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 1);
  view.setUint32(1, LINE_STRING, true);
  view.setUint32(5, count, true);
  for (let i = 0; i < positions.length; i++) view.setFloat64(9 + 8 * i, positions[i]!, true);
  return bytes;
}
