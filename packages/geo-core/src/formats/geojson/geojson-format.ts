import { checkOptions } from "../../foundation/check-options.js";
import { FormatError, type FormatLocation } from "../../foundation/errors.js";
import { isUtf8, quoted, textOf, windowsTextOf } from "../../reading/bytes.js";
import { damage } from "../../reading/ledger.js";
import { type LineParser, LineSplitter } from "../../reading/lines.js";
import type { StreamOptions } from "../../reading/options.js";
import { type Format, parseLines, type Reading } from "../../reading/run.js";
import type { SourceFile } from "../../reading/source.js";
import type { TrajectoryBatch } from "../../reading/stream.js";
import { type FeatureAttributes, FeatureReader } from "./feature-reader.js";
import { FeatureSplitter } from "./feature-splitter.js";
import { checkGeoJsonOptions, GEOJSON_OPTION_NAMES, type GeoJsonReadOptions } from "./geojson-options.js";
import type { LongLists } from "./long-lists.js";
import { parseJson } from "./parse-json.js";

/** A feature's properties, as parsed. */
export type GeoJsonProperties = { readonly [name: string]: unknown } | null;

/** Part of a GeoJSON data set. */
export interface GeoJsonBatch extends TrajectoryBatch {
  /** The properties of each trajectory's feature, as parsed, `[trajectories]`. */
  readonly properties: readonly GeoJsonProperties[];
}

/** One text: a collection, a feature, a geometry, an array of trips, a moving feature. */
export function geoJsonFormat(
  where: string,
  options: StreamOptions & GeoJsonReadOptions,
): Format<FeatureAttributes, GeoJsonBatch> {
  checkOptions(where, options, GEOJSON_OPTION_NAMES);
  checkGeoJsonOptions(where, options);
  return {
    where,
    coordinateSystem: options.coordinateSystem ?? "lonlat",
    accepts: (name) => /\.(geojson|json|mfjson)$/i.test(name),
    read: (file, reading) => readText(where, file, reading, options),
    toBatch: ({ trajectories, attributes }) => ({
      trajectories,
      properties: attributes.map(({ properties }) => properties),
    }),
  };
}

/** A text a line. */
export function geoJsonLinesFormat(
  where: string,
  options: StreamOptions & GeoJsonReadOptions,
): Format<FeatureAttributes, GeoJsonBatch> {
  return {
    ...geoJsonFormat(where, options),
    accepts: (name) => /\.(ndjson|geojsonl|geojsons|jsonl|ldjson)$/i.test(name),
    async *read(file, reading) {
      const features = new FeatureReader(where, file.label, reading.collector, reading.crs, options);
      const parser = new FeatureLines(new FeatureTexts(file.label, reading, features));
      const lines = new LineSplitter(file.label, parser);
      yield* parseLines(file, reading, parser, lines);
      // A blank line is how our writer writes no feature; a file without a byte is a broken one.
      reading.mayBeEmpty = lines.count > 0;
    },
  };
}

async function* readText(
  where: string,
  file: SourceFile,
  reading: Reading<FeatureAttributes>,
  options: GeoJsonReadOptions,
): AsyncGenerator<void, void> {
  const features = new FeatureReader(where, file.label, reading.collector, reading.crs, options);
  const texts = new FeatureTexts(file.label, reading, features);
  const splitter = new FeatureSplitter(file.label, {
    feature: (text, line, lists) => texts.take(text, line, lists),
    elements: (text, line) => texts.elements(text, line),
    crs: (crs, isLate) => {
      if (!isLate) {
        features.collection(crs, { file: file.label });
        return;
      }
      const toLonLat = reading.crs.transformOf(crs, { file: file.label });
      if (toLonLat === undefined || options.crs !== "file") return;
      // The features before it were taken for degrees; no report could say so.
      throw new FormatError(
        "crs must stand before the features to be obeyed; the option crs can say what it is",
        {
          file: file.label,
        },
      );
    },
  });
  try {
    for await (const chunk of reading.text(file)) {
      splitter.push(chunk);
      yield;
    }
    splitter.finish();
  } catch (error) {
    if (reading.ledger.lenient) features.finish();
    throw error;
  }
  features.finish();
  reading.mayBeEmpty = splitter.isCollection;
}

const RECORD_SEPARATOR = 0x1e;

class FeatureLines implements LineParser {
  readonly #texts: FeatureTexts;

  constructor(texts: FeatureTexts) {
    this.#texts = texts;
  }

  line(bytes: Uint8Array, start: number, end: number, line: number): void {
    const from = bytes[start] === RECORD_SEPARATOR ? start + 1 : start;
    this.#texts.take(bytes.subarray(from, end), line);
  }

  finish(): void {
    this.#texts.finish();
  }
}

/** Parses features' texts. */
class FeatureTexts {
  readonly #file: string;
  readonly #reading: Reading<FeatureAttributes>;
  readonly #features: FeatureReader;

  constructor(file: string, reading: Reading<FeatureAttributes>, features: FeatureReader) {
    this.#file = file;
    this.#reading = reading;
    this.#features = features;
  }

  /** A feature's text, which begins on `line`; one that is not UTF-8 is taken as Windows-1252 in lenient reading. */
  take(bytes: Uint8Array, line: number, lists?: LongLists): void {
    const { ledger } = this.#reading;
    const at = { file: this.#file, line };
    const text = this.#decoded(bytes, at);
    let value: unknown;
    try {
      value = parseJson(text);
    } catch {
      ledger.records++;
      ledger.reject("broken JSON", `feature ${this.#features.skip()}: must be JSON, got ${quoted(text)}`, at);
      return;
    }
    this.#features.take(lists === undefined ? value : lists.restored(value), at);
  }

  /** The elements of a list of the feature that comes next, out of their text; undefined where they are no JSON. */
  elements(bytes: Uint8Array, line: number): readonly unknown[] | undefined {
    const text = this.#decoded(bytes, { file: this.#file, line });
    try {
      return parseJson(`[${text}]`) as readonly unknown[];
    } catch {
      return undefined;
    }
  }

  #decoded(bytes: Uint8Array, at: FormatLocation): string {
    const text = textOf(bytes);
    if (!text.includes("\ufffd") || isUtf8(bytes)) return text;
    const got = quoted(text.slice(Math.max(0, text.indexOf("\ufffd") - 20)));
    const message = `feature ${this.#features.next}: must be UTF-8, got ${got}`;
    this.#reading.ledger.mendOrThrow("not UTF-8", message, at);
    return windowsTextOf(bytes);
  }

  finish(): void {
    this.#features.finish();
  }
}

/** A text that is not of the format; for readers that told it by its name. */
export function notGeoJson(file: string, got: string): FormatError {
  return damage("unknown format", `a JSON file must hold GeoJSON, moving features or trips, got ${got}`, {
    file,
  });
}
