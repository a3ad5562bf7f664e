import type { OptionName } from "../foundation/check-options.js";
import { ValueError } from "../foundation/errors.js";
import { checkOneOf, checkPositiveInteger } from "../foundation/validate.js";
import type { LongitudeConvention } from "./longitudes.js";
import type { ReadProgress } from "./report.js";

/** What every reader takes. */
export interface ReadOptions {
  /**
   * `false`: the first broken record or file is a `FormatError` with its place. `true`: all that is sound is kept; the
   * rest is left out and counted by reason in the report.
   *
   * @defaultValue false
   */
  readonly lenient?: boolean;
  /** Stops reading between two chunks; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after every chunk of input. */
  readonly onProgress?: (progress: ReadProgress) => void;
}

/** What every streaming reader takes. */
export interface StreamOptions extends ReadOptions {
  /**
   * A batch is handed over once its finished trajectories hold this many points.
   *
   * @defaultValue 65536
   */
  readonly batchPoints?: number;
}

/** What becomes of times, where a format has them. */
export interface TimeOptions {
  /**
   * Points without time: `keep` them (their time is NaN), `drop` them, or `require` one at every point. `ignore` reads no
   * times at all.
   *
   * @defaultValue "keep"
   */
  readonly times?: "keep" | "drop" | "require" | "ignore";
  /** Neighbours with equal times: `keep` all, or the `first` or `last` of them. @defaultValue "keep" */
  readonly duplicates?: "keep" | "first" | "last";
  /**
   * Times that go back within a trajectory: `keep` the file's order, `sort` the points by time (those without stay behind
   * the point that they follow), or `error`.
   *
   * @defaultValue "keep"
   */
  readonly order?: "keep" | "sort" | "error";
  /**
   * The dates that are believed, in milliseconds since 1970, the end not included, in every format. A time outside is an
   * error; lenient reading keeps the point without its time. Times that our own writers found outside are believed.
   *
   * @defaultValue 1970 to 2100
   */
  readonly timeRange?: readonly [startMs: number, endMs: number];
}

/** How times that are numbers or free text are understood. */
export interface TimeFormatOptions {
  /**
   * The unit of times that are numbers. `auto`: what the column's name says (`time_ms`, `epochSeconds`), else by size:
   * seconds below 1e11, milliseconds below 1e14, microseconds below 1e17, nanoseconds from there.
   *
   * @defaultValue "auto"
   */
  readonly timeUnit?: TimeUnit;
  /**
   * How times are written where they are not ISO 8601: `dd/MM/yyyy HH:mm:ss`. Letters: `yyyy` `yy` `MM` `M` `MMM` (Jan)
   * `dd` `d` `HH` `H` `hh` `h` `mm` `m` `ss` `s` `SSS` (a fraction of any length) `a` (AM, PM) `X` (Z, +02:00); other
   * characters stand for themselves.
   */
  readonly timePattern?: string;
  /** The zone of times that name none, as `Intl` knows it: `Europe/Copenhagen`. @defaultValue "UTC" */
  readonly timeZone?: string;
}

/** The unit of times that are numbers; `auto` tells it by the column's name, else by the numbers' size. */
export type TimeUnit = "auto" | "seconds" | "milliseconds" | "microseconds" | "nanoseconds";

/** In which coordinate system the data are. */
export interface CrsOptions {
  /**
   * `auto`: longitude and latitude, and a file that says otherwise is an error. `file`: what the file says, brought to
   * WGS84 by PROJ. Else the data's coordinate system, whatever the file says: `EPSG:4326`, `EPSG:4269` or another name
   * of degrees, `EPSG:3857`, a UTM zone (`EPSG:32601`–`32760`), or a PROJ or WKT definition.
   *
   * @defaultValue "auto"
   */
  readonly crs?: string;
  /**
   * How longitudes are counted: `180` from −180 to 180, `360` from 0 to 360. `auto`: from 0 to 360 in a trajectory where
   * none is negative and a stretch of two points or more lies beyond 190, with no leap into it; the report counts them.
   * Longitudes beyond ±180 by at most 10 are wrapped in any case, as tracks over the antimeridian have them.
   *
   * @defaultValue "auto"
   */
  readonly longitudes?: LongitudeConvention;
}

const READ_OPTIONS = ["lenient", "signal", "onProgress"] as const;
const TIME_OPTIONS = ["times", "duplicates", "order", "timeRange"] as const;
const TIME_FORMAT_OPTIONS = ["timeUnit", "timePattern", "timeZone"] as const;

/** The options of {@link ReadOptions} and {@link StreamOptions}. */
export const STREAM_OPTION_NAMES: readonly OptionName<StreamOptions>[] = [...READ_OPTIONS, "batchPoints"];

/** The options that the formats of tracks share. */
export const TRACK_OPTION_NAMES: readonly OptionName<StreamOptions & TimeOptions & CrsOptions>[] = [
  ...STREAM_OPTION_NAMES,
  ...TIME_OPTIONS,
  "crs",
  "longitudes",
];

export const TIME_FORMAT_OPTION_NAMES: readonly OptionName<TimeFormatOptions>[] = TIME_FORMAT_OPTIONS;

export const TIME_UNITS: readonly TimeUnit[] = [
  "auto",
  "seconds",
  "milliseconds",
  "microseconds",
  "nanoseconds",
];

/** Checks the values of the shared options. */
export function checkReadOptions(where: string, options: StreamOptions & TimeOptions & CrsOptions): void {
  const { lenient, onProgress, batchPoints = 1, crs = "auto", longitudes = "auto" } = options;
  const { times = "keep", duplicates = "keep", order = "keep", timeRange } = options;
  if (lenient !== undefined && typeof lenient !== "boolean") {
    throw new ValueError(`${where}: lenient must be true or false, got ${String(lenient)}`);
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw new ValueError(`${where}: onProgress must be a function, got ${String(onProgress)}`);
  }
  if (batchPoints !== Number.POSITIVE_INFINITY) checkPositiveInteger(where, "batchPoints", batchPoints);
  checkOneOf(where, "times", times, ["keep", "drop", "require", "ignore"]);
  checkOneOf(where, "duplicates", duplicates, ["keep", "first", "last"]);
  checkOneOf(where, "order", order, ["keep", "sort", "error"]);
  checkOneOf(where, "longitudes", longitudes, ["auto", "180", "360"]);
  if (typeof crs !== "string" || crs === "") {
    throw new ValueError(
      `${where}: crs must be auto, file or the name of a coordinate system, got ${String(crs)}`,
    );
  }
  if (timeRange === undefined) return;
  const isRange =
    Array.isArray(timeRange) && timeRange.length === 2 && timeRange.every((t) => typeof t === "number");
  if (!isRange || !(timeRange[0] < timeRange[1])) {
    throw new ValueError(
      `${where}: timeRange must be [start, end] in milliseconds, got ${JSON.stringify(timeRange)}`,
    );
  }
}

/** Checks the values of {@link TimeFormatOptions}. */
export function checkTimeFormatOptions(where: string, options: TimeFormatOptions): void {
  const { timeUnit = "auto", timePattern, timeZone } = options;
  checkOneOf(where, "timeUnit", timeUnit, TIME_UNITS);
  if (timePattern !== undefined && (typeof timePattern !== "string" || timePattern === "")) {
    throw new ValueError(`${where}: timePattern must be text, got ${JSON.stringify(timePattern)}`);
  }
  if (timeZone === undefined) return;
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch (cause) {
    throw new ValueError(`${where}: timeZone must be one that Intl knows, got ${JSON.stringify(timeZone)}`, {
      cause,
    });
  }
}
