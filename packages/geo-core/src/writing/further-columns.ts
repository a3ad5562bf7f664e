import { isMarked, TIME_COLUMN, TIMES_COLUMN } from "../formats/column-marks.js";
import type { Roles } from "../formats/roles.js";
import { rolesOfTable, sequenceOf } from "../formats/table-roles.js";
import { isFloat64Array } from "../foundation/realms.js";
import type { ColumnValue, PointColumn, PropertyColumn } from "../trajectories/columns.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";

/** A table's own columns as they are named in it, and which of its further columns are marked. */
export interface TableNames {
  /** By the names that they have as a rule: `{ id: "trajectory_id" }`. */
  readonly own: Readonly<Record<string, string>>;
  /** The names of further columns that a reader would take for one of the table's own, or for a mark. */
  readonly marked: ReadonlySet<string>;
}

/** The names that readers take for a role before all others, by those that a table's own columns have as a rule. */
const STRONGEST: readonly Readonly<Record<string, string>>[] = [
  { id: "trajectory_id" },
  { lon: "longitude", lat: "latitude" },
  { time: "timestamp" },
  { polyline: "geometry" },
];

/**
 * Names a table's columns so that a reader finds its own ones among them. Where a further column is called as one of a role, such as
 * `vehicle`, the table's own column of that role gets a name that goes before it; what is left is marked as JSON.
 *
 * @param own the names of the table's own columns
 * @param names those of its further columns
 * @param rolesRead which of the roles that names tell the table's reader looks at
 */
export function namesOfTable(
  own: readonly string[],
  names: readonly string[],
  rolesRead: (roles: Roles) => unknown,
): TableNames {
  let best: TableNames = { own: named(own, {}), marked: namesToMark(own, names, rolesRead) };
  for (const stronger of STRONGEST) {
    if (best.marked.size === 0) break;
    const renamed = named(own, { ...best.own, ...stronger });
    const marked = namesToMark(Object.values(renamed), names, rolesRead);
    if (marked.size < best.marked.size) best = { own: renamed, marked };
  }
  return best;
}

function named(
  own: readonly string[],
  others: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(own.map((name) => [name, others[name] ?? name]));
}

/** Those of the names that change what a reader takes for what, beside the names before them. */
function namesToMark(
  own: readonly string[],
  names: readonly string[],
  rolesRead: (roles: Roles) => unknown,
): ReadonlySet<string> {
  const roles = rolesOfTable(own);
  const intended = JSON.stringify(rolesRead(roles));
  const isOrdered = roles.time === undefined && roles.geometry === undefined;
  const plain = [...own];
  return new Set(
    names.filter((name) => {
      if (own.includes(name) || name !== name.trim() || name === "" || /[\r\n"#]/.test(name)) return true;
      if (isMarked(name) || name === TIME_COLUMN || name === TIMES_COLUMN) return true;
      if (JSON.stringify(rolesRead(rolesOfTable([...plain, name]))) !== intended) return true;
      // A reader would put points without times in this order.
      if (isOrdered && sequenceOf([name]) !== undefined) return true;
      plain.push(name);
      return false;
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
