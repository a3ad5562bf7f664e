import { isObject, type JsonObject } from "./json-object.js";

/** Whether a value is a trip as deck.gl's TripsLayer takes it: a path with timestamps, or waypoints. */
export function isTrip(value: unknown): value is JsonObject {
  return (
    isObject(value) &&
    value.type === undefined &&
    (Array.isArray(value.path) || (Array.isArray(value.waypoints) && value.waypoints.every(isPlaced)))
  );
}

/** Whether a waypoint has coordinates; those of routing services have a `location`. */
function isPlaced(waypoint: unknown): boolean {
  return isObject(waypoint) && "coordinates" in waypoint;
}

/** Whether a value is a way as routing services answer it: an object with a GeoJSON line as its `geometry`. */
export function isWay(value: unknown): value is JsonObject {
  if (!isObject(value) || value.type !== undefined || !isObject(value.geometry)) return false;
  return value.geometry.type === "LineString" || value.geometry.type === "MultiLineString";
}

/** A way as a feature; any other value as it is. */
export function withType(value: unknown): unknown {
  if (!isWay(value)) return value;
  const { geometry, id, properties, ...members } = value;
  return {
    type: "Feature",
    ...(id === undefined ? {} : { id }),
    geometry,
    properties: isObject(properties) ? { ...members, ...properties } : members,
  };
}

/** The same as a GeoJSON feature. */
export function tripFeatureOf(trip: JsonObject): JsonObject {
  const { path, timestamps, waypoints, ...rest } = trip;
  if (Array.isArray(waypoints)) {
    const points = waypoints.filter(isObject);
    return featureOf(
      points.map(({ coordinates }) => coordinates),
      points.map(({ timestamp, time }) => timestamp ?? time ?? null),
      rest,
    );
  }
  return featureOf(path as readonly unknown[], timestamps, rest);
}

function featureOf(positions: readonly unknown[], times: unknown, rest: JsonObject): JsonObject {
  return {
    type: "Feature",
    geometry: { type: positions.length < 2 ? "MultiPoint" : "LineString", coordinates: positions },
    properties: {
      ...rest,
      coordinateProperties: {},
      ...(Array.isArray(times) ? { coordTimes: times } : {}),
    },
  };
}
