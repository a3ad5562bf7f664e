import { type ParquetBatch, parquetFormat } from "../formats/parquet/parquet-format.js";
import type { ParquetOptions } from "../formats/parquet/parquet-options.js";
import type { ReadOptions, StreamOptions } from "../reading/options.js";
import type { ReadReport } from "../reading/report.js";
import type { TrajectoryStream } from "../reading/stream.js";
import { readPath, streamPath } from "./internal/read-path.js";

export type { ParquetBatch } from "../formats/parquet/parquet-format.js";
export type {
  ParquetOptions,
  ParquetPointColumns,
  ParquetTrajectoryColumns,
  ParquetValue,
} from "../formats/parquet/parquet-options.js";

/**
 * Reads trajectories from Parquet: GeoParquet (or native GEOMETRY) with a LineString, a MultiLineString (a trajectory a
 * part) or a point a row, or a row a point with two columns. Every codec of the format is understood; covering columns
 * are not needed.
 *
 * Columns are found by their names and GeoParquet's metadata where the options do not name them. A record is a row, and
 * the `line` of a place is the row's number from 1. A row without a geometry is left out as `no line`. Ids are the id
 * column's, or `file/row`; with `/part` where a row has several lines.
 *
 * @param path a Parquet file, or a folder or zip with `.parquet` files (those in a zip are read into memory)
 * @throws {FormatError} (strict) a broken file, a column that is not there, a coordinate system other than WGS84, an
 *   unknown one without the option, a row with a broken geometry, position or time; with file and row
 * @throws {ValueError} nothing at `path`, or an unknown option
 */
export async function readParquet(
  path: string,
  options: ReadOptions & ParquetOptions = {},
): Promise<ParquetBatch & { readonly report: ReadReport }> {
  return readPath(path, options, parquetFormat("readParquet", options));
}

/** {@link readParquet} in batches. */
export function streamParquet(
  path: string,
  options: StreamOptions & ParquetOptions = {},
): TrajectoryStream<ParquetBatch> {
  return streamPath(path, options, parquetFormat("streamParquet", options));
}
