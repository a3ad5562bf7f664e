import type { OptionName } from "../../foundation/check-options.js";
import { ValueError } from "../../foundation/errors.js";
import { checkOneOf } from "../../foundation/validate.js";
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

/** One row a point. */
export interface ParquetPointColumns {
  /** Says that every row is a point. @defaultValue told by `x` */
  readonly layout?: "points";
  /** Longitude, or planar x; with `y` absent, a column of WKB points. */
  readonly x: string;
  /** Latitude, or planar y. */
  readonly y?: string;
  /** A column that holds E or W behind `x`'s number. */
  readonly xDirection?: string;
  /** A column that holds N or S behind `y`'s number. */
  readonly yDirection?: string;
  /** What rows of one trajectory share (text or integer); without it a file is one trajectory. */
  readonly id?: string;
  /** The point's time: a timestamp or date, a number in `timeUnit`, or text; without it points have none. */
  readonly time?: string;
  /** The date, where `time` holds only the time of day. */
  readonly date?: string;
}

/** One row a trajectory. */
export interface ParquetTrajectoryColumns {
  /** Says that every row is a trajectory. @defaultValue told by `geometry` */
  readonly layout?: "trajectories";
  /** A WKB LineString or MultiLineString. @defaultValue GeoParquet's primary column, else `geometry` */
  readonly geometry?: string;
  /** The trajectory's name, text or integer; without it the file's name and the row's number from 0, `trips/0`. */
  readonly id?: string;
  /** A list with a time a point. */
  readonly times?: string;
}

/** A value of an attribute column, as the library decodes it. */
export type ParquetValue = unknown;

/** How {@link readParquet} understands a file. */
export interface ParquetOptions extends TimeOptions, TimeFormatOptions, CrsOptions {
  /** Which columns hold what. @defaultValue found by the columns' names and GeoParquet's metadata */
  readonly columns?: ParquetPointColumns | ParquetTrajectoryColumns;
  /** Columns to give beside the set; of a trajectory's first row where rows are points. @defaultValue [] */
  readonly attributes?: readonly string[];
  /** Must be given for GeoParquet whose crs is null, that is unknown, as a planar set's is. @defaultValue "lonlat" */
  readonly coordinateSystem?: CoordinateSystem;
  /** As for CSV; rows are read a row group at a time. @defaultValue "grouped" */
  readonly rowOrder?: "grouped" | "any";
}

export const PARQUET_OPTION_NAMES: readonly OptionName<StreamOptions & ParquetOptions>[] = [
  ...TRACK_OPTION_NAMES,
  ...TIME_FORMAT_OPTION_NAMES,
  "columns",
  "attributes",
  "coordinateSystem",
  "rowOrder",
];

export function checkParquetOptions(where: string, options: ParquetOptions): void {
  const { columns, rowOrder = "grouped", attributes = [], coordinateSystem = "lonlat" } = options;
  checkTimeFormatOptions(where, options);
  checkOneOf(where, "coordinateSystem", coordinateSystem, ["lonlat", "planar"]);
  checkOneOf(where, "rowOrder", rowOrder, ["grouped", "any"]);
  const { layout: _, ...named } = columns ?? {};
  if (columns !== undefined && isPointColumns(where, columns, PARQUET_COLUMN_NAMES)) {
    requireColumn(where, "x", columns.x);
    if (columns.date !== undefined && columns.time === undefined)
      throw new ValueError(`${where}: columns.date must come with columns.time`);
  }
  for (const [name, column] of [
    ...Object.entries(named),
    ...attributes.map((a) => ["attributes", a] as const),
  ]) {
    if (column !== undefined && typeof column !== "string") {
      throw new ValueError(`${where}: ${name} must be a column's name, got ${JSON.stringify(column)}`);
    }
  }
}

/** What the option `columns` may name. */
export const PARQUET_COLUMN_NAMES: ColumnNames = {
  points: ["x", "y", "xDirection", "yDirection", "id", "time", "date"],
  trajectories: ["geometry", "id", "times"],
};
