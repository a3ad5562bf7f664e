import type { ReadTrajectoriesOptions } from "./any-format.js";
import type { TrajectoryData } from "./read-bytes.js";
import type { TrajectoriesRead } from "./trajectories-read.js";

/**
 * Reads trajectories of any format: GPX, KML and KMZ, TCX, FIT, PLT, GeoJSON and its line-delimited form, moving features,
 * deck.gl's trips, CSV and TSV, Parquet and GeoParquet, zips of them, all of them gzipped or not. For browsers; the
 * function of this name in `@wayweave/geo-core/node` reads paths and folders too.
 *
 * @param data bytes, a `Blob` or `File`, or several with names
 * @throws {FormatError} (strict) a broken record or file, a format that is not known; with file and line
 * @throws {ValueError} an option or data that make no sense
 * @example
 * const { set, report } = await readTrajectories(input.files[0]);
 */
export async function readTrajectories(
  data: TrajectoryData,
  options: ReadTrajectoriesOptions = {},
): Promise<TrajectoriesRead> {
  // Loaded when called: a page that reads no files need not carry every parser.
  const { readBytes } = await import("./read-bytes.js");
  return readBytes(data, options);
}
