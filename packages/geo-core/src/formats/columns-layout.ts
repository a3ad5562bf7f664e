import { checkOptions } from "../foundation/check-options.js";
import { ValueError } from "../foundation/errors.js";
import { checkOneOf } from "../foundation/validate.js";

/** The names that the option `columns` may have by layout, the one of whole lines first. */
export interface ColumnNames {
  readonly points: readonly string[];
  readonly trajectories: readonly [line: string, ...others: string[]];
}

/**
 * Whether every row is a point, by what the option `columns` says or by the columns that it names: x and y are of points, a line is of a
 * trajectory.
 *
 * @throws {ValueError} neither, or both; a name that the layout does not know
 */
export function isPointColumns<Columns extends object>(
  where: string,
  columns: Columns,
  names: ColumnNames,
): columns is Extract<Columns, { readonly layout?: "points" }> {
  const [line] = names.trajectories;
  const known: readonly string[] = ["layout", ...names.points, ...names.trajectories];
  checkOptions(`${where}: columns`, columns, known as readonly never[]);
  const { layout, ...named } = columns as { readonly layout?: unknown };
  if (layout !== undefined) checkOneOf(where, "columns.layout", layout as string, ["points", "trajectories"]);
  const given = Object.entries(named).flatMap(([name, column]) => (column === undefined ? [] : [name]));
  const namesPoint = given.includes("x") || given.includes("y");
  if (layout === undefined && namesPoint === given.includes(line)) {
    throw new ValueError(
      `${where}: columns must name x and y where a row is a point, or ${line} where a row is a trajectory (layout: "points" or "trajectories" says which), got ${given.join(", ") || "none"}`,
    );
  }
  const found = (layout as keyof ColumnNames | undefined) ?? (namesPoint ? "points" : "trajectories");
  checkOptions(`${where}: columns of ${found}`, named, names[found] as readonly never[]);
  return found === "points";
}

/** @throws {ValueError} a column that must be named is not */
export function requireColumn(where: string, name: string, column: unknown): void {
  if (column === undefined) throw new ValueError(`${where}: columns.${name} must name a column, got none`);
}
