import type { OptionName } from "../../foundation/check-options.js";
import { ValueError } from "../../foundation/errors.js";
import { checkNonNegativeInteger, checkOneOf, checkPositive } from "../../foundation/validate.js";
import {
  type CrsOptions,
  checkTimeFormatOptions,
  type StreamOptions,
  TIME_FORMAT_OPTION_NAMES,
  type TimeFormatOptions,
  type TimeOptions,
  TRACK_OPTION_NAMES,
} from "../../reading/options.js";
import type { CoordinateSystem } from "../../trajectories/columns.js";
import { type ColumnNames, isPointColumns, requireColumn } from "../columns-layout.js";

/** A column by its name in the header, or by its index from 0. */
export type CsvColumn = string | number;

/** One row a point. */
export interface CsvPointColumns {
  /** Says that every row is a point. @defaultValue told by `x` and `y` */
  readonly layout?: "points";
  /** Longitude, or planar x; degrees may be written with letters and marks, `13°24'18"E`. */
  readonly x: CsvColumn;
  /** Latitude, or planar y; the same column as `x` where it holds WKT points. */
  readonly y: CsvColumn;
  /** A column that holds E or W behind `x`'s number, or N or S behind `y`'s. */
  readonly xDirection?: CsvColumn;
  /** A column that holds N or S behind `y`'s number. */
  readonly yDirection?: CsvColumn;
  /** What rows of one trajectory share; without it a file is one trajectory. */
  readonly id?: CsvColumn;
  /** The point's time, as {@link TimeFormatOptions} says it is written; without it points have none. */
  readonly time?: CsvColumn;
  /** A column with the date, where `time` holds only the time of day. */
  readonly date?: CsvColumn;
}

/** One row a trajectory. */
export interface CsvTrajectoryColumns {
  /** Says that every row is a trajectory. @defaultValue told by `polyline` */
  readonly layout?: "trajectories";
  /** The positions, in `polylineFormat`; an empty field is no trajectory, and is counted as `no line`. */
  readonly polyline: CsvColumn;
  /**
   * `wkt`: `LINESTRING (x y, …)`. `json`: `[[x, y], …]`. `encoded5` and `encoded6`: Google's encoding, as Strava and routing services write it,
   * with so many decimals.
   * @defaultValue told by each field; encoded ones have 5 decimals, and 6 where 5 would leave the earth, as it does more than 9° off the equator
   * or 18° off the prime meridian, or where the column's name ends so (`polyline6`)
   */
  readonly polylineFormat?: PolylineFormat;
  /** The trajectory's name, never empty; without it the file's name and the row's number from 0, `trips/0`. */
  readonly id?: CsvColumn;
  /** A JSON array with a time a point. */
  readonly times?: CsvColumn;
  /** The first point's time; the others follow `intervalMs` apart. */
  readonly startTime?: CsvColumn;
  /** Milliseconds between two points, > 0; must come with `startTime`. */
  readonly intervalMs?: number;
}

export type PolylineFormat = "wkt" | "json" | "encoded5" | "encoded6";

/** How a text or table column writes times. */
export type TimeFormat = "auto" | "iso" | "seconds" | "milliseconds";

export const TIME_FORMATS: readonly TimeFormat[] = ["auto", "iso", "seconds", "milliseconds"];

/** How {@link readCsv} understands a file. */
export interface CsvOptions extends TimeOptions, TimeFormatOptions, CrsOptions {
  /**
   * Which columns hold what, and whether a row is a point or a trajectory.
   * @defaultValue found by the names in the header: `lon`, `latitude`, `trip_id`, `timestamp`, `wkt` and many others
   */
  readonly columns?: CsvPointColumns | CsvTrajectoryColumns;
  /** Columns to give beside the set as text; of a trajectory's first row where rows are points. @defaultValue [] */
  readonly attributes?: readonly CsvColumn[];
  /** One ASCII character. @defaultValue found by the first lines: comma, semicolon, tab or bar */
  readonly delimiter?: string;
  /** Whether the first row names the columns. @defaultValue found: it does where none of its fields is a number */
  readonly header?: boolean;
  /** Lines to leave out before the header. @defaultValue 0 */
  readonly skipLines?: number;
  /** Whether quoted fields may hold line breaks; one stray quote then breaks more than its line. @defaultValue false */
  readonly multilineFields?: boolean;
  /** An older way to say `timeUnit`; `iso` takes no numbers. @defaultValue "auto" */
  readonly timeFormat?: TimeFormat;
  /** `planar` reads x and y as they are, in any range. @defaultValue "lonlat" */
  readonly coordinateSystem?: CoordinateSystem;
  /**
   * `grouped`: the rows of a trajectory stand together, and are read in bounded memory; an id that comes back is an
   * error. `any`: they may be interleaved, and a whole file is held in memory.
   *
   * @defaultValue "grouped"
   */
  readonly rowOrder?: "grouped" | "any";
}

export const CSV_OPTION_NAMES: readonly OptionName<StreamOptions & CsvOptions>[] = [
  ...TRACK_OPTION_NAMES,
  ...TIME_FORMAT_OPTION_NAMES,
  "columns",
  "attributes",
  "delimiter",
  "header",
  "skipLines",
  "multilineFields",
  "timeFormat",
  "coordinateSystem",
  "rowOrder",
];

export function checkCsvOptions(where: string, options: CsvOptions): void {
  const {
    columns,
    delimiter,
    header = true,
    timeFormat = "auto",
    rowOrder = "grouped",
    skipLines = 0,
  } = options;
  checkTimeFormatOptions(where, options);
  checkOneOf(where, "coordinateSystem", options.coordinateSystem ?? "lonlat", ["lonlat", "planar"]);
  checkOneOf(where, "timeFormat", timeFormat, TIME_FORMATS);
  checkOneOf(where, "rowOrder", rowOrder, ["grouped", "any"]);
  checkNonNegativeInteger(where, "skipLines", skipLines);
  if (delimiter !== undefined && (!/^[\t\x20-\x7e]$/.test(delimiter) || delimiter === '"')) {
    const got = JSON.stringify(delimiter);
    throw new ValueError(`${where}: delimiter must be one ASCII character and no quote, got ${got}`);
  }
  for (const column of options.attributes ?? []) checkColumn(where, "attributes", column, header);
  if (columns === undefined) return;
  const { layout: _, ...named } = columns;
  const isPoints = isPointColumns(where, columns, CSV_COLUMN_NAMES);
  for (const [name, column] of Object.entries(named)) {
    if (name === "polylineFormat" || name === "intervalMs" || column === undefined) continue;
    checkColumn(where, `columns.${name}`, column, header);
  }
  if (isPoints) {
    requireColumn(where, "x", columns.x);
    requireColumn(where, "y", columns.y);
    if (columns.date !== undefined && columns.time === undefined) {
      throw new ValueError(`${where}: columns.date must come with columns.time`);
    }
    return;
  }
  requireColumn(where, "polyline", columns.polyline);
  if (columns.polylineFormat !== undefined) {
    checkOneOf(where, "columns.polylineFormat", columns.polylineFormat, [
      "wkt",
      "json",
      "encoded5",
      "encoded6",
    ]);
  }
  if (columns.intervalMs !== undefined) checkPositive(where, "columns.intervalMs", columns.intervalMs);
  if ((columns.startTime === undefined) !== (columns.intervalMs === undefined)) {
    throw new ValueError(`${where}: columns.startTime and columns.intervalMs must come together`);
  }
  if (columns.startTime !== undefined && columns.times !== undefined) {
    throw new ValueError(`${where}: columns must have times or startTime, got both`);
  }
}

/** What the option `columns` may name. */
export const CSV_COLUMN_NAMES: ColumnNames = {
  points: ["x", "y", "xDirection", "yDirection", "id", "time", "date"],
  trajectories: ["polyline", "polylineFormat", "id", "times", "startTime", "intervalMs"],
};

function checkColumn(where: string, name: string, column: unknown, header: boolean): void {
  const isIndex = typeof column === "number" && Number.isSafeInteger(column) && column >= 0;
  if (isIndex || (header && typeof column === "string")) return;
  const required = header ? "a column's name or index" : "a column's index (there is no header)";
  throw new ValueError(`${where}: ${name} must be ${required}, got ${JSON.stringify(column)}`);
}

/** The unit and form of times that `timeFormat` and `timeUnit` together say. */
export function timeOptionsOf(options: CsvOptions): TimeFormatOptions & Pick<TimeOptions, "timeRange"> {
  const { timeFormat = "auto", timeUnit, timePattern, timeZone, timeRange } = options;
  const unit = timeUnit ?? (timeFormat === "iso" ? "auto" : timeFormat);
  return {
    timeUnit: unit,
    ...(timeRange === undefined ? {} : { timeRange }),
    ...(timePattern === undefined ? {} : { timePattern }),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}
