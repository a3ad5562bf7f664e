import type { Roles } from "../roles.js";
import { rolesOfRow, rolesOfTable } from "../table-roles.js";

/** The roles of members by their names, as those of a table's columns; OwnTracks calls its times `tst` and its trackers `tid`. */
export function jsonRolesOf(names: readonly string[], cellOf?: (name: string) => unknown): Roles {
  const roles = cellOf === undefined ? rolesOfTable(names) : rolesOfRow(names, cellOf);
  const time = names.includes("tst") ? { time: "tst", date: undefined } : {};
  return { ...roles, ...time, id: roles.id ?? names.find((name) => name === "tid") };
}
