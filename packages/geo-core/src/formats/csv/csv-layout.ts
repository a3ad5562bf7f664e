import { damage } from "../../reading/ledger.js";
import { isWktPoint } from "../polyline.js";
import { findRoles } from "../roles.js";
import { jsonOf } from "./csv-columns.js";
import type { CsvPointColumns, CsvTrajectoryColumns } from "./csv-options.js";
import type { CsvFields } from "./split-record.js";

/**
 * The columns of a file by the names in its header.
 *
 * @param first the first record behind the header, which tells WKT from JSON
 * @throws {FormatError} names that tell nothing
 */
export function guessColumns(
  file: string,
  names: readonly string[] | undefined,
  first: CsvFields | undefined,
): CsvPointColumns | CsvTrajectoryColumns {
  const known = names ?? [];
  const { x, y, id, time, date, geometry, times } = findRoles(known);
  if (x !== undefined && y !== undefined) {
    return {
      layout: "points",
      x,
      y,
      ...(id === undefined || id === x || id === y ? {} : { id }),
      ...(time === undefined ? {} : { time }),
      ...(date === undefined ? {} : { date }),
    };
  }
  const text = geometry === undefined ? undefined : first?.values[known.indexOf(geometry)];
  if (geometry !== undefined && text !== undefined && isWktPoint(text)) {
    return {
      layout: "points",
      // One column holds both, as WKT.
      x: geometry,
      y: geometry,
      ...(id === undefined || id === geometry ? {} : { id }),
      ...(time === undefined ? {} : { time }),
      ...(date === undefined ? {} : { date }),
    };
  }
  if (geometry !== undefined) {
    return {
      layout: "trajectories",
      polyline: geometry,
      polylineFormat: text !== undefined && Array.isArray(jsonOf(text)) ? "json" : "wkt",
      ...(id === undefined || id === geometry ? {} : { id }),
      ...(times === undefined ? {} : { times }),
    };
  }
  const got = names === undefined ? "no header" : JSON.stringify(names.join(",").slice(0, 80));
  const message = `the header must name longitude and latitude, or a line's geometry (the option columns says which they are), got ${got}`;
  throw damage("missing column", message, { file, line: 1 });
}
