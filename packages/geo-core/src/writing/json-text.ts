import type { ColumnValue } from "../trajectories/columns.js";

/** A value as JSON, whose numbers have no bounds: `1e999` is read as Infinity everywhere. */
export function jsonText(value: ColumnValue): string {
  if (value === Number.POSITIVE_INFINITY) return "1e999";
  return value === Number.NEGATIVE_INFINITY ? "-1e999" : JSON.stringify(value);
}
