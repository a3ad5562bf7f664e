const ISO =
  /^([+-]?\d{4,6})[-/](\d{1,2})[-/](\d{1,2})(?:(?:[T_ ]|T )(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,:](\d{1,120}))?)?\s?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/** `20240501`, `20240501T100000Z`, `20240501100000`: without separators. */
const BASIC =
  /^((?:19|20)\d{2})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})(?:[.,](\d{1,120}))?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** The offset of a zone from UTC in minutes at a moment given as local milliseconds. */
export type ZoneOffset = (localMs: number) => number;

/**
 * Milliseconds since 1970 of an ISO 8601 date and time: `2013-07-01`, `2013-07-01T00:00:58.5Z`,
 * `2013-07-01 02:00:58+02:00`, `2013/07/01 00:00:58 UTC`. NaN where the text is not one.
 *
 * @param zoneOffset of texts that name no zone; UTC where absent, whatever this machine's zone
 */
export function parseIsoTime(text: string, zoneOffset?: ZoneOffset): number {
  const trimmed = text.trim();
  const match = ISO.exec(trimmed) ?? BASIC.exec(trimmed);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone] = match;
  return timeOf(
    {
      year: Number(year),
      month: Number(month),
      day: Number(day),
      hour: Number(hour),
      minute: Number(minute),
      second: Number(second),
      fraction,
      zone,
    },
    zoneOffset,
  );
}

/** Whether a time can be written as ISO 8601 with four digits of year, and a fraction of some twenty digits at most. */
export function hasIsoForm(timeMs: number): boolean {
  return timeMs >= YEAR_0_MS && timeMs < YEAR_10000_MS && (timeMs === 0 || Math.abs(timeMs) >= 1e-6);
}

export const YEAR_0_MS = -62_167_219_200_000;
export const YEAR_10000_MS = 253_402_300_800_000;

/** The parts of a date and time. */
export interface TimeParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** The digits behind the point. */
  readonly fraction: string;
  /** `Z`, `UTC`, `+02:00`; undefined where none is named. */
  readonly zone: string | undefined;
}

/** Milliseconds since 1970; NaN where there is no such moment. */
export function timeOf(parts: TimeParts, zoneOffset?: ZoneOffset): number {
  const { year, month, day, hour: h, minute: m, second: s, fraction, zone } = parts;
  // A leap second is the one after it, and 24:00:00 the midnight after.
  if (h > 24 || m > 59 || s > 60) return Number.NaN;
  if (h === 24 && !(m === 0 && s === 0 && /^0*$/.test(fraction))) return Number.NaN;
  const date = dateMs(year, month, day);
  if (Number.isNaN(date)) return Number.NaN;
  let whole = date + 1000 * (60 * (60 * h + m) + s) + Number(fraction.padEnd(3, "0").slice(0, 3));
  const offset =
    zone === undefined && zoneOffset !== undefined ? zoneOffset(whole) : offsetMinutes(zone ?? "Z");
  whole -= 60_000 * offset;
  const rest = fraction.slice(3);
  // One conversion of all digits rounds once; adding the fraction to the whole would round twice.
  if (rest === "" || Number.isNaN(whole)) return whole;
  if (whole >= 0) return Number(`${whole}.${rest}`);
  return Number(/^0*$/.test(rest) ? whole : `-${-whole - 1}.${complement(rest)}`);
}

/** The digits of 1 − 0.digits. */
function complement(digits: string): string {
  return String(10n ** BigInt(digits.length) - BigInt(digits)).padStart(digits.length, "0");
}

/** Days of the Gregorian calendar's cycle of 400 years, in milliseconds. */
const CYCLE_MS = 146_097 * 86_400_000;

/** Milliseconds of a calendar date in UTC; NaN where there is no such day. */
export function dateMs(year: number, month: number, day: number): number {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return Number.NaN;
  // One cycle on and back, because Date.UTC takes the years 0–99 for 1900–1999.
  return Date.UTC(year + 400, month - 1, day) - CYCLE_MS;
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** `+02:00`, `-0330`, `+02`, `UTC` or `Z`; NaN beyond a day. */
function offsetMinutes(zone: string): number {
  if (/^(Z|UTC|GMT)$/i.test(zone)) return 0;
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (hours > 23 || minutes > 59) return Number.NaN;
  return (zone.startsWith("-") ? -1 : 1) * (60 * hours + minutes);
}

/**
 * A time as ISO 8601 in UTC, with as many digits behind the point as it takes to read the same number back.
 *
 * @param timeMs one that {@link hasIsoForm}
 */
export function toIsoTime(timeMs: number): string {
  const whole = Math.floor(timeMs);
  const text = new Date(whole).toISOString();
  if (whole === timeMs) return text;
  const rest = String(timeMs).split(".")[1]!;
  return `${text.slice(0, -1)}${timeMs < 0 ? complement(rest) : rest}Z`;
}
