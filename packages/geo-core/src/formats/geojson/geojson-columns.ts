import { emptyRecord, lookup } from "../../foundation/lookup.js";
import type { ColumnValue, PointColumn } from "../../trajectories/columns.js";
import { LIST_SUFFIX } from "../column-marks.js";
import type { LineTimesInput } from "./geojson-times.js";
import { isObject, type JsonObject } from "./json-object.js";

/** Names of point columns as togeojson writes them. */
const NAMES: Readonly<Record<string, string>> = {
  heart: "heartRate",
  heartRates: "heartRate",
  cads: "cadence",
  atemps: "temperatureCelsius",
  powers: "powerWatts",
};

/** The name under which a column is written so that it is read back as it is. */
export function writtenName(name: string): string {
  const isTaken = name === "times" || name.endsWith(LIST_SUFFIX) || Object.hasOwn(NAMES, name);
  return isTaken ? `${name}${LIST_SUFFIX}` : name;
}

/** A line's values of `coordinateProperties` by name, where they are arrays with a value a position. */
export function pointColumnsOf(line: LineTimesInput): Record<string, PointColumn> {
  const columns = emptyRecord<PointColumn>();
  const inner = line.properties?.coordinateProperties;
  if (!isObject(inner)) return columns;
  for (const [name, value] of Object.entries(inner)) {
    if (name === "times" || !Array.isArray(value)) continue;
    const written = name.endsWith(LIST_SUFFIX)
      ? name.slice(0, -LIST_SUFFIX.length)
      : (lookup(NAMES, name) ?? name);
    const isNested = line.part !== undefined || line.lineCount > 1;
    const values: unknown = isNested ? value[line.index] : value;
    if (Array.isArray(values) && values.length === line.count) columns[written] = toColumn(values);
  }
  return columns;
}

/** Numbers and nulls as a Float64Array, other values as they are. */
export function toColumn(values: readonly unknown[]): PointColumn {
  const isNumeric = values.every((value) => value === null || typeof value === "number");
  if (!isNumeric) return values as readonly ColumnValue[];
  return Float64Array.from(values as readonly (number | null)[], (value) => value ?? Number.NaN);
}

/** A feature's properties without those that hold times and points' values. */
export function propertiesWithout(
  properties: JsonObject | null,
  taken: readonly (string | undefined)[],
): Record<string, ColumnValue> {
  const rest = emptyRecord<ColumnValue>();
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (!taken.includes(name) && value !== undefined) rest[name] = value as ColumnValue;
  }
  return rest;
}
