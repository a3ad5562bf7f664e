import { quoted } from "../../reading/bytes.js";
import { damage } from "../../reading/ledger.js";
import { isPointColumns } from "../columns-layout.js";
import { rolesOfTable } from "../table-roles.js";
import type { ParquetField } from "./parquet-file.js";
import { PARQUET_COLUMN_NAMES, type ParquetOptions } from "./parquet-options.js";

/** Which columns of a file hold what. */
export interface ParquetLayout {
  /** Undefined where a geometry holds the position. */
  readonly x: string | undefined;
  readonly y: string | undefined;
  /** Columns of E and W, N and S. */
  readonly xDirection: string | undefined;
  readonly yDirection: string | undefined;
  readonly geometry: string | undefined;
  readonly id: string | undefined;
  /** A point's time, where rows are points. */
  readonly time: string | undefined;
  /** The date, where `time` holds only the time of day. */
  readonly date: string | undefined;
  /** A list of times, where rows are lines. */
  readonly times: string | undefined;
  readonly others: readonly string[];
  /** Of `others`, those that hold JSON. */
  readonly json: ReadonlySet<string>;
  /** The coordinate system that the file names: undefined for none, null for an unknown one. */
  readonly crs: unknown;
  /** Whether our own writer made the file, whose numbers are milliseconds. */
  readonly isOurs: boolean;
}

/**
 * The columns to read: those that the options name, else those that their names and the metadata tell.
 *
 * @throws {FormatError} a column that is not there, or names that tell nothing
 */
export function layoutOf(
  file: string,
  fields: readonly ParquetField[],
  geo: unknown,
  options: ParquetOptions,
  isOurs: boolean,
): ParquetLayout {
  const names = fields.map(({ name }) => name);
  const chosen =
    options.columns === undefined ? guess(file, fields, geo, isOurs) : told(options.columns, fields, geo);
  const wanted = [
    chosen.x,
    chosen.y,
    chosen.geometry,
    chosen.id,
    chosen.time,
    chosen.times,
    chosen.xDirection,
    chosen.yDirection,
    chosen.date,
    ...(options.attributes ?? []),
  ];
  for (const column of wanted) {
    if (column === undefined || names.includes(column)) continue;
    const message = `the columns must include ${quoted(column)}, got ${quoted(names.join(","))}`;
    throw damage("missing column", message, { file });
  }
  // What a GeoParquet covering says follows from the geometry.
  const coverings = coveringColumns(geo);
  const others = names.filter((name) => !wanted.slice(0, 9).includes(name) && !coverings.has(name));
  const json = new Set(fields.filter(({ isJson }) => isJson).map(({ name }) => name));
  const { geometry } = chosen;
  const crs = geometry === undefined ? undefined : crsOf(fields, geo, geometry);
  return { ...chosen, others, json, crs, isOurs };
}

type Chosen = Pick<
  ParquetLayout,
  "x" | "y" | "xDirection" | "yDirection" | "geometry" | "id" | "time" | "date" | "times"
>;

const NO_POINT = { x: undefined, y: undefined, xDirection: undefined, yDirection: undefined };

function told(
  columns: NonNullable<ParquetOptions["columns"]>,
  fields: readonly ParquetField[],
  geo: unknown,
): Chosen {
  if (isPointColumns("readParquet", columns, PARQUET_COLUMN_NAMES)) {
    const { x, y, xDirection, yDirection, id, time, date } = columns;
    const isGeometry = y === undefined;
    return {
      x: isGeometry ? undefined : x,
      y,
      xDirection,
      yDirection,
      geometry: isGeometry ? x : undefined,
      id,
      time,
      date,
      times: undefined,
    };
  }
  const geometry =
    columns.geometry ?? primaryOf(geo) ?? fields.find((field) => field.isGeometry)?.name ?? "geometry";
  return { ...NO_POINT, geometry, id: columns.id, time: undefined, date: undefined, times: columns.times };
}

function guess(file: string, fields: readonly ParquetField[], geo: unknown, isOurs: boolean): Chosen {
  const names = fields.map(({ name }) => name);
  const found = rolesOfTable(names);
  // Our own times are moments, and a date beside them is a further column.
  const roles = isOurs ? { ...found, date: undefined } : found;
  const geometry = primaryOf(geo) ?? fields.find((field) => field.isGeometry)?.name;
  if (geometry === undefined && roles.x !== undefined && roles.y !== undefined) {
    const { x, y, xDirection, yDirection, id, time, date } = roles;
    return { x, y, xDirection, yDirection, geometry: undefined, id, time, date, times: undefined };
  }
  const line = geometry ?? roles.geometry;
  if (line !== undefined) {
    const { id, time, date, times } = roles;
    return { ...NO_POINT, geometry: line, id, time, date, times };
  }
  const message = `the columns must name longitude and latitude, or a geometry (the option columns says which they are), got ${quoted(names.join(","))}`;
  throw damage("missing column", message, { file });
}

function primaryOf(geo: unknown): string | undefined {
  const { primary_column: primary } = asObject(geo);
  return typeof primary === "string" ? primary : undefined;
}

function crsOf(fields: readonly ParquetField[], geo: unknown, geometry: string): unknown {
  const described = asObject(asObject(asObject(geo).columns)[geometry]);
  if ("crs" in described) return described.crs;
  return fields.find(({ name }) => name === geometry)?.crs;
}

function coveringColumns(geo: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  for (const column of Object.values(asObject(asObject(geo).columns))) {
    const covering = asObject(asObject(asObject(column).covering).bbox);
    for (const path of Object.values(covering)) if (Array.isArray(path)) found.add(String(path[0]));
  }
  return found;
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
