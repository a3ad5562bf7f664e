import { checkOptions } from "../../foundation/check-options.js";
import { ShapeError, ValueError } from "../../foundation/errors.js";
import { checkOneOf } from "../../foundation/validate.js";
import { hasIsoForm, toIsoTime } from "../../reading/iso-time.js";
import { checkSet } from "../../trajectories/check-set.js";
import { isUsualDate } from "../../trajectories/times.js";
import type { TrajectorySet } from "../../trajectories/trajectory-set.js";
import { checkFiniteColumns, checkWritable } from "../../writing/check-writable.js";
import { elevationsOf, valueAt } from "../../writing/further-columns.js";
import { writtenName } from "./geojson-columns.js";

/** A GeoJSON Feature with a line, as {@link toGeoJson} writes it; a MultiPoint where it has fewer than two points. */
export interface GeoJsonLineFeature {
  /** As RFC 7946 has it. */
  type: "Feature";
  /** The trajectory's id; its index as text where the set has no ids. */
  id: string;
  /**
   * Positions `[lon, lat]` or planar `[x, y]`, with the height in metres and the time behind them where they are
   * written there.
   */
  geometry: { type: "LineString" | "MultiPoint"; coordinates: number[][] };
  /** The trajectory's properties, those of the options, and what holds times and point columns. */
  properties: Record<string, unknown>;
  /** The unit of times that are 4th coordinates, or in `timesMs`. */
  timeUnit?: "milliseconds";
  /** Where a position needs a 3rd coordinate before its time and the set has no heights: they are 0 then. */
  elevations?: "none";
}

/** A GeoJSON FeatureCollection of lines. */
export interface GeoJsonLineCollection {
  /** As RFC 7946 has it. */
  type: "FeatureCollection";
  /** One a trajectory, in the set's order. */
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
  /**
   * Times in a property as ISO 8601 text, or as numbers; the 4th coordinate is always a number.
   * Readers believe dates outside of 1970–2100 only with their option `timeRange`, but those that this writer put into
   * `timesMs`.
   * @defaultValue "iso" for dates from 1970 to 2100, else "milliseconds" in a property `timesMs`
   */
  readonly timeFormat?: "iso" | "milliseconds";
  /** More properties of each feature, `[trajectories]`. */
  readonly properties?: readonly (Readonly<Record<string, unknown>> | null)[];
  /** 3rd coordinates, NaN where absent, `[points]`. @defaultValue the set's point column `elevationMeters` */
  readonly elevationsMeters?: Float64Array;
  /** Writes a planar set's x and y as they are, although RFC 7946 knows only degrees. @defaultValue false */
  readonly allowPlanar?: boolean;
}

const KNOWN = ["times", "timeFormat", "properties", "elevationsMeters", "allowPlanar"] as const;

/** Properties that a reader takes for times. */
export const RESERVED_PROPERTIES: readonly string[] = ["coordTimes", "coordinateProperties"];

/**
 * A set as a GeoJSON FeatureCollection, one feature a trajectory; {@link fromGeoJson} reads it back equal. Point columns are
 * `coordinateProperties`, but for `elevationMeters`, which is the 3rd coordinate.
 *
 * @throws {ValueError} a planar set without `allowPlanar`, a property called `coordTimes` or `coordinateProperties`, an
 *   infinite number, or with `timeFormat: "iso"` a year of more than four digits
 * @throws {ShapeError} `properties` or `elevationsMeters` of the wrong length
 */
export function toGeoJson(set: TrajectorySet, options: GeoJsonWriteOptions = {}): GeoJsonLineCollection {
  checkSet("toGeoJson", set);
  checkOptions("toGeoJson", options, KNOWN);
  checkGeoJsonWriting("toGeoJson", set, options);
  const features = Array.from({ length: set.length }, (_, i) => toFeature(set, i, options));
  return { type: "FeatureCollection", features };
}

/** Checks what {@link toFeature} relies on. */
export function checkGeoJsonWriting(where: string, set: TrajectorySet, options: GeoJsonWriteOptions): void {
  const { properties, elevationsMeters, allowPlanar = false, timeFormat, times = "coordTimes" } = options;
  if (timeFormat !== undefined) checkOneOf(where, "timeFormat", timeFormat, ["iso", "milliseconds"]);
  if (typeof times === "string")
    checkOneOf(where, "times", times, ["coordTimes", "fourthCoordinate", "none"]);
  if (set.coordinateSystem === "planar" && !allowPlanar) {
    throw new ValueError(`${where}: set must be lonlat (RFC 7946), got planar without allowPlanar`);
  }
  if (properties !== undefined && properties.length !== set.length) {
    throw new ShapeError(`${where}: properties must have length ${set.length}, got ${properties.length}`);
  }
  if (elevationsMeters !== undefined && elevationsMeters.length !== set.pointCount) {
    throw new ShapeError(
      `${where}: elevationsMeters must have length ${set.pointCount}, got ${elevationsMeters.length}`,
    );
  }
  checkWritable(where, set);
  checkFiniteColumns(where, "GeoJSON", "pointColumns", set.pointColumns);
  checkFiniteColumns(where, "GeoJSON", "properties", set.properties);
  const own = typeof times === "string" ? [] : [times.property];
  for (const name of [...RESERVED_PROPERTIES, ...(isWrittenAsNumbers(set) ? ["timesMs"] : []), ...own]) {
    const isTaken =
      Object.hasOwn(set.properties, name) ||
      properties?.some((each) => each !== null && Object.hasOwn(each, name));
    if (!isTaken) continue;
    throw new ValueError(
      `${where}: a property must not be called ${name}, which GeoJSON readers take for times or columns`,
    );
  }
  if (timeFormat === "iso" && set.timesMs?.some((time) => !Number.isNaN(time) && !hasIsoForm(time))) {
    throw new ValueError(
      `${where}: a time must have a year of four digits to be ISO 8601 (else timeFormat: "milliseconds")`,
    );
  }
}

/** Whether times are numbers unless the options say otherwise: ISO 8601 would not be believed, or not hold them. */
function isWrittenAsNumbers({ timesMs }: Pick<TrajectorySet, "timesMs">): boolean {
  return timesMs?.some((time) => !Number.isNaN(time) && !(hasIsoForm(time) && isUsualDate(time))) ?? false;
}

/** Properties that a reader takes for times where they hold lists and no `coordTimes` stands beside them. */
const TIMES_LIKE = ["times", "timesMs", "timestamps"];

/** Trajectory `index` as a feature. */
export function toFeature(
  set: TrajectorySet,
  index: number,
  options: GeoJsonWriteOptions,
): GeoJsonLineFeature {
  const { times = "coordTimes" } = options;
  const { id, coordinates, timesMs } = set.at(index);
  const count = coordinates.length / 2;
  const start = set.offsets[index]!;
  const elevations = options.elevationsMeters ?? elevationsOf(set);
  const properties: Record<string, unknown> = { ...set.propertiesOf(index), ...options.properties?.[index] };
  const hasTimes = timesMs?.some((time) => !Number.isNaN(time)) ?? false;
  const inFourth = hasTimes && times === "fourthCoordinate";
  if (hasTimes && times !== "none" && times !== "fourthCoordinate") {
    Object.assign(properties, timesProperty(timesMs!, times, options.timeFormat));
  } else if (TIMES_LIKE.some((name) => Array.isArray(properties[name]))) {
    // So that a property that looks like times is none.
    properties.coordTimes = null;
  }
  const columns = Object.entries(set.pointColumnsOf(index)).filter(([, column]) => column !== undefined);
  const further = columns.filter(([name]) => name !== "elevationMeters" || elevations === undefined);
  if (further.length > 0 || count < 2) {
    properties.coordinateProperties = Object.fromEntries(
      further.map(([name, column]) => [
        writtenName(name),
        Array.from({ length: count }, (_, i) => valueAt(column, i)),
      ]),
    );
  }
  const positions: number[][] = [];
  for (let i = 0; i < count; i++) {
    const position: (number | null)[] = [coordinates[2 * i]!, coordinates[2 * i + 1]!];
    const elevation = elevations?.[start + i] ?? Number.NaN;
    const time = inFourth ? timesMs![i]! : Number.NaN;
    if (!Number.isNaN(elevation)) position.push(elevation);
    else if (!Number.isNaN(time)) position.push(elevations === undefined ? 0 : null);
    if (!Number.isNaN(time)) position.push(time);
    positions.push(position as number[]);
  }
  const type = count < 2 ? "MultiPoint" : "LineString";
  return {
    type: "Feature",
    id,
    geometry: { type, coordinates: positions },
    properties,
    ...(inFourth || (hasTimes && Object.hasOwn(properties, "timesMs")) ? { timeUnit: "milliseconds" } : {}),
    ...(inFourth && elevations === undefined ? { elevations: "none" } : {}),
  };
}

function timesProperty(
  timesMs: Float64Array,
  times: "coordTimes" | { readonly property: string },
  timeFormat: GeoJsonWriteOptions["timeFormat"],
): Record<string, unknown> {
  const format = timeFormat ?? (isWrittenAsNumbers({ timesMs }) ? "milliseconds" : "iso");
  // Numbers whose property does not say their unit would have to be guessed.
  const isNamed = timeFormat === undefined && format === "milliseconds" && times === "coordTimes";
  const name = isNamed ? "timesMs" : times === "coordTimes" ? times : times.property;
  const write = format === "iso" ? toIsoTime : (time: number) => time;
  return { [name]: Array.from(timesMs, (time) => (Number.isNaN(time) ? null : write(time))) };
}
