import { dateMs, parseDecimalText } from "./bytes.js";

/** How a text or table column writes times. */
export type TimeFormat = "iso" | "seconds" | "milliseconds";

export const TIME_FORMATS: readonly TimeFormat[] = ["iso", "seconds", "milliseconds"];

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/** Milliseconds since 1970 of a time in `format`; NaN where the text is not one. */
export function parseTime(text: string, format: TimeFormat): number {
  if (format === "iso") return parseIsoTime(text);
  const value = parseDecimalText(text);
  return format === "seconds" ? 1000 * value : value;
}

/**
 * Milliseconds since 1970 of an ISO 8601 date and time: `2013-07-01`, `2013-07-01T00:00:58.5Z`,
 * `2013-07-01 02:00:58+02:00`. Without a zone it is UTC, whatever this machine's zone.
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

/** `+02:00`, `-0330`, `+02` or `Z`; NaN beyond a day. */
function offsetMinutes(zone: string): number {
  if (zone === "Z" || zone === "z") return 0;
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (hours > 23 || minutes > 59) return Number.NaN;
  return (zone.startsWith("-") ? -1 : 1) * (60 * hours + minutes);
}
