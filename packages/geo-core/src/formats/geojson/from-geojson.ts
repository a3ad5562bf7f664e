import { describeJson } from "../../foundation/describe-json.js";
import { FormatError, type FormatLocation } from "../../foundation/errors.js";
import type { TrajectorySet } from "../../trajectories/trajectory-set.js";
import { TrajectorySetBuilder } from "../../trajectories/trajectory-set-builder.js";
import { type GeoJsonLine, type GeoJsonReadOptions, parseGeoJsonFeature } from "./geojson-feature.js";
import { isObject, type JsonObject } from "./geojson-times.js";

/** What {@link fromGeoJson} and {@link GeoJsonCollector.finish} return: the set, and all that a set cannot hold. */
export interface GeoJsonReadResult {
  readonly set: TrajectorySet;
  /** The properties of each trajectory's feature, as parsed, `[trajectories]`. */
  readonly properties: readonly (JsonObject | null)[];
  /** The index of the feature that each trajectory came from, `[trajectories]`. */
  readonly featureIndices: Uint32Array;
  /** The 3rd coordinates, NaN where absent; undefined where no position has one. `[points]` */
  readonly elevationsMeters: Float64Array | undefined;
  /** Geometries without a line that `otherGeometries: "skip"` passed over, by type (`"null"` for none). */
  readonly skipped: Readonly<Record<string, number>>;
}

/**
 * Gathers features one by one into a {@link TrajectorySet}: what reads newline-delimited GeoJSON, and what
 * {@link fromGeoJson} is made of. A feature that fails leaves no trace, so a lenient reader can go on.
 */
export class GeoJsonCollector {
  readonly #options: GeoJsonReadOptions;
  #builder: TrajectorySetBuilder | undefined;
  readonly #properties: (JsonObject | null)[] = [];
  readonly #featureIndices: number[] = [];
  readonly #elevations: (Float64Array | undefined)[] = [];
  readonly #skipped: Record<string, number> = {};
  #featureCount = 0;

  constructor(options: GeoJsonReadOptions = {}) {
    this.#options = options;
  }

  /** The number of features taken in. */
  get featureCount(): number {
    return this.#featureCount;
  }

  /**
   * Takes in one Feature or bare geometry.
   *
   * @param value parsed JSON
   * @param location the file and line, for messages
   * @returns the number of trajectories added
   * @throws {FormatError} an invalid feature, or one with times after one without (or the reverse)
   */
  add(value: unknown, location: FormatLocation = {}): number {
    const where = `feature ${this.#featureCount}`;
    const { lines, skipped } = parseGeoJsonFeature(value, where, this.#options, location);
    for (const line of lines) this.#checkTimes(line, lines, where, location);
    for (const line of lines) this.#push(line);
    for (const [type, count] of Object.entries(skipped)) {
      this.#skipped[type] = (this.#skipped[type] ?? 0) + count;
    }
    this.#featureCount++;
    return lines.length;
  }

  /** All that was gathered. */
  finish(): GeoJsonReadResult {
    const { coordinateSystem = "lonlat" } = this.#options;
    const set = (this.#builder ?? new TrajectorySetBuilder({ coordinateSystem })).build();
    let elevationsMeters: Float64Array | undefined;
    for (const [i, elevations] of this.#elevations.entries()) {
      if (elevations === undefined) continue;
      elevationsMeters ??= new Float64Array(set.pointCount).fill(Number.NaN);
      elevationsMeters.set(elevations, set.offsets[i]!);
    }
    return {
      set,
      properties: this.#properties.slice(),
      featureIndices: Uint32Array.from(this.#featureIndices),
      elevationsMeters,
      skipped: { ...this.#skipped },
    };
  }

  #checkTimes(
    line: GeoJsonLine,
    lines: readonly GeoJsonLine[],
    where: string,
    location: FormatLocation,
  ): void {
    const withTimes = this.#builder?.withTimes ?? lines[0]!.timesMs !== undefined;
    const hasTimes = line.timesMs !== undefined;
    if (hasTimes === withTimes) return;
    const problem = withTimes
      ? "must have times as the lines before it, got none"
      : 'must have no times as the lines before it, got some (times: "none" ignores them)';
    throw new FormatError(`${where}: ${problem}`, location);
  }

  #push(line: GeoJsonLine): void {
    const { coordinateSystem = "lonlat" } = this.#options;
    const { coordinates, timesMs } = line;
    this.#builder ??= new TrajectorySetBuilder({ coordinateSystem, withTimes: timesMs !== undefined });
    this.#builder.begin(line.id);
    for (let i = 0; 2 * i < coordinates.length; i++) {
      this.#builder.addPoint(coordinates[2 * i]!, coordinates[2 * i + 1]!, timesMs?.[i]);
    }
    this.#builder.end();
    this.#properties.push(line.properties);
    this.#featureIndices.push(this.#featureCount);
    this.#elevations.push(line.elevationsMeters);
  }
}

/**
 * Reads a GeoJSON text's value: FeatureCollection, Feature, LineString, MultiLineString or GeometryCollection.
 *
 * Each LineString, and each part of a MultiLineString, becomes a trajectory. What a {@link TrajectorySet} cannot hold
 * (properties, elevations, which parts belonged together) comes back beside it; nothing is dropped silently.
 *
 * @param value parsed JSON (`JSON.parse(text)`)
 * @throws {FormatError} naming the feature by its index in the collection
 * @example
 * fromGeoJson({ type: "LineString", coordinates: [[116.3, 39.9], [116.4, 39.9]] }).set.length // 1
 */
export function fromGeoJson(value: unknown, options: GeoJsonReadOptions = {}): GeoJsonReadResult {
  if (!isObject(value)) throw new FormatError("fromGeoJson: value must be a GeoJSON object");
  if (options.coordinateSystem !== "planar") checkCrs(value);
  const collector = new GeoJsonCollector(options);
  if (value.type === "FeatureCollection") {
    if (!Array.isArray(value.features)) {
      throw new FormatError("fromGeoJson: a FeatureCollection's features must be an array");
    }
    for (const feature of value.features as readonly unknown[]) collector.add(feature);
  } else {
    collector.add(value);
  }
  return collector.finish();
}

/** GeoJSON of 2008 may name another coordinate system; reading it as degrees would be wrong silently. */
function checkCrs(value: JsonObject): void {
  const { crs } = value;
  if (crs === undefined || crs === null) return;
  const properties = isObject(crs) ? crs.properties : undefined;
  const name = isObject(properties) ? properties.name : undefined;
  if (typeof name === "string" && /(CRS84|EPSG:{1,2}4326|EPSG:[\d.]*:4326)$/.test(name)) return;
  throw new FormatError(`fromGeoJson: crs must be absent, CRS84 or EPSG:4326, got ${describeJson(crs)}`);
}
