/** Numbers and dates read straight from a line's bytes. Everything returns NaN for what is not of its form. */

import { dateMs } from "./iso-time.js";

/** 10⁰ … 10²², the powers of ten that a double holds exactly. */
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * The decimal number in `bytes[start … end)`, correctly rounded: `-12.5`, `3.`, `.5`, `1e-7`.
 *
 * While the digits form an integer below 2⁵³ and at most 22 follow the point, one division of two exact doubles is
 * the correctly rounded value (Clinger 1990); anything else goes through `Number`.
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  const sign = bytes[i];
  if (i < end && (sign === 45 || sign === 43)) i++;
  let mantissa = 0;
  let digits = 0;
  let decimals = 0;
  let afterPoint = false;
  for (; i < end; i++) {
    const byte = bytes[i]!;
    if (byte >= 48 && byte <= 57) {
      mantissa = mantissa * 10 + (byte - 48);
      digits++;
      if (afterPoint) decimals++;
    } else if (byte === 46 && !afterPoint) {
      afterPoint = true;
    } else {
      return parseSlowly(bytes, start, end);
    }
  }
  if (digits === 0) return Number.NaN;
  if (mantissa > Number.MAX_SAFE_INTEGER || decimals > 22) return parseSlowly(bytes, start, end);
  const value = mantissa / POWERS_OF_TEN[decimals]!;
  return sign === 45 ? -value : value;
}

function parseSlowly(bytes: Uint8Array, start: number, end: number): number {
  return parseDecimalText(textOf(bytes, start, end));
}

/** The decimal number that is all of `text`; no spaces, no hexadecimal, no `Infinity`. */
export function parseDecimalText(text: string): number {
  if (text.length > 400 || !DECIMAL.test(text)) return Number.NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : Number.NaN;
}

/** Milliseconds since 1970 of `yyyy-mm-dd` (or `/` between) in UTC, in exactly ten bytes. */
export function parseDate(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== 10) return Number.NaN;
  const separator = bytes[start + 4];
  if ((separator !== 45 && separator !== 47) || bytes[start + 7] !== separator) return Number.NaN;
  const year = 100 * twoDigits(bytes, start) + twoDigits(bytes, start + 2);
  const month = twoDigits(bytes, start + 5);
  const day = twoDigits(bytes, start + 8);
  return dateMs(year, month, day);
}

/** Milliseconds since midnight of `hh:mm:ss`, in exactly eight bytes. */
export function parseTimeOfDay(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== 8 || bytes[start + 2] !== 58 || bytes[start + 5] !== 58) return Number.NaN;
  const hours = twoDigits(bytes, start);
  const minutes = twoDigits(bytes, start + 3);
  const seconds = twoDigits(bytes, start + 6);
  if (!(hours < 24 && minutes < 60 && seconds < 60)) return Number.NaN;
  return 1000 * (60 * (60 * hours + minutes) + seconds);
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 48;
  const ones = bytes[at + 1]! - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN;
}

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });
const STRICT_UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const WINDOWS_1252 = new TextDecoder("windows-1252");

/** The text of a byte range; what is not UTF-8 becomes U+FFFD. */
export function textOf(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  return UTF8.decode(bytes.subarray(start, end));
}

/** The text of bytes that are not UTF-8, as Windows-1252: other bytes are other characters, so that names stay apart. */
export function windowsTextOf(bytes: Uint8Array): string {
  return WINDOWS_1252.decode(bytes);
}

/** Whether bytes are UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    STRICT_UTF8.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Several byte arrays as one. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** A value for a message: quoted, at most 40 characters of it. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/**
 * The ends of a line's fields between single `delimiter` bytes, into `ends`; one pass, no allocation.
 *
 * @returns the number of fields, or `ends.length + 1` where there are more than `ends` holds
 */
export function splitFields(
  bytes: Uint8Array,
  start: number,
  end: number,
  delimiter: number,
  ends: Int32Array,
): number {
  let count = 0;
  for (let i = start; i < end; i++) {
    if (bytes[i] !== delimiter) continue;
    if (count === ends.length) return count + 1;
    ends[count++] = i;
  }
  if (count === ends.length) return count + 1;
  ends[count++] = end;
  return count;
}
