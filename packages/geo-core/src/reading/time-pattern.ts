import { ValueError } from "../foundation/errors.js";
import { lookup } from "../foundation/lookup.js";
import { type TimeParts, timeOf, type ZoneOffset } from "./iso-time.js";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** What a token of a pattern matches, and which part of the time it is. */
const TOKENS: Readonly<Record<string, readonly [part: string, source: string]>> = {
  yyyy: ["year", "\\d{4}"],
  yy: ["shortYear", "\\d{2}"],
  MMM: ["monthName", "[A-Za-z]{3}"],
  MM: ["month", "\\d{2}"],
  M: ["month", "\\d{1,2}"],
  dd: ["day", "\\d{2}"],
  d: ["day", "\\d{1,2}"],
  HH: ["hour", "\\d{2}"],
  H: ["hour", "\\d{1,2}"],
  hh: ["hour12", "\\d{2}"],
  h: ["hour12", "\\d{1,2}"],
  mm: ["minute", "\\d{2}"],
  m: ["minute", "\\d{1,2}"],
  ss: ["second", "\\d{2}"],
  s: ["second", "\\d{1,2}"],
  SSS: ["fraction", "\\d{1,30}"],
  a: ["half", "[AaPp]\\.?[Mm]\\.?"],
  X: ["zone", "Z|UTC|GMT|[+-]\\d{2}(?::?\\d{2})?"],
};

const TOKEN = /yyyy|yy|MMM|MM|M|dd|d|HH|H|hh|h|mm|m|ss|s|SSS|a|X|'[^']*'|[\s\S]/g;

/** Reads times written as the pattern says; NaN where a text does not follow it. */
export type TimeReader = (text: string) => number;

/**
 * A reader of times for a pattern such as `dd/MM/yyyy HH:mm:ss`; see the option `timePattern`.
 *
 * @throws {ValueError} a pattern without year, month and day, or with a letter that stands for nothing
 */
export function patternReader(
  where: string,
  pattern: string,
  zoneOffset: ZoneOffset | undefined,
): TimeReader {
  const parts: string[] = [];
  let source = "";
  for (const token of pattern.match(TOKEN) ?? []) {
    const known = lookup(TOKENS, token);
    if (known !== undefined) {
      parts.push(known[0]);
      source += `(${known[1]})`;
    } else if (token.startsWith("'") && token.length > 1) {
      source += escaped(token.slice(1, -1));
    } else if (/[A-Za-z]/.test(token) && token !== "T" && token !== "Z") {
      throw new ValueError(
        `${where}: timePattern must be of ${Object.keys(TOKENS).join(", ")} and text in single quotes, got "${token}" in ${JSON.stringify(pattern)}`,
      );
    } else {
      source += escaped(token);
    }
  }
  for (const needed of [["year", "shortYear"], ["month", "monthName"], ["day"]]) {
    if (needed.some((part) => parts.includes(part))) continue;
    throw new ValueError(
      `${where}: timePattern must hold year, month and day, got ${JSON.stringify(pattern)}`,
    );
  }
  const expression = new RegExp(`^\\s*${source}\\s*$`);
  return (text) => {
    const match = expression.exec(text);
    if (match === null) return Number.NaN;
    return timeOf(partsOf(Object.fromEntries(parts.map((part, i) => [part, match[i + 1]!]))), zoneOffset);
  };
}

function partsOf(found: Readonly<Record<string, string>>): TimeParts {
  const { year, shortYear, month, monthName, hour, hour12, half = "", zone } = found;
  const isAfternoon = /^p/i.test(half);
  return {
    // As POSIX has it: 69–99 are of the last century.
    year: year === undefined ? Number(shortYear) + (Number(shortYear) < 69 ? 2000 : 1900) : Number(year),
    month: month === undefined ? MONTHS.indexOf(monthName!.toLowerCase()) + 1 : Number(month),
    day: Number(found.day),
    hour: hour12 === undefined ? Number(hour ?? 0) : (Number(hour12) % 12) + (isAfternoon ? 12 : 0),
    minute: Number(found.minute ?? 0),
    second: Number(found.second ?? 0),
    fraction: found.fraction ?? "",
    zone,
  };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
}

/** The offsets of a zone by `Intl`; undefined for UTC. */
export function zoneOffsets(timeZone: string | undefined): ZoneOffset | undefined {
  if (timeZone === undefined || /^(utc|gmt|z)$/i.test(timeZone)) return undefined;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const offsetAt = (utcMs: number): number => {
    const part = Object.fromEntries(
      format.formatToParts(utcMs).map(({ type, value }) => [type, Number(value)]),
    );
    const local = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
    return Math.round((local - 1000 * Math.floor(utcMs / 1000)) / 60_000);
  };
  // Twice, because the first guess may lie on the other side of a change of clocks.
  return (localMs) => {
    if (!Number.isFinite(localMs)) return Number.NaN;
    const guess = offsetAt(localMs);
    return offsetAt(localMs - 60_000 * guess);
  };
}
