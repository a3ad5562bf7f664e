import { basename, relative, sep } from "node:path";
import { FormatError, type Position, ValueError } from "@wayweave/geo-core";
import Papa from "papaparse";
import type { Attributes } from "../search/where.js";
import { readText, sameName, tell } from "./read-text.js";

/** A row of the table. */
export interface TableRow {
  readonly line: number;
  /** Why the photo is not indexed: its place is none. */
  readonly fault?: string;
  readonly text?: string;
  readonly position?: Position;
  readonly attributes: Attributes;
}

/** Names of columns by what they hold, in lower case; all others are attributes. */
const roles = {
  file: ["file"],
  text: ["text"],
  lon: ["lon", "longitude", "lng", "long"],
  lat: ["lat", "latitude"],
} as const;
type Role = keyof typeof roles;

/** Which columns hold what, by their numbers. */
interface Columns {
  readonly roles: Readonly<Partial<Record<Role, number>>>;
  readonly attributes: readonly { readonly name: string; readonly at: number }[];
}

interface Line {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * A table of photos, a row each.
 *
 * @throws {ValueError} a file that cannot be read
 * @throws {FormatError} no table, or two rows for one photo; names the line
 */
export async function readTable(path: string): Promise<Map<string, TableRow>> {
  const text = await readText(path).catch((cause: Error) => {
    throw new ValueError(`--table must be a file that can be read, got ${path} (${cause.message})`, {
      cause,
    });
  });
  const file = basename(path);
  const [header, ...lines] = linesOf(text, file);
  const columns = columnsOf(header?.cells ?? [], { file, line: header?.line ?? 1 });
  const readers = columns.attributes.map(({ name, at }) => {
    const values = lines
      .map(({ cells, line }) => ({ value: cells[at]!, line }))
      .filter(({ value }) => value !== "");
    tellMixed(file, name, values);
    return { name, at, read: valueReader(values.map(({ value }) => value)) };
  });
  const rows = new Map<string, TableRow>();
  for (const { cells, line } of lines) {
    const given = cells[columns.roles.file!]!;
    const name = given === "" ? "" : sameName(relative(".", given).split(sep).join("/"));
    if (name === "") throw new FormatError("file must name a photo, got nothing", { file, line });
    const earlier = rows.get(name)?.line;
    if (earlier !== undefined) {
      throw new FormatError(`a photo must have one row, got ${name} in line ${earlier} too`, { file, line });
    }
    const attributes = readers
      // An empty cell is a missing value.
      .filter(({ at }) => cells[at] !== "")
      .map(({ name, at, read }) => [name, read(cells[at]!)]);
    rows.set(name, { ...rowOf(cells, columns.roles), line, attributes: Object.fromEntries(attributes) });
  }
  if (rows.size === 0) tell(`${file} has no rows`);
  tellPlaces(file, header!.cells, columns, rows);
  return rows;
}

/** The lines that are not empty, with their numbers; cells without the spaces around them. */
function linesOf(text: string, file: string): Line[] {
  const { data, errors } = Papa.parse<string[]>(text, { header: false });
  let next = 1;
  const lines = data.map((cells) => {
    const line = next;
    // A cell in quotes may have several lines.
    next += 1 + cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
    return { line, cells: cells.map((cell) => cell.trim()) };
  });
  // A table of one column has no delimiter that could be found.
  const error = errors.find(({ type }) => type !== "Delimiter");
  if (error !== undefined) {
    throw new FormatError(error.message, { file, line: lines[error.row ?? 0]?.line ?? 1 });
  }
  const filled = lines.filter(({ cells }) => cells.some((cell) => cell !== ""));
  const width = filled[0]?.cells.length;
  for (const { line, cells } of filled) {
    if (cells.length === width) continue;
    throw new FormatError(`must have ${width} cells, as the header has, got ${cells.length}`, { file, line });
  }
  return filled;
}

/** @throws {FormatError} no column of files, two columns for one thing, a column without a name */
function columnsOf(
  header: readonly string[],
  place: { readonly file: string; readonly line: number },
): Columns {
  const found: Partial<Record<Role, number>> = {};
  const attributes: { name: string; at: number }[] = [];
  for (const [at, name] of header.entries()) {
    if (name === "") throw new FormatError(`must name every column, got none for column ${at + 1}`, place);
    const role = (Object.keys(roles) as Role[]).find((one) =>
      (roles[one] as readonly string[]).includes(name.toLowerCase()),
    );
    const same = role === undefined ? attributes.find((other) => other.name === name)?.at : found[role];
    if (same !== undefined) {
      throw new FormatError(
        `must have one column for ${role ?? "each attribute"}, got ${header[same]} and ${name}; rename one`,
        place,
      );
    }
    if (role === undefined) attributes.push({ name, at });
    else found[role] = at;
  }
  if (found.file === undefined) {
    const got = header.length === 0 ? "none" : header.join(", ");
    throw new FormatError(`must have a column "file", got ${got}`, place);
  }
  if ((found.lon === undefined) !== (found.lat === undefined)) {
    throw new FormatError(`must have both lon and lat, or neither, got ${header.join(", ")}`, place);
  }
  return { roles: found, attributes };
}

function rowOf(
  cells: readonly string[],
  { text, lon, lat }: Columns["roles"],
): Pick<TableRow, "text" | "position" | "fault"> {
  const own = text === undefined ? "" : cells[text]!;
  const place = lon === undefined || lat === undefined ? {} : placeOf(cells[lon]!, cells[lat]!);
  return { ...place, ...(own === "" ? {} : { text: own }) };
}

/** A row's position, or what is wrong with it; neither where none is given. */
function placeOf(lon: string, lat: string): Pick<TableRow, "position" | "fault"> {
  if (lon === "" && lat === "") return {};
  if (lon === "" || lat === "") return { fault: "must have both lon and lat, or neither" };
  for (const [name, value, limit] of [
    ["lon", lon, 180],
    ["lat", lat, 90],
  ] as const) {
    if (!DECIMAL.test(value) || Math.abs(Number(value)) > limit)
      return { fault: `${name} must be a number in [-${limit}, ${limit}], got ${JSON.stringify(value)}` };
  }
  return { position: [Number(lon), Number(lat)] };
}

/** Tells where places come from: those of the photos' own data do not count then. */
function tellPlaces(
  file: string,
  header: readonly string[],
  { roles: { lon, lat } }: Columns,
  rows: ReadonlyMap<string, TableRow>,
): void {
  const count = [...rows.values()].filter(({ position }) => position !== undefined).length;
  if (lon === undefined || lat === undefined || count === 0) return;
  tell(
    `the places of ${count} ${count === 1 ? "photo" : "photos"} come from the columns ${header[lon]} and ${header[lat]} of ${file}, not from EXIF data`,
  );
}

/** Tells of columns that are text because of a few values. */
function tellMixed(file: string, name: string, values: readonly { value: string; line: number }[]): void {
  for (const [isOne, kind] of [
    [isNumber, "numbers"],
    [isTruth, "true or false"],
  ] as const) {
    const others = values.filter(({ value }) => !isOne(value));
    const [first] = others;
    if (first === undefined) return;
    // Codes such as 01067 are text with reason.
    if (others.length >= values.length - others.length || others.some(({ value }) => CODE.test(value))) {
      continue;
    }
    tell(
      `the column ${name} of ${file} is text, since ${others.length} of its ${values.length} values are not ${kind}, first ${JSON.stringify(first.value)} in line ${first.line}; leave such cells empty`,
    );
  }
}

type ValueReader = (value: string) => string | number | boolean;

/** One type a column: numbers, or true and false, where all its values are; else text. */
function valueReader(values: readonly string[]): ValueReader {
  if (values.every(isTruth)) return (value) => value === "true";
  return values.every(isNumber) ? Number : (value) => value;
}

function isTruth(value: string): boolean {
  return value === "true" || value === "false";
}

/** Digits that would not come back from a number: zeros in front, or more than it holds. */
const CODE = /^[+-]?(0\d+|\d{16,})$/;
/** A number as people write places: 0x10 is none. */
export const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const NUMBER = /^[+-]?(0|[1-9]\d*|(?=\.\d))(\.\d*)?(e[+-]?\d+)?$/i;

function isNumber(value: string): boolean {
  return NUMBER.test(value) && !CODE.test(value) && Number.isFinite(Number(value));
}
