import { type GpxBatch, type GpxOptions, gpxFormat } from "../formats/gpx/gpx-format.js";
import type { ReadOptions, StreamOptions } from "../reading/options.js";
import type { ReadReport } from "../reading/report.js";
import type { TrajectoryStream } from "../reading/stream.js";
import { readPath, streamPath } from "./internal/read-path.js";

export type { GpxBatch, GpxOptions, GpxSegments } from "../formats/gpx/gpx-format.js";
export type { GpxTrack } from "../formats/gpx/gpx-handler.js";

/**
 * Reads GPX 1.0 and 1.1: each track segment (`segments: "join"`: each track) and each route is a trajectory. Heights, speeds and the values of extensions
 * are point columns; name, type and description of a track are properties.
 *
 * A record is a point: `trkpt`, `rtept`, or `wpt`, which is left out as `waypoint`. Ids are `file/track/segment`
 * (`ride/0/2`) and `file/route` (`ride/r0`). A document type declaration that defines entities is refused before they could
 * be expanded.
 *
 * @param path a GPX file, or a folder or zip with `.gpx` files; `.gz` too
 * @throws {FormatError} (strict) broken XML, entities that the file defines, a position or time that is missing, broken or
 *   out of range, a damaged file; with file and line
 * @throws {ValueError} nothing at `path`, or an unknown option
 */
export async function readGpx(
  path: string,
  options: ReadOptions & GpxOptions = {},
): Promise<GpxBatch & { readonly report: ReadReport }> {
  return readPath(path, options, gpxFormat("readGpx", options));
}

/** {@link readGpx} in batches. */
export function streamGpx(
  path: string,
  options: StreamOptions & GpxOptions = {},
): TrajectoryStream<GpxBatch> {
  return streamPath(path, options, gpxFormat("streamGpx", options));
}
