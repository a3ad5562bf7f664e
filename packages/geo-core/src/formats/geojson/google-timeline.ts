import { parsePositionPair } from "../position-pair.js";
import { isObject, type JsonObject } from "./json-object.js";
import { placedIn } from "./json-places.js";

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
    // What has a list of its own is another program's.
    if (Object.values(value).some(Array.isArray)) return undefined;
    const other = ["visit", "activity", "timelineMemory"].find((name) => isObject(value[name]));
    return other === undefined ? undefined : { other };
  }
  const names = Object.keys(value);
  const isSignal = names.length === 1 && ["position", "wifiScan", "activityRecord"].includes(names[0]!);
  const isPlaced =
    memberCalled(value.position, "LatLng") === undefined && placedIn(value.position) !== undefined;
  return isSignal && !isPlaced ? { other: "raw signal" } : undefined;
}

function pathOf({ startTime, endTime }: JsonObject, path: readonly unknown[]): TimelineSegment {
  // What is no object has no position, which the geometry's reader tells.
  const points = path.map((point) => (isObject(point) ? point : {}));
  return lineOf(
    points.map(({ point }) => positionOf(point) ?? point ?? null),
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
    ...endOf(startLocation, start),
    ...(inner ?? []).map((place) => ({
      position: placedIn(place)?.position ?? null,
      time: timeOf(place, ""),
    })),
    ...endOf(endLocation, end),
  ];
  if (way.length === 0) return { other: "activity" };
  return lineOf(
    way.map(({ position }) => position),
    way.map(({ time }) => time),
    { startTime: start, endTime: end, ...others },
  );
}

/** A way's start or end; an activity need not tell it. */
function endOf(
  place: unknown,
  time: unknown,
): { readonly position: readonly unknown[]; readonly time: unknown }[] {
  const placed = placedIn(place);
  return placed === undefined ? [] : [{ position: placed.position, time }];
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
function positionOf(text: unknown): readonly unknown[] | undefined {
  if (typeof text !== "string") return undefined;
  return parsePositionPair(text.replace(/^geo:/, ""), "latitude first");
}

function later(startTime: unknown, minutes: unknown): string | null {
  const start = typeof startTime === "string" ? Date.parse(startTime) : Number.NaN;
  return isoOf(start + 60_000 * Number(minutes ?? Number.NaN)) ?? null;
}

/** Undefined for what is no time that a date can be. */
function isoOf(ms: number): string | undefined {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** `startTimestamp` or `startTimestampMs`; of a point `timestamp` or `timestampMs`. */
function timeOf(value: unknown, prefix: string): unknown {
  const name = prefix === "" ? "timestamp" : `${prefix}Timestamp`;
  const time = memberCalled(value, name) ?? memberCalled(value, `${name}Ms`);
  // Numbers beside text would not be read as one list.
  const iso = typeof time === "string" && /^\d+$/.test(time) ? isoOf(Number(time)) : undefined;
  return iso ?? time ?? null;
}

function memberCalled(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}
