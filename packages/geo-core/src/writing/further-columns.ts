import { isMarked, TIME_COLUMN, TIMES_COLUMN } from "../formats/column-marks.js";
import { findRoles } from "../formats/roles.js";
import { isFloat64Array } from "../foundation/realms.js";
import type { ColumnValue, PointColumn, PropertyColumn } from "../trajectories/columns.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";

/**
 * Which of the names of further columns would be taken for one of the format's own by a reader, or for a mark, so that
 * they must be marked as JSON.
 *
 * @param own the names of the format's own columns
 */
export function namesToMark(own: readonly string[], names: readonly string[]): ReadonlySet<string> {
  const intended = JSON.stringify(findRoles(own));
  return new Set(
    names.filter((name) => {
      if (own.includes(name) || name !== name.trim() || name === "" || /[\r\n"#]/.test(name)) return true;
      if (isMarked(name) || name === TIME_COLUMN || name === TIMES_COLUMN) return true;
      return JSON.stringify(findRoles([...own, name])) !== intended;
    }),
  );
}

/** What kind of values a column holds; `mixed` for several, or lists and objects. */
export type ColumnKind = "number" | "string" | "boolean" | "mixed" | "empty";

export function kindOf(column: PointColumn | PropertyColumn): ColumnKind {
  if (isFloat64Array(column)) return "number";
  let kind: ColumnKind = "empty";
  for (const value of column) {
    if (value === null) continue;
    const own = typeof value;
    if (own !== "number" && own !== "string" && own !== "boolean") return "mixed";
    if (kind !== "empty" && kind !== own) return "mixed";
    kind = own;
  }
  return kind;
}

/** The value at an index, with null for NaN. */
export function valueAt(column: PointColumn, index: number): ColumnValue {
  const value = column[index]!;
  return typeof value === "number" && Number.isNaN(value) ? null : value;
}

/** The heights that a format has a place of its own for; undefined where the set has none. */
export function elevationsOf(set: TrajectorySet): Float64Array | undefined {
  const column = set.pointColumns.elevationMeters;
  return isFloat64Array(column) ? column : undefined;
}

/** Whether any value from `start` up to, not including, `end` is there. */
export function hasValues(column: Float64Array | undefined, start: number, end: number): boolean {
  if (column === undefined) return false;
  for (let i = start; i < end; i++) if (!Number.isNaN(column[i])) return true;
  return false;
}
