import { describeTime, MAX_TIME_MS, USUAL_TIMES_MS } from "../trajectories/times.js";
import { parseDecimalText } from "./bytes.js";
import { parseIsoTime, type ZoneOffset } from "./iso-time.js";
import type { TimeFormatOptions, TimeOptions, TimeUnit } from "./options.js";
import { patternReader, type TimeReader, zoneOffsets } from "./time-pattern.js";

export type KnownUnit = Exclude<TimeUnit, "auto">;

/** How many milliseconds a unit is, as a quotient, so that whole numbers stay exact. */
const PER_UNIT: Readonly<Record<KnownUnit, readonly [times: number, over: number]>> = {
  seconds: [1000, 1],
  milliseconds: [1, 1],
  microseconds: [1, 1000],
  nanoseconds: [1, 1_000_000],
};

/** Milliseconds of a number in a unit. */
export function toMs(value: number, unit: KnownUnit): number {
  const [times, over] = PER_UNIT[unit];
  return (value * times) / over;
}

/** The unit that a number must be in to be a date of our days; see the option `timeUnit`. */
export function unitBySize(value: number): KnownUnit {
  const size = Math.abs(value);
  if (size < 1e11) return "seconds";
  if (size < 1e14) return "milliseconds";
  return size < 1e17 ? "microseconds" : "nanoseconds";
}

const UNIT_IN_NAME: readonly (readonly [KnownUnit, RegExp])[] = [
  ["nanoseconds", /(?:_ns|Ns|nanos|nanoseconds?)$/],
  ["microseconds", /(?:_us|Us|_µs|micros|microseconds?)$/],
  ["milliseconds", /(?:_ms|Ms|(?:^|_)millis|Millis|milliseconds?|Milliseconds?)$/],
  ["seconds", /(?:_s|_secs?|(?:^|_)seconds?|Seconds?|Secs?|unix_?time|unixtime|Unixtime)$/],
];

/** The unit that a column's name ends in: `time_ms`, `timesMs`, `epoch_seconds`. */
export function unitInName(name: string): KnownUnit | undefined {
  return UNIT_IN_NAME.find(([, pattern]) => pattern.test(name))?.[0];
}

/**
 * Reads the times of one column, property or file. The first number decides on the unit where nothing else does.
 *
 * A date must be of the usual ones (see the option `timeRange`): another is nearly always one in another unit, or of a
 * clock that was never set.
 */
export class TimeValues {
  /** Whether the name says that numbers are dates. */
  readonly #isDate: boolean;
  readonly #pattern: TimeReader | undefined;
  readonly #zone: ZoneOffset | undefined;
  readonly #range: readonly [startMs: number, endMs: number];
  #unit: KnownUnit | undefined;
  /** What the last text or number came to, where its date was not believed. */
  #unusual: number | undefined;

  /**
   * @param name the column's, which may say its unit
   * @param isOurs whether our own writer wrote milliseconds, of any date
   */
  constructor(
    where: string,
    options: TimeFormatOptions & Pick<TimeOptions, "timeRange">,
    name = "",
    isOurs = false,
  ) {
    const { timeUnit = "auto", timePattern, timeZone, timeRange } = options;
    this.#zone = zoneOffsets(timeZone);
    this.#pattern = timePattern === undefined ? undefined : patternReader(where, timePattern, this.#zone);
    const named = isOurs ? "milliseconds" : unitInName(name);
    this.#unit = timeUnit === "auto" ? named : timeUnit;
    this.#isDate = timeUnit === "auto" && DATE_NAME.test(name);
    this.#range = timeRange ?? (isOurs ? ALL_TIMES : USUAL_TIMES_MS);
  }

  /** Milliseconds since 1970 of a text; NaN where it is no time. */
  ofText(text: string): number {
    this.#unusual = undefined;
    if (this.#pattern !== undefined) return this.#believed(this.#pattern(text));
    const iso = parseIsoTime(text, this.#zone);
    if (!Number.isNaN(iso)) return this.#believed(iso);
    const value = parseDecimalText(text.trim());
    return Number.isNaN(value) ? Number.NaN : this.ofNumber(value);
  }

  ofNumber(value: number | bigint): number {
    this.#unusual = undefined;
    const number = Number(value);
    if (!Number.isFinite(number)) return Number.NaN;
    if (this.#unit !== undefined) return this.#believed(toMs(number, this.#unit));
    // Zero may be of any unit, and the recordings that begin with it go on with larger numbers.
    if (number === 0) return this.#believed(0);
    if (this.#isDate && number >= FIRST_SERIAL && number < END_SERIAL)
      return this.#believed(this.#ofSerial(number));
    // A day that is written as a number, 20200513: as seconds all of them would be of August 1970.
    const day = this.#isDate ? parseIsoTime(String(number), this.#zone) : Number.NaN;
    if (!Number.isNaN(day)) return this.#believed(day);
    const unit = unitBySize(number);
    const timeMs = this.#believed(toMs(number, unit));
    if (!Number.isNaN(timeMs)) this.#unit = unit;
    return timeMs;
  }

  /** Of a value that may be text or a number; NaN for any other. */
  of(value: unknown): number {
    this.#unusual = undefined;
    if (typeof value === "string") return this.ofText(value);
    return typeof value === "number" || typeof value === "bigint" ? this.ofNumber(value) : Number.NaN;
  }

  /** A moment that is known for one, such as a timestamp column's. */
  ofMoment(timeMs: number): number {
    this.#unusual = undefined;
    return this.#believed(timeMs);
  }

  /** What to say of the last value that gave NaN, behind what it was: why its date is not believed; else nothing. */
  get doubt(): string {
    if (this.#unusual === undefined) return "";
    return `: ${describeTime(this.#unusual)} is no usual date (timeUnit and timePattern say how times are written, timeRange which are believed)`;
  }

  /** Days as spreadsheets count them, by the clock on the wall. */
  #ofSerial(days: number): number {
    const localMs = msOfSerial(days);
    return localMs - (this.#zone === undefined ? 0 : this.#zone(localMs) * 60_000);
  }

  #believed(timeMs: number): number {
    const [start, end] = this.#range;
    if (Number.isNaN(timeMs) || (timeMs >= start && timeMs < end)) return timeMs;
    this.#unusual = timeMs;
    return Number.NaN;
  }
}

/** Names of columns of dates, in some languages. */
const DATE_NAME = /date|datum|fecha|(?:^|[^a-z])data(?:[^a-z]|$)|дата|日期|日付|날짜|tarih|tanggal/i;
/** Days of a spreadsheet from 1954 to 2119: as seconds they would be a night of 1970. */
const FIRST_SERIAL = 20_000;
const END_SERIAL = 80_000;
/** The days of 1899-12-30 before 1970. */
const DAYS_BEFORE_1970 = 25_569;

/** Milliseconds since 1970 of days since 1899-12-30, from which spreadsheets count, to the millisecond. */
export function msOfSerial(days: number): number {
  return Math.round((days - DAYS_BEFORE_1970) * 86_400_000);
}

const ALL_TIMES: readonly [number, number] = [-MAX_TIME_MS, MAX_TIME_MS + 1];
