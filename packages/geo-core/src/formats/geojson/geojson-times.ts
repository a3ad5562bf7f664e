import { describeJson } from "../../foundation/describe-json.js";
import type { TimeFormatOptions, TimeOptions } from "../../reading/options.js";
import { TimeValues } from "../../reading/time-values.js";
import type { Fail } from "./geojson-geometry.js";
import type { GeoJsonTimes } from "./geojson-options.js";
import { isObject, type JsonObject, ownMember } from "./json-object.js";

/** What is known of the line whose times are to be read. */
export interface LineTimesInput {
  /** The public function, for messages. */
  readonly caller: string;
  readonly properties: JsonObject | null;
  /** The 4th coordinates; undefined where absent. */
  readonly fourth: readonly unknown[];
  /** Positions of the line. */
  readonly count: number;
  /** Index within a MultiLineString; undefined for a LineString. */
  readonly part: number | undefined;
  /** Index within the feature, of `lineCount` lines. */
  readonly index: number;
  readonly lineCount: number;
  /** The unit that the feature names for its times, as our own writer does. */
  readonly unit: unknown;
}

export interface LineTimes {
  /** NaN for a position without time. */
  readonly timesMs: Float64Array;
  /** The property that held them; undefined for the 4th coordinate. */
  readonly property: string | undefined;
}

/** Parallel arrays that `"auto"` recognises, in this order. */
const PARALLEL_NAMES = ["coordTimes", "timesMs", "times", "timestamps"];
/** Of these, an array of the wrong length is an error; of the others, it is something else. */
const CERTAIN_NAMES = ["coordTimes", "coordinateProperties.times", "timesMs"];

/**
 * The times of one line, or undefined where it has none.
 *
 * @param fail throws the FormatError of its message
 * @param broken told of a time that cannot be read; it may throw, else the position stays without time
 */
export function readTimes(
  line: LineTimesInput,
  timesFrom: GeoJsonTimes,
  options: TimeFormatOptions & Pick<TimeOptions, "timeRange">,
  fail: Fail,
  broken: (problem: string) => void,
): LineTimes | undefined {
  if (timesFrom === "none") return undefined;
  if (timesFrom === "fourthCoordinate") return fromFourth(line, options, true, broken);
  const names =
    timesFrom === "auto" ? PARALLEL_NAMES : [timesFrom === "coordTimes" ? timesFrom : timesFrom.property];
  const found = findParallel(line, names, timesFrom === "auto");
  if (found !== undefined) return fromParallel(found.name, found.value, line, options, broken);
  if (timesFrom === "auto") return fromFourth(line, options, false, broken);
  return fail(`must have a property ${names[0]} with its times, got none`);
}

function findParallel(
  line: LineTimesInput,
  names: readonly string[],
  isGuess: boolean,
): { name: string; value: unknown } | undefined {
  const { properties } = line;
  if (properties === null) return undefined;
  if (isGuess && properties.coordTimes === null) return undefined; // no property holds times
  for (const name of names) {
    const value = ownMember(properties, name);
    if (value !== undefined && value !== null && (!isGuess || isTimes(name, value, line)))
      return { name, value };
    // What togeojson writes since its version 5.
    const inner = properties.coordinateProperties;
    if (name === "coordTimes" && isObject(inner) && inner.times !== undefined) {
      return { name: "coordinateProperties.times", value: inner.times };
    }
  }
  return undefined;
}

/** Whether a property may be the times of a feature's positions, and not something that only has the name. */
function isTimes(name: string, value: unknown, line: LineTimesInput): boolean {
  if (!Array.isArray(value)) return false;
  if (CERTAIN_NAMES.includes(name)) return true;
  return Array.isArray(value[0]) ? value.length === line.lineCount : value.length === line.count;
}

function fromParallel(
  name: string,
  value: unknown,
  line: LineTimesInput,
  options: TimeFormatOptions & Pick<TimeOptions, "timeRange">,
  broken: (problem: string) => void,
): LineTimes | undefined {
  let times: unknown = value;
  // A feature of several lines nests one array a line.
  const isNested = Array.isArray(value) && Array.isArray(value[0]);
  if (line.part !== undefined || line.lineCount > 1 || isNested) {
    if (!Array.isArray(value) || value.length !== line.lineCount) {
      const got = Array.isArray(value) ? value.length : typeof value;
      broken(`${name} must hold one array a line (${line.lineCount}), got ${got}`);
      return undefined;
    }
    times = value[line.index];
  }
  if (!Array.isArray(times) || times.length !== line.count) {
    const got = Array.isArray(times) ? times.length : typeof times;
    broken(`${name} must hold one time a position (${line.count}), got ${got}`);
    return undefined;
  }
  const isOurs = name === "timesMs" && line.unit === "milliseconds" && options.timeUnit === undefined;
  const reader = new TimeValues(line.caller, options, name, isOurs);
  const timesMs = Float64Array.from(times, (time: unknown, i) => {
    const ms = time === null || time === "" ? Number.NaN : reader.of(time);
    if (Number.isNaN(ms) && time !== null && time !== "") {
      broken(`${name}[${i}] must be a number or an ISO 8601 time, got ${describeJson(time)}${reader.doubt}`);
    }
    return ms;
  });
  return { timesMs, property: name.split(".")[0] };
}

function fromFourth(
  { fourth, count, unit, caller }: LineTimesInput,
  options: TimeFormatOptions & Pick<TimeOptions, "timeRange">,
  required: boolean,
  broken: (problem: string) => void,
): LineTimes | undefined {
  if (fourth.length === 0 && !required) return undefined;
  const named = unit === "milliseconds" && options.timeUnit === undefined;
  const reader = new TimeValues(caller, options, "", named);
  const timesMs = new Float64Array(count).fill(Number.NaN);
  for (let i = 0; i < count; i++) {
    const time = fourth[i];
    if (time !== undefined) timesMs[i] = reader.of(time);
    if (time !== undefined && Number.isNaN(timesMs[i])) {
      broken(
        `position ${i}'s 4th coordinate must be a number or an ISO 8601 time, got ${describeJson(time)}${reader.doubt}`,
      );
    } else if (time === undefined && required) {
      broken(`position ${i} must have a time as its 4th coordinate, got none`);
    }
  }
  return { timesMs, property: undefined };
}
