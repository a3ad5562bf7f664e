import { checkOptions } from "../../foundation/check-options.js";
import { FormatError, type FormatLocation } from "../../foundation/errors.js";
import { isFloat64Array } from "../../foundation/realms.js";
import { TrajectoryCollector } from "../../reading/collector.js";
import { CrsPolicy } from "../../reading/crs.js";
import { Ledger } from "../../reading/ledger.js";
import { checkReadOptions } from "../../reading/options.js";
import type { ReadReport } from "../../reading/report.js";
import { timePolicy } from "../../reading/time-policy.js";
import type { TrajectorySet } from "../../trajectories/trajectory-set.js";
import { type FeatureAttributes, FeatureReader } from "./feature-reader.js";
import { checkGeoJsonOptions, GEOJSON_OPTION_NAMES, type GeoJsonReadOptions } from "./geojson-options.js";
import { isObject, type JsonObject } from "./json-object.js";

/** Options of {@link fromGeoJson} and {@link GeoJsonCollector}. */
export interface FromGeoJsonOptions extends GeoJsonReadOptions {
  /** `true` leaves out what is broken, and counts it in `report`. @defaultValue false */
  readonly lenient?: boolean;
}

/** What {@link fromGeoJson} and {@link GeoJsonCollector.finish} return: the set, and what its features say besides. */
export interface GeoJsonReadResult {
  /** The trajectories, in the order of their features (of points: the first). */
  readonly set: TrajectorySet;
  /** The properties of each trajectory's feature, as parsed, `[trajectories]`. */
  readonly properties: readonly (JsonObject | null)[];
  /** The index of the feature that each trajectory came from (points: the first one's), `[trajectories]`. */
  readonly featureIndices: Uint32Array;
  /** The 3rd coordinates, NaN where absent; undefined where no position has one. `[points]` */
  readonly elevationsMeters: Float64Array | undefined;
  /** Geometries without a line that `otherGeometries: "skip"` passed over, by type (`"null"` for none). */
  readonly skipped: Readonly<Record<string, number>>;
  /** What was read, left out and changed; `files` is 1. */
  readonly report: ReadReport;
}

const KNOWN = GEOJSON_OPTION_NAMES.filter(
  (name) => name !== "signal" && name !== "onProgress" && name !== "batchPoints",
) as readonly (keyof FromGeoJsonOptions)[];

/**
 * Gathers features one by one into a {@link TrajectorySet}: what reads newline-delimited GeoJSON, and what
 * {@link fromGeoJson} is made of. A feature that fails leaves no trace, so a caller can go on.
 */
export class GeoJsonCollector {
  readonly #ledger: Ledger;
  readonly #collector: TrajectoryCollector<FeatureAttributes>;
  readonly #features: FeatureReader;

  /** @param where @internal the public function, for messages */
  constructor(options: FromGeoJsonOptions = {}, where = "GeoJsonCollector") {
    checkOptions(where, options, KNOWN);
    const { lenient = false, coordinateSystem = "lonlat", crs = "auto", longitudes } = options;
    checkGeoJsonOptions(where, options);
    checkReadOptions(where, options);
    this.#ledger = new Ledger(lenient);
    const policy = timePolicy(options);
    const batchPoints = Number.POSITIVE_INFINITY;
    this.#collector = new TrajectoryCollector(this.#ledger, {
      coordinateSystem,
      batchPoints,
      policy,
      longitudes,
    });
    const crsPolicy = new CrsPolicy(where, crs, coordinateSystem);
    this.#features = new FeatureReader(where, "", this.#collector, crsPolicy, options);
  }

  /** The number of features taken in. */
  get featureCount(): number {
    return this.#features.featureCount;
  }

  /**
   * Takes in one Feature or bare geometry.
   *
   * @param value parsed JSON
   * @param location the file and line, for messages
   * @throws {FormatError} (strict) an invalid feature
   */
  add(value: unknown, location: FormatLocation = {}): void {
    this.#collector.file = location.file ?? "";
    this.#features.take(value, location);
  }

  /** The collection's `crs` member. @throws {FormatError} one that the options do not provide for */
  collection(crs: unknown): void {
    this.#features.collection(crs, {});
  }

  /** All that was gathered. */
  finish(): GeoJsonReadResult {
    this.#features.finish();
    const [batch] = this.#collector.takeLast(true);
    const { trajectories: set, attributes } = batch!;
    const elevations = set.pointColumns.elevationMeters;
    this.#ledger.files = 1;
    return {
      set,
      properties: attributes.map(({ properties }) => properties),
      featureIndices: Uint32Array.from(attributes, ({ feature }) => feature),
      elevationsMeters: isFloat64Array(elevations) ? elevations : undefined,
      skipped: { ...this.#features.others },
      report: this.#ledger.report(),
    };
  }
}

/**
 * Reads a GeoJSON text's value: FeatureCollection, Feature, LineString, MultiLineString or GeometryCollection, points with
 * an id or time each, moving features (OGC), or an array of trips (deck.gl).
 *
 * Each LineString, each part of a MultiLineString, and the points of one id become a trajectory; heights and
 * `coordinateProperties` become point columns, properties stay properties. Nothing is dropped silently.
 *
 * @param value parsed JSON (`JSON.parse(text)`)
 * @throws {FormatError} (strict) naming the feature by its index in the collection
 * @example
 * fromGeoJson({ type: "LineString", coordinates: [[116.3, 39.9], [116.4, 39.9]] }).set.length // 1
 */
export function fromGeoJson(value: unknown, options: FromGeoJsonOptions = {}): GeoJsonReadResult {
  const collector = new GeoJsonCollector(options, "fromGeoJson");
  const isList = Array.isArray(value);
  if (!isList && !isObject(value)) {
    const got = value === null ? "null" : `a ${typeof value}`;
    const hint = typeof value === "string" ? "; JSON.parse makes one of a text" : "";
    throw new FormatError(`fromGeoJson: value must be a GeoJSON object, got ${got}${hint}`);
  }
  if (isList) {
    for (const element of value as readonly unknown[]) collector.add(element);
  } else if (value.type === "FeatureCollection") {
    collector.collection(value.crs);
    if (!Array.isArray(value.features)) {
      throw new FormatError("fromGeoJson: a FeatureCollection's features must be an array");
    }
    for (const feature of value.features as readonly unknown[]) collector.add(feature);
  } else {
    collector.add(value);
  }
  return collector.finish();
}
