import { ValueError } from "../foundation/errors.js";
import { checkIds, checkNames, checkValues } from "../trajectories/check-columns.js";
import type { PointColumn, PropertyColumn } from "../trajectories/columns.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";

/**
 * Checks what no format can hold: sets made without checks may have empty ids, or values that are not JSON.
 *
 * @param where the writer
 * @throws {ValueError} naming the id or column
 */
export function checkWritable(where: string, { ids, pointColumns, properties }: TrajectorySet): void {
  if (ids !== undefined) checkIds(where, ids);
  checkNames(where, pointColumns, properties);
  checkValues(where, "pointColumns", pointColumns);
  checkValues(where, "properties", properties);
}

/** Checks further columns that a format writes as JSON, which has no infinite numbers. */
export function checkFiniteColumns(
  where: string,
  format: string,
  kind: "pointColumns" | "properties",
  columns: Readonly<Record<string, PointColumn | PropertyColumn>>,
): void {
  for (const [name, column] of Object.entries(columns)) {
    for (let i = 0; i < column.length; i++) {
      const value = column[i];
      if (value !== Number.POSITIVE_INFINITY && value !== Number.NEGATIVE_INFINITY) continue;
      throw new ValueError(
        `${where}: ${kind}.${name}[${i}] must be finite to be ${format} (CSV and GPX hold it), got ${value}`,
      );
    }
  }
}
