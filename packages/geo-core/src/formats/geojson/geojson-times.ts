import { describeJson } from "../../foundation/describe-json.js";
import { parseIsoTime } from "../iso-time.js";

/** Where a GeoJSON feature keeps its times; see GeoJsonReadOptions. */
export type GeoJsonTimes =
  | "auto"
  | "coordTimes"
  | "fourthCoordinate"
  | "none"
  | { readonly property: string };

export type JsonObject = { readonly [name: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is known of the line whose times are to be read. */
export interface LineTimesInput {
  readonly properties: JsonObject | null;
  /** The 4th coordinates, NaN where absent. */
  readonly fourth: Float64Array;
  /** Positions of the line. */
  readonly count: number;
  /** Index within a MultiLineString; undefined for a LineString. */
  readonly part: number | undefined;
  /** Index within the feature, of `lineCount` lines. */
  readonly index: number;
  readonly lineCount: number;
}

/** Parallel arrays that `"auto"` recognises, in this order. */
const PARALLEL_NAMES = ["coordTimes", "times", "timesMs", "timestamps"];

/**
 * The times of one line in milliseconds, or undefined where it has none.
 *
 * @param fail throws the FormatError of its message
 */
export function readTimes(
  line: LineTimesInput,
  options: { readonly times?: GeoJsonTimes; readonly timeUnit?: "milliseconds" | "seconds" },
  fail: (problem: string) => never,
): Float64Array | undefined {
  const { times = "auto" } = options;
  const factor = options.timeUnit === "seconds" ? 1000 : 1;
  if (times === "none") return undefined;
  if (times === "fourthCoordinate") return fromFourth(line, factor, true, fail);
  if (times === "auto") {
    const found = findParallel(line.properties);
    if (found === undefined) return fromFourth(line, factor, false, fail);
    return fromParallel(found.name, found.value, line, factor, fail);
  }
  const name = times === "coordTimes" ? times : times.property;
  const found =
    name === "coordTimes"
      ? findParallel(line.properties, ["coordTimes"])
      : findParallel(line.properties, [name]);
  if (found === undefined) return fail(`must have a property ${name} with its times, got none`);
  return fromParallel(found.name, found.value, line, factor, fail);
}

function findParallel(
  properties: JsonObject | null,
  names: readonly string[] = PARALLEL_NAMES,
): { name: string; value: unknown } | undefined {
  if (properties === null) return undefined;
  for (const name of names) {
    const value = properties[name];
    if (value !== undefined && value !== null) return { name, value };
    // What togeojson writes since its version 5.
    const inner = properties.coordinateProperties;
    if (name === "coordTimes" && isObject(inner) && inner.times !== undefined) {
      return { name: "coordinateProperties.times", value: inner.times };
    }
  }
  return undefined;
}

function fromParallel(
  name: string,
  value: unknown,
  line: LineTimesInput,
  factor: number,
  fail: (problem: string) => never,
): Float64Array {
  let times: unknown = value;
  // A feature of several lines nests one array a line.
  const isNested = Array.isArray(value) && Array.isArray(value[0]);
  if (line.part !== undefined || line.lineCount > 1 || isNested) {
    if (!Array.isArray(value) || value.length !== line.lineCount) {
      const got = Array.isArray(value) ? value.length : typeof value;
      return fail(`${name} must hold one array a line (${line.lineCount}), got ${got}`);
    }
    times = value[line.index];
  }
  if (!Array.isArray(times) || times.length !== line.count) {
    const got = Array.isArray(times) ? times.length : typeof times;
    return fail(`${name} must hold one time a position (${line.count}), got ${got}`);
  }
  return Float64Array.from(times, (time: unknown, i) => {
    const ms =
      typeof time === "number" ? time * factor : typeof time === "string" ? parseIsoTime(time) : Number.NaN;
    if (!Number.isFinite(ms)) {
      return fail(`${name}[${i}] must be a number or an ISO 8601 time, got ${describeJson(time)}`);
    }
    return ms;
  });
}

function fromFourth(
  line: LineTimesInput,
  factor: number,
  required: boolean,
  fail: (problem: string) => never,
): Float64Array | undefined {
  const { fourth } = line;
  const missing = fourth.findIndex(Number.isNaN);
  if (missing === -1) return fourth.map((time) => time * factor);
  const hasSome = fourth.some((time) => !Number.isNaN(time));
  if (hasSome || required)
    return fail(`position ${missing} must have a time as its 4th coordinate, got none`);
  return undefined;
}
