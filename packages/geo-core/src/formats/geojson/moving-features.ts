import { FormatError } from "../../foundation/errors.js";
import { emptyRecord } from "../../foundation/lookup.js";
import type { FeatureContext } from "./geojson-feature.js";
import { isObject, type JsonObject } from "./json-object.js";

/** Whether a value is of OGC Moving Features JSON: a MovingPoint, or a feature with one as its temporal geometry. */
export function isMovingFeature(value: unknown): value is JsonObject {
  if (!isObject(value)) return false;
  return isMovingGeometry(value) || isMovingGeometry(value.temporalGeometry);
}

function isMovingGeometry(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value.type === "string" &&
    /^Moving(Point|GeomPoint|GeometryCollection)$/.test(value.type)
  );
}

/** The same as a GeoJSON feature: the positions as lines, the times as `coordTimes`, a value a time as point columns. */
export function movingFeatureOf(value: JsonObject, { where, location }: FeatureContext): JsonObject {
  const geometry = isMovingGeometry(value) ? value : (value.temporalGeometry as JsonObject);
  const parts = partsOf(geometry);
  const lines: unknown[] = [];
  const times: unknown[] = [];
  for (const { coordinates, datetimes } of parts) {
    if (!Array.isArray(coordinates) || !Array.isArray(datetimes)) {
      throw new FormatError(`${where}: a MovingPoint must hold coordinates and datetimes`, location);
    }
    lines.push(coordinates);
    times.push(datetimes);
  }
  const isOne = lines.length === 1;
  const isShort = isOne && (lines[0] as unknown[]).length < 2;
  const outer = isObject(value.properties) ? value.properties : {};
  const crs = geometry.crs ?? value.crs;
  return {
    type: "Feature",
    ...(value.id === undefined ? {} : { id: value.id }),
    ...(crs === undefined ? {} : { crs }),
    geometry: isOne
      ? { type: isShort ? "MultiPoint" : "LineString", coordinates: lines[0] }
      : { type: "MultiLineString", coordinates: lines },
    properties: {
      ...outer,
      coordTimes: isOne ? times[0] : times,
      ...(isOne ? { coordinateProperties: columnsOf(value, times[0] as readonly unknown[]) } : {}),
    },
  };
}

function partsOf(geometry: JsonObject): readonly JsonObject[] {
  // MobilityDB keeps the parts of a sequence set in `sequences`; a MovingGeometryCollection in `prisms` or `members`.
  for (const name of ["sequences", "prisms", "members"]) {
    const parts = geometry[name];
    if (Array.isArray(parts)) return parts.filter(isObject).flatMap(partsOf);
  }
  return [geometry];
}

/** The temporal properties that have a value at each of the geometry's times. */
function columnsOf(value: JsonObject, times: readonly unknown[]): Record<string, unknown> {
  const columns = emptyRecord<unknown>();
  if (!Array.isArray(value.temporalProperties)) return columns;
  for (const group of value.temporalProperties.filter(isObject)) {
    const own = group.datetimes;
    if (!Array.isArray(own) || own.length !== times.length || own.some((time, i) => time !== times[i]))
      continue;
    for (const [name, member] of Object.entries(group)) {
      if (isObject(member) && Array.isArray(member.values)) columns[name] = member.values;
    }
  }
  return columns;
}
