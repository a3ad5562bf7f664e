import { ValueError } from "../foundation/errors.js";
import { checkOneOf } from "../foundation/validate.js";
import type { CoordinateSystem } from "../trajectories/trajectory-set.js";
import { readRowGroups } from "./internal/parquet-file.js";
import { ParquetPoints, ParquetTrajectories } from "./internal/parquet-rows.js";
import { type Format, readFormat, streamFormat } from "./internal/read-files.js";
import type { ReadOptions, ReadReport, StreamOptions, TrajectoryBatch, TrajectoryStream } from "./reading.js";

/** One row a point. */
export interface ParquetPointColumns {
  readonly layout: "points";
  /** Longitude, or planar x. */
  readonly x: string;
  /** Latitude, or planar y. */
  readonly y: string;
  /** What rows of one trajectory share (text or integer); without it a file is one trajectory. */
  readonly id?: string;
  readonly time?: string;
}

/** One row a trajectory. */
export interface ParquetTrajectoryColumns {
  readonly layout: "trajectories";
  /** A WKB LineString or MultiLineString. @defaultValue GeoParquet's primary column, else `geometry` */
  readonly geometry?: string;
  readonly id?: string;
  /** A list with a time a point. */
  readonly times?: string;
}

/** A value of an attribute column, as the library decodes it. */
export type ParquetValue = unknown;

export interface ParquetOptions {
  /** @defaultValue `{ layout: "trajectories" }`: GeoParquet */
  readonly columns?: ParquetPointColumns | ParquetTrajectoryColumns;
  /** More columns to read; of a trajectory's first row where rows are points. @defaultValue [] */
  readonly attributes?: readonly string[];
  /** The unit of times that are plain numbers; timestamps know theirs, and text is ISO 8601. @defaultValue "milliseconds" */
  readonly timeUnit?: "milliseconds" | "seconds";
  /** Must be given for GeoParquet whose crs is null, that is unknown, as a planar set's is. @defaultValue "lonlat" */
  readonly coordinateSystem?: CoordinateSystem;
  /** As for CSV; rows are read a row group at a time. @defaultValue "grouped" */
  readonly rowOrder?: "grouped" | "any";
}

/** Part of a Parquet data set. */
export interface ParquetBatch extends TrajectoryBatch {
  /** The columns named in `attributes`, `[trajectories]`. */
  readonly attributes: readonly Readonly<Record<string, ParquetValue>>[];
}

/**
 * Reads trajectories from Parquet: GeoParquet with a LineString (or MultiLineString: a trajectory a part) a row, or a
 * row a point. Every codec of the format is understood; covering columns are not needed.
 *
 * A record is a row, and the `line` of a place is the row's number from 1. A row without a geometry is left out as
 * `no line`. Ids are the id column's, or `file/row`; with `/part` where a row has several lines.
 *
 * @param path a Parquet file, or a folder or zip with `.parquet` files (those in a zip are read into memory)
 * @throws {FormatError} (strict) a broken file, a column that is not there, a coordinate system other than WGS84, an
 *   unknown one without the option, a row with a broken geometry, position or time; with file and row
 * @throws {ValueError} nothing at `path`, or an unknown option
 */
export function readParquet(
  path: string,
  options: ReadOptions & ParquetOptions = {},
): Promise<ParquetBatch & { readonly report: ReadReport }> {
  return readFormat(path, options, parquetFormat("readParquet", options));
}

/** {@link readParquet} in batches. */
export function streamParquet(
  path: string,
  options: StreamOptions & ParquetOptions = {},
): TrajectoryStream<ParquetBatch> {
  return streamFormat(path, options, parquetFormat("streamParquet", options));
}

function parquetFormat(
  where: string,
  options: ParquetOptions,
): Format<Record<string, ParquetValue>, ParquetBatch> {
  checkOptions(where, options);
  const { columns = { layout: "trajectories" }, coordinateSystem = "lonlat" } = options;
  const times = columns.layout === "points" ? columns.time : columns.times;
  return {
    where,
    coordinateSystem,
    withTimes: times !== undefined,
    accepts: (name) => /\.(geo)?parquet$/i.test(name),
    read: (file, reading) => {
      const rows =
        columns.layout === "points"
          ? new ParquetPoints(file.label, reading.collector, columns, options)
          : new ParquetTrajectories(file.label, reading.collector, columns, options);
      return readRowGroups(file, reading, rows);
    },
    toBatch: ({ trajectories, attributes }) => ({ trajectories, attributes }),
  };
}

function checkOptions(where: string, options: ParquetOptions): void {
  const { columns, timeUnit = "milliseconds", rowOrder = "grouped", attributes = [] } = options;
  checkOneOf(where, "timeUnit", timeUnit, ["milliseconds", "seconds"]);
  checkOneOf(where, "rowOrder", rowOrder, ["grouped", "any"]);
  const { layout, ...named } = columns ?? { layout: "trajectories" };
  checkOneOf(where, "columns.layout", layout, ["points", "trajectories"]);
  for (const [name, column] of [
    ...Object.entries(named),
    ...attributes.map((a) => ["attributes", a] as const),
  ]) {
    if (column !== undefined && typeof column !== "string") {
      throw new ValueError(`${where}: ${name} must be a column's name, got ${JSON.stringify(column)}`);
    }
  }
}
