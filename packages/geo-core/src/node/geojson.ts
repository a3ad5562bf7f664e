import { type GeoJsonBatch, geoJsonFormat, geoJsonLinesFormat } from "../formats/geojson/geojson-format.js";
import type { GeoJsonReadOptions } from "../formats/geojson/geojson-options.js";
import type { ReadOptions, StreamOptions } from "../reading/options.js";
import type { ReadReport } from "../reading/report.js";
import type { TrajectoryStream } from "../reading/stream.js";
import { readPath, streamPath } from "./internal/read-path.js";

export type { GeoJsonBatch, GeoJsonProperties } from "../formats/geojson/geojson-format.js";

/**
 * Reads GeoJSON: a FeatureCollection, a Feature or a geometry; also OGC moving features and deck.gl's arrays of trips.
 * Each LineString, each part of a MultiLineString, and the points of one id become a trajectory. Heights and
 * `coordinateProperties` are point columns.
 *
 * A record is a feature; an empty collection has none. The features are parsed one by one, so memory does not grow with
 * the file. With `otherGeometries: "skip"` features that hold no line are left out as `no line`. Ids are the features'
 * own, or `file/feature`, with `/part` where a feature has several lines.
 *
 * @param path a GeoJSON file, or a folder or zip with `.geojson` or `.json` files; `.gz` too
 * @throws {FormatError} (strict) broken JSON, text that is not UTF-8, an invalid feature, a position or time out of
 *   range, another coordinate system, a damaged file; with file and line
 * @throws {ValueError} nothing at `path`, or an unknown option
 */
export async function readGeoJson(
  path: string,
  options: ReadOptions & GeoJsonReadOptions = {},
): Promise<GeoJsonBatch & { readonly report: ReadReport }> {
  return readPath(path, options, geoJsonFormat("readGeoJson", options));
}

/** {@link readGeoJson} in batches. */
export function streamGeoJson(
  path: string,
  options: StreamOptions & GeoJsonReadOptions = {},
): TrajectoryStream<GeoJsonBatch> {
  return streamPath(path, options, geoJsonFormat("streamGeoJson", options));
}

/**
 * Reads newline-delimited GeoJSON (and RFC 8142 text sequences): a feature or geometry a line; the rest as
 * {@link readGeoJson}.
 *
 * @param path a file, or a folder or zip with `.ndjson`, `.geojsonl`, `.geojsons`, `.jsonl` or `.ldjson` files
 */
export async function readGeoJsonLines(
  path: string,
  options: ReadOptions & GeoJsonReadOptions = {},
): Promise<GeoJsonBatch & { readonly report: ReadReport }> {
  return readPath(path, options, geoJsonLinesFormat("readGeoJsonLines", options));
}

/** {@link readGeoJsonLines} in batches. */
export function streamGeoJsonLines(
  path: string,
  options: StreamOptions & GeoJsonReadOptions = {},
): TrajectoryStream<GeoJsonBatch> {
  return streamPath(path, options, geoJsonLinesFormat("streamGeoJsonLines", options));
}
