import { isObject, type JsonObject } from "./json-object.js";
import { JsonPlaces } from "./json-places.js";

/** A segment as a GeoJSON feature with a line; or what else it is, `visit`. */
export type TimelineSegment = { readonly feature: JsonObject } | { readonly other: string };

/** The segments in Google's location history: `Timeline.json` of a phone, or a month of the older semantic history; undefined for anything else. */
export function timelineSegmentsOf(value: unknown): readonly unknown[] | undefined {
  if (!isObject(value)) return undefined;
  const { semanticSegments, timelineObjects, rawSignals } = value;
  if (Array.isArray(timelineObjects)) return timelineObjects;
  if (!Array.isArray(semanticSegments)) return undefined;
  return Array.isArray(rawSignals) ? [...semanticSegments, ...rawSignals] : semanticSegments;
}

/**
 * One segment. A path of the newer history is a line, with a time a point; what it says of activities and visits beside the paths, and the
 * signals that the paths were made of, are no lines of their own. An activity of the older history is a line from its start over the path
 * that it went, as far as it tells one, to its end.
 */
export function timelineSegmentOf(value: unknown): TimelineSegment | undefined {
  if (!isObject(value)) return undefined;
  if (isObject(value.activitySegment)) return activityOf(value.activitySegment);
  if (isObject(value.placeVisit)) return { other: "visit" };
  if (typeof value.startTime === "string" && typeof value.endTime === "string") {
    if (Array.isArray(value.timelinePath)) return pathOf(value, value.timelinePath);
    const other = ["visit", "activity", "timelineMemory"].find((name) => isObject(value[name]));
    return other === undefined ? undefined : { other };
  }
  const names = Object.keys(value);
  const isSignal = names.length === 1 && ["position", "wifiScan", "activityRecord"].includes(names[0]!);
  return isSignal && !isPlaced(value.position) ? { other: "raw signal" } : undefined;
}

function pathOf({ startTime, endTime }: JsonObject, path: readonly unknown[]): TimelineSegment {
  const points = path.filter(isObject);
  return lineOf(
    points.map(({ point }) => positionOf(point) ?? point),
    points.map(({ time, durationMinutesOffsetFromStartTime: minutes }) => time ?? later(startTime, minutes)),
    { startTime, endTime },
  );
}

function activityOf({ startLocation, endLocation, duration, ...said }: JsonObject): TimelineSegment {
  const { simplifiedRawPath, waypointPath, transitPath: _, roadSegment: __, ...others } = said;
  const inner = [memberCalled(simplifiedRawPath, "points"), memberCalled(waypointPath, "waypoints")].find(
    (points): points is readonly unknown[] => Array.isArray(points) && points.length > 0,
  );
  const [start, end] = [timeOf(duration, "start"), timeOf(duration, "end")];
  const way = [
    { place: startLocation, time: start },
    ...(inner ?? []).map((place) => ({ place, time: timeOf(place, "") })),
    { place: endLocation, time: end },
  ].filter(({ place }) => isPlaced(place));
  if (way.length === 0) return { other: "activity" };
  return lineOf(
    way.map(({ place }) => placedIn(place)!),
    way.map(({ time }) => time),
    { startTime: start, endTime: end, ...others },
  );
}

function lineOf(
  coordinates: readonly unknown[],
  coordTimes: readonly unknown[],
  properties: JsonObject,
): TimelineSegment {
  const type = coordinates.length < 2 ? "MultiPoint" : "LineString";
  return {
    feature: {
      type: "Feature",
      geometry: { type, coordinates },
      properties: { ...properties, coordinateProperties: {}, coordTimes },
    },
  };
}

/** `50.05°, 14.34°` or `geo:50.05,14.34`: latitude first. */
function positionOf(text: unknown): readonly [number, number] | undefined {
  const found = typeof text === "string" ? POSITION.exec(text) : null;
  return found === null ? undefined : [Number(found[2]), Number(found[1])];
}

const POSITION = /^(?:geo:)?\s*(-?\d+(?:\.\d+)?)°?\s*,\s*(-?\d+(?:\.\d+)?)°?\s*$/;

function later(startTime: unknown, minutes: unknown): string | null {
  const start = typeof startTime === "string" ? Date.parse(startTime) : Number.NaN;
  const offset = Number(minutes ?? Number.NaN);
  return Number.isNaN(start + offset) ? null : new Date(start + 60_000 * offset).toISOString();
}

/** `startTimestamp` or `startTimestampMs`; of a point `timestamp` or `timestampMs`. */
function timeOf(value: unknown, prefix: string): unknown {
  const name = prefix === "" ? "timestamp" : `${prefix}Timestamp`;
  const time = memberCalled(value, name) ?? memberCalled(value, `${name}Ms`);
  // Numbers beside text would not be read as one list.
  return typeof time === "string" && /^\d+$/.test(time)
    ? new Date(Number(time)).toISOString()
    : (time ?? null);
}

function memberCalled(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function isPlaced(value: unknown): boolean {
  return placedIn(value) !== undefined;
}

function placedIn(value: unknown): readonly unknown[] | undefined {
  return new JsonPlaces().placedIn(value)?.position;
}
