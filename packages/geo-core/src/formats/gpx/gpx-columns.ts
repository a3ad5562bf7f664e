import { lookup } from "../../foundation/lookup.js";
import type { ColumnValue } from "../../trajectories/columns.js";

/** The namespace of the elements that hold what GPX has no place for. */
export const WAYWEAVE_NAMESPACE = "https://wayweave.dev/gpx/1";

/** Our own extension elements: a value of a point, of a track, and a track's id. */
export const COLUMN = "wayweaveColumn";
export const PROPERTY = "wayweaveProperty";
export const ID = "wayweaveId";
/** Says that the track's name is its id, written for other programs, and no property. */
export const UNNAMED = "wayweaveUnnamed";

/** Names that a device's extension must not give a meaning of GPX's own. */
export const OWN_NAMESPACE_NAMES: ReadonlySet<string> = new Set([
  "gpx",
  "trk",
  "trkseg",
  "trkpt",
  "rte",
  "rtept",
  "wpt",
  "time",
  "lat",
  "lon",
  "id",
  "name",
  "extensions",
]);

/** What elements of GPX and of the usual extensions are called as columns. */
const NAMES: Readonly<Record<string, string>> = {
  ele: "elevationMeters",
  hr: "heartRate",
  heartrate: "heartRate",
  HeartRate: "heartRate",
  cad: "cadence",
  Cadence: "cadence",
  atemp: "temperatureCelsius",
  Temperature: "temperatureCelsius",
  wtemp: "waterTemperatureCelsius",
  power: "powerWatts",
  PowerInWatts: "powerWatts",
};

export function columnName(element: string): string {
  return lookup(NAMES, element) ?? element;
}

/** The name of a column that one of our own elements holds. */
export function nameOf(attribute: string | undefined): string | undefined {
  try {
    return attribute === undefined ? undefined : decodeURIComponent(attribute);
  } catch {
    return undefined;
  }
}

/** A value written in one of our own elements as JSON; undefined where it is none. */
export function jsonValue(text: string | undefined): ColumnValue | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as ColumnValue);
  } catch {
    return undefined;
  }
}

/** Our own element for a point's milliseconds, where readers would not believe GPX's `time` or it could not hold them. */
export const TIME = "wayweaveTime";
