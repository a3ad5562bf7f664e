import { type CsvBatch, csvFormat } from "../formats/csv/csv-format.js";
import type { CsvOptions } from "../formats/csv/csv-options.js";
import type { ReadOptions, StreamOptions } from "../reading/options.js";
import type { ReadReport } from "../reading/report.js";
import type { TrajectoryStream } from "../reading/stream.js";
import { readPath, streamPath } from "./internal/read-path.js";

export type { CsvBatch } from "../formats/csv/csv-format.js";
export type {
  CsvColumn,
  CsvOptions,
  CsvPointColumns,
  CsvTrajectoryColumns,
  TimeFormat,
} from "../formats/csv/csv-options.js";

/**
 * Reads trajectories from CSV (RFC 4180), a row a point or a row a trajectory.
 *
 * Columns, delimiter, header and the unit of times are found where the options do not say them. A record is a row; a
 * header alone is a sound file without records. Ids are the id column's text; without one, the file's name (rows are
 * points) or `file/row`. Other columns become point columns, or properties where they are constant within every
 * trajectory (rows are points) or rows are trajectories.
 *
 * @param path a CSV file, or a folder or zip with `.csv`, `.tsv` or `.txt` files; `.gz` too
 * @throws {FormatError} (strict) a broken row, one that is not UTF-8, a position or time out of range, a column that the
 *   header does not name, an empty or damaged file; with file and line
 * @throws {ValueError} nothing at `path`, or an option that makes no sense
 * @example
 * const { trajectories } = await readCsv("trips.csv", {
 *   columns: { layout: "points", id: "trip", x: "lon", y: "lat", time: "at" },
 * });
 */
export async function readCsv(
  path: string,
  options: ReadOptions & CsvOptions = {},
): Promise<CsvBatch & { readonly report: ReadReport }> {
  return readPath(path, options, csvFormat("readCsv", options));
}

/** {@link readCsv} in batches. */
export function streamCsv(
  path: string,
  options: StreamOptions & CsvOptions = {},
): TrajectoryStream<CsvBatch> {
  return streamPath(path, options, csvFormat("streamCsv", options));
}
