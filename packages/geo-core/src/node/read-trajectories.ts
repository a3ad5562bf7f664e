import { anyFormat, noFilesRead, type ReadTrajectoriesOptions } from "../formats/any-format.js";
import { readBytes, streamBytes, type TrajectoryData } from "../formats/read-bytes.js";
import { type TrajectoriesRead, toResult } from "../formats/trajectories-read.js";
import { readFormat, streamFormat } from "../reading/run.js";
import type { TrajectoryBatch, TrajectoryStream } from "../reading/stream.js";
import { pathInput } from "./internal/read-path.js";

/**
 * Reads trajectories of any format: GPX, KML and KMZ, TCX, FIT, PLT, NMEA, IGC, GeoJSON and its line-delimited form, moving features,
 * deck.gl's trips, CSV and TSV, Parquet and GeoParquet, folders and zips of them, all of them gzipped or not.
 *
 * The format is found by a file's first bytes and its name, columns of tables by their names, units of times by their
 * size. Whatever else a file says becomes point columns and properties of the set. The report says what was left out and
 * why.
 *
 * @param source a path, bytes, a `Blob` or `File`, a stream of bytes (of Node or the web), or several of these with names
 * @throws {FormatError} (strict) a broken record or file, a format that is not known; with file and line
 * @throws {ValueError} nothing at the path, or an option that makes no sense
 * @example
 * const { set, report } = await readTrajectories("rides/", { lenient: true });
 */
export async function readTrajectories(
  source: string | TrajectoryData,
  options: ReadTrajectoriesOptions = {},
): Promise<TrajectoriesRead> {
  if (typeof source !== "string") return readBytes(source, options);
  const found = noFilesRead();
  const format = anyFormat("readTrajectories", options, found);
  const path = pathInput("readTrajectories", source);
  let others: readonly string[] = [];
  const input = {
    ...path,
    open: async (...given: Parameters<typeof path.open>) => {
      const opened = await path.open(...given);
      others = opened.others ?? [];
      return opened;
    },
  };
  const read = await readFormat(input, options, format);
  return toResult(read, found, others);
}

/**
 * {@link readTrajectories} in batches: memory does not grow with the number of files, nor with the size of a text, unless
 * its rows or features are points (CSV and Parquet: `rowOrder: "grouped"` streams these too).
 */
export function streamTrajectories(
  source: string | TrajectoryData,
  options: ReadTrajectoriesOptions & { readonly batchPoints?: number } = {},
): TrajectoryStream<TrajectoryBatch> {
  if (typeof source !== "string") return streamBytes(source, options);
  const format = anyFormat("streamTrajectories", options, noFilesRead());
  return streamFormat(pathInput("streamTrajectories", source), options, format);
}
