import { quoted } from "../reading/bytes.js";
import type { ParsedLine, ParsedLines } from "./polyline.js";

/** How many decimals of a degree an encoded polyline keeps. */
export type PolylinePrecision = 5 | 6;

/** `[west, south, east, north]`, where it is known that a line lies. */
export type LineBox = readonly [west: number, south: number, east: number, north: number];

/** Every character stands for five bits above this one, and a sixth that says whether the number goes on. */
const FIRST_CHARACTER = 63;
const GOES_ON = 32;

/** A box is rounded, and a line as well. */
const BOX_TOLERANCE_DEGREES = 0.001;

/**
 * Whether a text of unknown kind is an encoded polyline of two points or more. Words in capitals (`LINE`) could be some too, which begin within
 * metres of 0° N 0° E; they are taken for words.
 *
 * @param perPoint the numbers of a point: 3 with heights
 */
export function isEncodedPolyline(text: string, perPoint = 2): boolean {
  return isWholePolyline(text, perPoint) && !/^[?-^]{2}/.test(text);
}

/** The precision that a column's name tells: `polyline6` has six decimals. */
export function namedPrecisionOf(name: string): PolylinePrecision | undefined {
  return /6$/.test(name) ? 6 : undefined;
}

/**
 * Lines in Google's encoding of polylines: differences of latitude and longitude, in 1/100,000 or 1/1,000,000 of a degree, which nothing in a
 * line tells.
 *
 * Those of one column or file have one precision. Where it is not given it is 5, or 6 where 5 would leave the earth, as it does more than 9° off
 * the equator or 18° off the prime meridian; one that must have 6 behind others that were read with 5 is an error.
 */
export class EncodedPolylines {
  #precision: PolylinePrecision | undefined;
  /** Whether lines were read with five decimals because that was possible. */
  #isSupposed = false;

  constructor(precision?: PolylinePrecision) {
    this.#precision = precision;
  }

  /** @param precision of this line alone */
  parse(text: string, precision = this.#precision): ParsedLines {
    if (!isWholePolyline(text, 2)) {
      return { problem: `a line must be an encoded polyline of two points or more, got ${quoted(text)}` };
    }
    const steps = stepsOf(text);
    for (const decimals of precision === undefined ? ([5, 6] as const) : [precision]) {
      const line = lineOf(steps, decimals, 2);
      if (line === undefined) continue;
      if (precision !== undefined) return { lines: [line] };
      if (decimals === 5) this.#isSupposed = true;
      else if (this.#isSupposed) {
        const problem = `an encoded polyline must keep 5 decimals, as those before it seemed to, got one that keeps 6: ${quoted(text)}`;
        return { problem: `${problem} (columns.polylineFormat, "encoded5" or "encoded6", says how many)` };
      } else this.#precision = 6;
      return { lines: [line] };
    }
    return {
      problem: `an encoded polyline must stay within ±90° of latitude and ±180° of longitude, got ${quoted(text)}`,
    };
  }
}

/** A line of which it is known where it lies, which tells its decimals, and whether it has heights in centimetres. */
export function parseEncodedWithin(text: string, box: LineBox): ParsedLines {
  for (const perPoint of [2, 3] as const) {
    if (!isWholePolyline(text, perPoint)) continue;
    const steps = stepsOf(text);
    for (const decimals of [5, 6] as const) {
      const line = lineOf(steps, decimals, perPoint);
      if (line !== undefined && isWithin(line, box)) return { lines: [line] };
    }
  }
  return {
    problem: `an encoded polyline must lie within the box that stands beside it, ${JSON.stringify(box)}, got ${quoted(text)}`,
  };
}

/** Nothing but an encoded polyline's characters, and the numbers of two points or more, all of them ended. */
function isWholePolyline(text: string, perPoint: number): boolean {
  if (!/^[?-~]*[?-^]$/.test(text)) return false;
  const count = countNumbers(text);
  return count >= 2 * perPoint && count % perPoint === 0;
}

function countNumbers(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) - FIRST_CHARACTER < GOES_ON) count++;
  return count;
}

/** The signed numbers of a text. */
function stepsOf(text: string): Float64Array {
  const steps = new Float64Array(countNumbers(text));
  let [count, value, factor] = [0, 0, 1];
  for (let i = 0; i < text.length; i++) {
    const bits = text.charCodeAt(i) - FIRST_CHARACTER;
    value += (bits % GOES_ON) * factor;
    factor *= GOES_ON;
    if (bits >= GOES_ON) continue;
    // The lowest bit is the sign.
    steps[count++] = value % 2 === 1 ? -(value + 1) / 2 : value / 2;
    [value, factor] = [0, 1];
  }
  return steps;
}

/** Undefined where a position is none. */
function lineOf(steps: Float64Array, decimals: PolylinePrecision, perPoint: 2 | 3): ParsedLine | undefined {
  const unitsPerDegree = 10 ** decimals;
  const count = steps.length / perPoint;
  const positions = new Float64Array(2 * count);
  const elevations = perPoint === 3 ? new Float64Array(count) : undefined;
  let [latitude, longitude, height] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    latitude += steps[perPoint * i]!;
    longitude += steps[perPoint * i + 1]!;
    if (Math.abs(latitude) > 90 * unitsPerDegree || Math.abs(longitude) > 180 * unitsPerDegree)
      return undefined;
    positions[2 * i] = longitude / unitsPerDegree;
    positions[2 * i + 1] = latitude / unitsPerDegree;
    if (elevations === undefined) continue;
    height += steps[perPoint * i + 2]!;
    elevations[i] = height / 100;
  }
  return elevations === undefined ? { positions } : { positions, elevations };
}

function isWithin({ positions }: ParsedLine, [west, south, east, north]: LineBox): boolean {
  const isBetween = (value: number, low: number, high: number) =>
    value >= low - BOX_TOLERANCE_DEGREES && value <= high + BOX_TOLERANCE_DEGREES;
  for (let i = 0; i < positions.length; i += 2) {
    if (!isBetween(positions[i]!, west, east) || !isBetween(positions[i + 1]!, south, north)) return false;
  }
  return true;
}
