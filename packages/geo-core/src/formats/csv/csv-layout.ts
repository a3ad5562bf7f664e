import { damage } from "../../reading/ledger.js";
import { TIME_COLUMN, TIMES_COLUMN } from "../column-marks.js";
import { isEmptyWkt, isWktPoint } from "../polyline.js";
import { pairOrderOf, parsePositionPair } from "../position-pair.js";
import { rolesOfRow, rolesOfTable } from "../table-roles.js";
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
  const {
    x,
    y,
    xDirection,
    yDirection,
    id,
    date,
    geometry: named,
    ...roles
  } = rolesOfRow(known, (name) => first?.values[known.indexOf(name)]);
  const time = known.includes(TIME_COLUMN) ? TIME_COLUMN : roles.time;
  const times = known.includes(TIMES_COLUMN) ? TIMES_COLUMN : roles.times;
  const geometry =
    named ??
    (x === undefined || y === undefined
      ? (geometryByValue(known, first) ?? pairByName(known, first))
      : undefined);
  if (x !== undefined && y !== undefined) {
    return {
      layout: "points",
      x,
      y,
      ...(id === undefined || id === x || id === y ? {} : { id }),
      ...(time === undefined ? {} : { time }),
      ...(date === undefined ? {} : { date }),
      ...directions(known, first, { x, y, xDirection, yDirection }),
    };
  }
  const text = geometry === undefined ? undefined : first?.values[known.indexOf(geometry)];
  if (geometry !== undefined && text !== undefined && (isWktPoint(text) || isPair(geometry, text))) {
    return {
      layout: "points",
      // One column holds both, as WKT or a pair.
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
      ...(id === undefined || id === geometry ? {} : { id }),
      ...(times === undefined ? {} : { times }),
    };
  }
  const got = names === undefined ? "no header" : JSON.stringify(names.join(",").slice(0, 80));
  const message = `the header must name longitude and latitude, or a line's geometry (the option columns says which they are, skipLines leaves out lines before the header), got ${got}`;
  throw damage("missing column", message, { file, line: 1 });
}

/** Whether a record's geometry is empty, in a table whose places are geometries by their column's name. */
export function hasNoGeometry(names: readonly string[] | undefined, { values }: CsvFields): boolean {
  const { x, y, geometry } = rolesOfTable(names ?? []);
  if (geometry === undefined || (x !== undefined && y !== undefined)) return false;
  const text = values[names!.indexOf(geometry)] ?? "";
  return text === "" || isEmptyWkt(text);
}

/** The only column whose first value is a line or point; undefined where there is none, or several. */
function geometryByValue(names: readonly string[], first: CsvFields | undefined): string | undefined {
  const found = names.filter((_, i) =>
    /^\s*(SRID=\d+;\s*)?((MULTI)?LINESTRING|POINT)\b|^\s*\[\s*\[/i.test(first?.values[i] ?? ""),
  );
  return found.length === 1 ? found[0] : undefined;
}

/** The only column whose name says that it holds a pair of numbers, and whose first value is one. */
function pairByName(names: readonly string[], first: CsvFields | undefined): string | undefined {
  const found = names.filter((name, i) => isPair(name, first?.values[i] ?? ""));
  return found.length === 1 ? found[0] : undefined;
}

function isPair(name: string, text: string): boolean {
  const order = pairOrderOf(name);
  return order !== undefined && parsePositionPair(text, order) !== undefined;
}

/** Columns of N or S and E or W: by their names, or without a name right behind the number. */
function directions(
  names: readonly string[],
  first: CsvFields | undefined,
  { x, y, xDirection, yDirection }: Record<"x" | "y" | "xDirection" | "yDirection", string | undefined>,
): Pick<CsvPointColumns, "xDirection" | "yDirection"> {
  const behind = (name: string | undefined, letters: RegExp): number | undefined => {
    const index = names.indexOf(name!) + 1;
    return names[index] === "" && letters.test(first?.values[index] ?? "") ? index : undefined;
  };
  const east = xDirection ?? behind(x, /^[EW]$/i);
  const north = yDirection ?? behind(y, /^[NS]$/i);
  return {
    ...(east === undefined ? {} : { xDirection: east }),
    ...(north === undefined ? {} : { yDirection: north }),
  };
}
