import { checkOptions } from "../foundation/check-options.js";
import { ValueError } from "../foundation/errors.js";
import { checkOneOf } from "../foundation/validate.js";

/** Whether a table's row is a point or a whole trajectory. */
export type RowLayout = "points" | "trajectories";

/** The names that the option `columns` may have by layout, the one of whole lines first. */
export interface ColumnNames {
  readonly points: readonly string[];
  readonly trajectories: readonly [line: string, ...others: string[]];
}

/**
 * What the option `columns` says of the rows, or what the columns that it names tell: x and y are of points, a line is of a trajectory.
 *
 * @throws {ValueError} neither, or both; a name that the layout does not know; one of x and y without the other
 */
export function layoutOf(where: string, columns: object, names: ColumnNames): RowLayout {
  const [line] = names.trajectories;
  const known: readonly string[] = ["layout", ...names.points, ...names.trajectories];
  checkOptions(`${where}: columns`, columns, known as readonly never[]);
  const { layout, ...named } = columns as { readonly layout?: unknown };
  if (layout !== undefined) checkOneOf(where, "columns.layout", layout as string, ["points", "trajectories"]);
  const given = Object.entries(named).flatMap(([name, column]) => (column === undefined ? [] : [name]));
  const isPoints = given.includes("x") || given.includes("y");
  if (layout === undefined && isPoints === given.includes(line)) {
    throw new ValueError(
      `${where}: columns must name x and y where a row is a point, or ${line} where a row is a trajectory (layout: "points" or "trajectories" says which), got ${given.join(", ") || "none"}`,
    );
  }
  const found = (layout as RowLayout | undefined) ?? (isPoints ? "points" : "trajectories");
  checkOptions(`${where}: columns of ${found}`, named, names[found] as readonly never[]);
  return found;
}

/** @throws {ValueError} a column that must be named is not */
export function requireColumn(where: string, name: string, column: unknown): void {
  if (column === undefined) throw new ValueError(`${where}: columns.${name} must name a column, got none`);
}
