import { type TrajectoryBatch, TrajectoryStream } from "../reading/stream.js";
import type { ReadTrajectoriesOptions } from "./any-format.js";
import type { TrajectoryData } from "./read-bytes.js";
import type { TrajectoriesRead } from "./trajectories-read.js";

/**
 * Reads trajectories of any format: GPX, KML and KMZ, TCX, FIT, PLT, NMEA, IGC, GeoJSON and its line-delimited form, moving features,
 * deck.gl's trips, CSV and TSV, Parquet and GeoParquet, zips of them, all of them gzipped or not. For browsers; the
 * function of this name in `@wayweave/geo-core/node` reads paths and folders too.
 *
 * @param data bytes, a `Blob` or `File`, a `ReadableStream` or other async iterable of bytes, or several with names
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

/**
 * {@link readTrajectories} in batches: a large text is never held whole, whether it comes as a `File` or as a stream.
 * Held in memory are the points of CSV and GeoJSON whose features are points (CSV: unless `rowOrder: "grouped"`), zips, FIT
 * and, out of a stream, Parquet.
 *
 * @param data as for {@link readTrajectories}
 * @throws {FormatError} (strict) at the iteration: as {@link readTrajectories}
 * @throws {ValueError} at the iteration: an option or data that make no sense
 * @example
 * const { body } = await fetch("trips.csv");
 * for await (const { trajectories } of streamTrajectories([{ name: "trips.csv", data: body }])) draw(trajectories);
 */
export function streamTrajectories(
  data: TrajectoryData,
  options: ReadTrajectoriesOptions & { readonly batchPoints?: number } = {},
): TrajectoryStream<TrajectoryBatch> {
  return new TrajectoryStream("streamTrajectories", options?.lenient === true, async function* (ledger) {
    const { streamBytes } = await import("./read-bytes.js");
    yield* streamBytes(data, options).into(ledger);
  });
}
