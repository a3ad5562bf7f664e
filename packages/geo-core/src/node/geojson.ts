import { isUtf8 } from "node:buffer";
import { type GeoJsonReadOptions, parseGeoJsonFeature } from "../formats/geojson/geojson-feature.js";
import { FormatError } from "../foundation/errors.js";
import { quoted, textOf } from "./internal/bytes.js";
import { FeatureSplitter } from "./internal/feature-splitter.js";
import type { LineParser } from "./internal/lines.js";
import { type Format, parseLines, type Reading, readFormat, streamFormat } from "./internal/read-files.js";
import { type SourceFile, stemOf } from "./internal/source.js";
import type { ReadOptions, ReadReport, StreamOptions, TrajectoryBatch, TrajectoryStream } from "./reading.js";

/** A feature's properties, as parsed. */
export type GeoJsonProperties = { readonly [name: string]: unknown } | null;

/** Part of a GeoJSON data set. */
export interface GeoJsonBatch extends TrajectoryBatch {
  /** The properties of each trajectory's feature, `[trajectories]`. */
  readonly properties: readonly GeoJsonProperties[];
}

/**
 * Reads GeoJSON: a FeatureCollection, a Feature or a geometry. Each LineString, and each part of a MultiLineString,
 * is a trajectory. Elevations are left out.
 *
 * A record is a feature; an empty collection has none. The features are parsed one by one, so memory does not grow with
 * the file. With `otherGeometries: "skip"` features that hold no line are left out as `no line`. Ids are the features'
 * own, or `file/feature`, with `/part` where a feature has several lines.
 *
 * @param path a GeoJSON file, or a folder or zip with `.geojson` or `.json` files; `.gz` too
 * @throws {FormatError} (strict) broken JSON, text that is not UTF-8, an invalid feature, a position or time out of
 *   range or order, a damaged file; with file and line
 * @throws {ValueError} nothing at `path`, or an unknown option
 */
export function readGeoJson(
  path: string,
  options: ReadOptions & GeoJsonReadOptions = {},
): Promise<GeoJsonBatch & { readonly report: ReadReport }> {
  return readFormat(path, options, geoJsonFormat("readGeoJson", options));
}

/** {@link readGeoJson} in batches. */
export function streamGeoJson(
  path: string,
  options: StreamOptions & GeoJsonReadOptions = {},
): TrajectoryStream<GeoJsonBatch> {
  return streamFormat(path, options, geoJsonFormat("streamGeoJson", options));
}

/**
 * Reads newline-delimited GeoJSON (and RFC 8142 text sequences): a feature or geometry a line; the rest as
 * {@link readGeoJson}.
 *
 * @param path a file, or a folder or zip with `.ndjson`, `.geojsonl`, `.geojsons`, `.jsonl` or `.ldjson` files
 */
export function readGeoJsonLines(
  path: string,
  options: ReadOptions & GeoJsonReadOptions = {},
): Promise<GeoJsonBatch & { readonly report: ReadReport }> {
  return readFormat(path, options, geoJsonLinesFormat("readGeoJsonLines", options));
}

/** {@link readGeoJsonLines} in batches. */
export function streamGeoJsonLines(
  path: string,
  options: StreamOptions & GeoJsonReadOptions = {},
): TrajectoryStream<GeoJsonBatch> {
  return streamFormat(path, options, geoJsonLinesFormat("streamGeoJsonLines", options));
}

function geoJsonFormat(where: string, options: GeoJsonReadOptions): Format<GeoJsonProperties, GeoJsonBatch> {
  return {
    where,
    coordinateSystem: options.coordinateSystem ?? "lonlat",
    withTimes: "fromFirst",
    accepts: (name) => /\.(geojson|json)$/i.test(name),
    read: (file, reading) =>
      readFeatures(file, reading, new FeatureReader(file.label, reading, options), options),
    toBatch: ({ trajectories, attributes }) => ({ trajectories, properties: attributes }),
  };
}

function geoJsonLinesFormat(
  where: string,
  options: GeoJsonReadOptions,
): Format<GeoJsonProperties, GeoJsonBatch> {
  return {
    ...geoJsonFormat(where, options),
    accepts: (name) => /\.(ndjson|geojsonl|geojsons|jsonl|ldjson)$/i.test(name),
    read: (file, reading) =>
      parseLines(file, reading, new FeatureLines(new FeatureReader(file.label, reading, options))),
  };
}

async function* readFeatures(
  file: SourceFile,
  reading: Reading<GeoJsonProperties>,
  features: FeatureReader,
  { coordinateSystem = "lonlat" }: GeoJsonReadOptions,
): AsyncGenerator<void, void> {
  const splitter = new FeatureSplitter(file.label, coordinateSystem, (text, line) =>
    features.take(text, line),
  );
  for await (const chunk of reading.text(file)) {
    splitter.push(chunk);
    yield;
  }
  splitter.finish();
  reading.mayBeEmpty = splitter.isCollection;
}

const RECORD_SEPARATOR = 0x1e;

class FeatureLines implements LineParser {
  readonly #features: FeatureReader;

  constructor(features: FeatureReader) {
    this.#features = features;
  }

  line(bytes: Uint8Array, start: number, end: number, line: number): void {
    const from = bytes[start] === RECORD_SEPARATOR ? start + 1 : start;
    this.#features.take(bytes.subarray(from, end), line);
  }

  finish(): void {}
}

/** Turns features' texts into trajectories. */
class FeatureReader {
  readonly #file: string;
  readonly #reading: Reading<GeoJsonProperties>;
  readonly #options: GeoJsonReadOptions;
  #feature = 0;

  constructor(file: string, reading: Reading<GeoJsonProperties>, options: GeoJsonReadOptions) {
    this.#file = file;
    this.#reading = reading;
    this.#options = options;
  }

  /** A feature's text, which begins on `line`; bytes that are not UTF-8 are rejected with it. */
  take(bytes: Uint8Array, line: number): void {
    const { ledger, collector } = this.#reading;
    const feature = this.#feature++;
    const at = { file: this.#file, line };
    ledger.records++;
    const text = textOf(bytes, 0, bytes.length);
    if (!isUtf8(bytes)) {
      const got = quoted(text.slice(Math.max(0, text.indexOf("\ufffd") - 20)));
      collector.reject("not UTF-8", `feature ${feature}: must be UTF-8, got ${got}`, line);
      return;
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      collector.reject("broken JSON", `feature ${feature}: must be JSON, got ${quoted(text)}`, line);
      return;
    }
    try {
      const { lines, skipped } = parseGeoJsonFeature(value, `feature ${feature}`, this.#options, at);
      if (lines.length === 0) {
        ledger.exclude(`no line: ${Object.keys(skipped).join(", ") || "empty"}`, at);
        return;
      }
      for (const { coordinates, timesMs } of lines) {
        if (!collector.acceptsTimes(timesMs !== undefined, 1, line)) return;
        if (!collector.areSound(coordinates, timesMs, line)) return;
      }
      ledger.kept++;
      for (const [part, { id, coordinates, timesMs, properties }] of lines.entries()) {
        const ownId = lines.length === 1 ? `${feature}` : `${feature}/${part}`;
        collector.addColumns(id ?? `${stemOf(this.#file)}/${ownId}`, coordinates, timesMs, properties);
      }
    } catch (error) {
      if (!(error instanceof FormatError) || !ledger.lenient) throw error;
      ledger.reject("invalid feature", error.message, at);
    }
  }
}
