const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * Milliseconds since 1970 of an ISO 8601 date and time: `2013-07-01`, `2013-07-01T00:00:58.5Z`,
 * `2013-07-01 02:00:58+02:00`. Without a zone it is UTC, whatever this machine's zone. NaN where the text is not one.
 */
export function parseIsoTime(text: string): number {
  const match = ISO.exec(text);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] = match;
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  if (h > 23 || m > 59 || s > 59) return Number.NaN;
  const ms = Number(fraction.padEnd(3, "0").slice(0, 3)) + Number(`0.${fraction.slice(3) || "0"}`);
  const local = dateMs(Number(year), Number(month), Number(day)) + 1000 * (60 * (60 * h + m) + s) + ms;
  return local - 60_000 * offsetMinutes(zone);
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

/** `+02:00`, `-0330`, `+02` or `Z`; NaN beyond a day. */
function offsetMinutes(zone: string): number {
  if (zone === "Z" || zone === "z") return 0;
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (hours > 23 || minutes > 59) return Number.NaN;
  return (zone.startsWith("-") ? -1 : 1) * (60 * hours + minutes);
}
