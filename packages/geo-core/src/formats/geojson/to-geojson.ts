import { ShapeError, ValueError } from "../../foundation/errors.js";
import { checkOneOf } from "../../foundation/validate.js";
import type { TrajectorySet } from "../../trajectories/trajectory-set.js";

/** A GeoJSON Feature with a LineString, as {@link toGeoJson} writes it. */
export interface GeoJsonLineFeature {
  type: "Feature";
  id: string;
  geometry: { type: "LineString"; coordinates: number[][] };
  properties: Record<string, unknown>;
}

/** A GeoJSON FeatureCollection of LineStrings. */
export interface GeoJsonLineCollection {
  type: "FeatureCollection";
  features: GeoJsonLineFeature[];
}

/** How {@link toGeoJson} writes. */
export interface GeoJsonWriteOptions {
  /**
   * Where times go, if the set has any: a property `coordTimes`, a parallel array of another name, the 4th
   * coordinate (the 3rd is then the elevation, or 0), or nowhere.
   * @defaultValue "coordTimes"
   */
  readonly times?: "coordTimes" | "fourthCoordinate" | "none" | { readonly property: string };
  /** Times in a property as ISO 8601 text, or as numbers; the 4th coordinate is always a number. @defaultValue "iso" */
  readonly timeFormat?: "iso" | "milliseconds";
  /** More properties of each feature, `[trajectories]`. */
  readonly properties?: readonly (Readonly<Record<string, unknown>> | null)[];
  /** 3rd coordinates, NaN where absent, `[points]`. */
  readonly elevationsMeters?: Float64Array;
  /** Writes a planar set's x and y as they are, although RFC 7946 knows only degrees. @defaultValue false */
  readonly allowPlanar?: boolean;
}

/**
 * A set as a GeoJSON FeatureCollection, one LineString a trajectory; {@link fromGeoJson} reads it back equal.
 *
 * @throws {ValueError} a planar set without `allowPlanar`, a trajectory of fewer than 2 points (no LineString), or a
 *   time that ISO 8601 to the millisecond cannot hold (use `timeFormat: "milliseconds"`)
 * @throws {ShapeError} `properties` or `elevationsMeters` of the wrong length
 */
export function toGeoJson(set: TrajectorySet, options: GeoJsonWriteOptions = {}): GeoJsonLineCollection {
  const { properties, elevationsMeters, allowPlanar = false, timeFormat = "iso" } = options;
  checkOneOf("toGeoJson", "timeFormat", timeFormat, ["iso", "milliseconds"]);
  if (set.coordinateSystem === "planar" && !allowPlanar) {
    throw new ValueError("toGeoJson: set must be lonlat (RFC 7946), got planar without allowPlanar");
  }
  if (properties !== undefined && properties.length !== set.length) {
    throw new ShapeError(`toGeoJson: properties must have length ${set.length}, got ${properties.length}`);
  }
  if (elevationsMeters !== undefined && elevationsMeters.length !== set.pointCount) {
    throw new ShapeError(
      `toGeoJson: elevationsMeters must have length ${set.pointCount}, got ${elevationsMeters.length}`,
    );
  }
  const features = Array.from({ length: set.length }, (_, i) => toFeature(set, i, options));
  return { type: "FeatureCollection", features };
}

function toFeature(set: TrajectorySet, index: number, options: GeoJsonWriteOptions): GeoJsonLineFeature {
  const { times = "coordTimes", timeFormat = "iso" } = options;
  const { id, coordinates, timesMs } = set.at(index);
  const count = coordinates.length / 2;
  if (count < 2) {
    throw new ValueError(`toGeoJson: trajectory ${index} must have at least 2 points, got ${count}`);
  }
  const properties: Record<string, unknown> = { ...options.properties?.[index] };
  if (timesMs !== undefined && times !== "none" && times !== "fourthCoordinate") {
    const name = times === "coordTimes" ? times : times.property;
    properties[name] = Array.from(timesMs, (time) => (timeFormat === "iso" ? toIso(time) : time));
  }
  const positions: number[][] = [];
  for (let i = 0; i < count; i++) {
    const position = [coordinates[2 * i]!, coordinates[2 * i + 1]!];
    const elevation = options.elevationsMeters?.[set.offsets[index]! + i] ?? Number.NaN;
    const time = times === "fourthCoordinate" ? timesMs?.[i] : undefined;
    if (!Number.isNaN(elevation)) position.push(elevation);
    else if (time !== undefined) position.push(0);
    if (time !== undefined) position.push(time);
    positions.push(position);
  }
  return { type: "Feature", id, geometry: { type: "LineString", coordinates: positions }, properties };
}

function toIso(timeMs: number): string {
  if (!Number.isInteger(timeMs) || Math.abs(timeMs) > 8.64e15) {
    throw new ValueError(
      `toGeoJson: a time must be whole milliseconds within ±8.64e15 to be ISO 8601 (else timeFormat: "milliseconds"), got ${timeMs}`,
    );
  }
  return new Date(timeMs).toISOString();
}
