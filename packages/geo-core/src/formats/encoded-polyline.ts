import { quoted } from "../reading/bytes.js";
import type { ParsedLine, ParsedLines } from "./polyline.js";

/** How many decimals of a degree an encoded polyline keeps. */
export type PolylinePrecision = 5 | 6;

/** The precision that a name tells: `polyline6` has six decimals, and so has Valhalla's `shape`. */
export function namedPrecisionOf(name: string): PolylinePrecision | undefined {
  return /^shape$|6$/i.test(name) ? 6 : undefined;
}

/** Every character stands for five bits above this one, and a sixth that says whether the number goes on. */
const FIRST_CHARACTER = 63;
const GOES_ON = 32;

/** Whether a text can be an encoded polyline of two points or more: nothing but its characters, and numbers in pairs, all of them ended. */
export function isEncodedPolyline(text: string): boolean {
  return /^[?-~]*[?-^]$/.test(text) && countNumbers(text) >= 4 && countNumbers(text) % 2 === 0;
}

/**
 * A line in Google's encoding of polylines: differences of latitude and longitude, in 1/100,000 or 1/1,000,000 of a degree.
 *
 * @param precision that of Google and Strava is 5, that of Valhalla 6. Where absent it is 5, or 6 where 5 would leave the earth, as it does more
 *   than 18° off the equator and the prime meridian
 */
export function parseEncodedPolyline(text: string, precision?: PolylinePrecision): ParsedLines {
  if (!isEncodedPolyline(text)) {
    return { problem: `a line must be an encoded polyline of two points or more, got ${quoted(text)}` };
  }
  const steps = stepsOf(text);
  const tried = precision === undefined ? ([5, 6] as const) : [precision];
  for (const decimals of tried) {
    const positions = positionsOf(steps, 10 ** decimals);
    if (positions !== undefined) return { lines: [{ positions } satisfies ParsedLine] };
  }
  return {
    problem: `an encoded polyline must stay within ±90° of latitude and ±180° of longitude, got ${quoted(text)}`,
  };
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
    factor *= 32;
    if (bits >= GOES_ON) continue;
    // The lowest bit is the sign.
    steps[count++] = value % 2 === 1 ? -(value + 1) / 2 : value / 2;
    [value, factor] = [0, 1];
  }
  return steps;
}

/** Interleaved longitudes and latitudes; undefined where one is none. */
function positionsOf(steps: Float64Array, unitsPerDegree: number): Float64Array | undefined {
  const positions = new Float64Array(steps.length);
  let [latitude, longitude] = [0, 0];
  for (let i = 0; i < steps.length; i += 2) {
    latitude += steps[i]!;
    longitude += steps[i + 1]!;
    if (Math.abs(latitude) > 90 * unitsPerDegree || Math.abs(longitude) > 180 * unitsPerDegree)
      return undefined;
    positions[i] = longitude / unitsPerDegree;
    positions[i + 1] = latitude / unitsPerDegree;
  }
  return positions;
}
