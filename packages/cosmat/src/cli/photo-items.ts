import { readdir, readFile, stat } from "node:fs/promises";
import { basename, extname, join, relative, sep } from "node:path";
import { FormatError, type Position, ValueError } from "@wayweave/geo-core";
import Papa from "papaparse";
import type { GeoItem } from "../search/items.js";
import type { Attributes } from "../search/where.js";

/** What an index made by the command keeps of a photo. */
export interface PhotoPayload {
  /** Relative to the folder that was indexed, with forward slashes. */
  readonly file: string;
  readonly text?: string;
}

export type PhotoItem = GeoItem<string, PhotoPayload>;

const photoExtensions = new Set([".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".avif", ".gif"]);

/** What cameras write too, and no decoder at hand reads: counted, never left out in silence. */
const unreadExtensions = new Set([
  ".heic",
  ".heif",
  ".dng",
  ".cr2",
  ".cr3",
  ".nef",
  ".arw",
  ".orf",
  ".raf",
  ".rw2",
]);

/** The files of a folder that are photos of a kind that is not read, relative to it. */
export async function unreadPhotos(folder: string): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true })).map((name) => name.split(sep).join("/")).sort();
  return names.filter((name) => unreadExtensions.has(extname(name).toLowerCase()));
}

/** Hears of a photo that is not indexed, and why. */
export type OnRefused = (file: string, reason: string) => void;

/** A row of the table. */
interface TableRow {
  readonly line: number;
  /** Why the photo is not indexed: its place is none. */
  readonly fault?: string;
  readonly text?: string;
  readonly position?: Position;
  readonly attributes: Attributes;
}

/**
 * The photos of a folder, with what is known of them.
 *
 * @param onRefused told of photos whose row in the table names no place on earth: they are not among the items
 * @throws {ValueError} no such folder, no photo in it, a row of the table for a photo that is not there
 * @throws {FormatError} a table that cannot be read, or has two rows for one photo; names the line
 */
export async function photoItems(
  folder: string,
  table: string | undefined,
  withTexts: boolean,
  onRefused: OnRefused,
): Promise<PhotoItem[]> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) {
    const got =
      found === undefined
        ? `"${folder}", which does not exist`
        : `the file "${folder}" (a table of the photos goes to --table; texts with places and without photos are for GeoMultimediaIndex.build)`;
    throw new ValueError(`index: photos must be a folder, got ${got}`);
  }
  const names = (await readdir(folder, { recursive: true })).map((name) => name.split(sep).join("/")).sort();
  const photos = names.filter((name) => photoExtensions.has(extname(name).toLowerCase()));
  if (photos.length === 0) {
    const unread = (await unreadPhotos(folder)).length;
    const got =
      unread === 0 ? "none" : `${unread} of kinds that are not read (HEIC or raw: convert them to JPEG)`;
    throw new ValueError(
      `index: ${folder} must hold at least one photo (${[...photoExtensions].join(", ")}), got ${got}`,
    );
  }
  const rows = table === undefined ? new Map<string, TableRow>() : await readTable(table);
  const known = new Set(photos);
  const stray = [...rows.keys()].find((name) => !known.has(name));
  if (stray !== undefined) throw new ValueError(`index: ${table} names ${stray}, which is not in ${folder}`);
  const sidecars = new Set(names.filter((name) => extname(name) === ".txt"));
  const items: PhotoItem[] = [];
  for (const file of photos) {
    const row = rows.get(file);
    if (row?.fault !== undefined) {
      onRefused(file, `${basename(table!)}:${row.line}: ${row.fault}`);
      continue;
    }
    const sidecar = `${file.slice(0, -extname(file).length)}.txt`;
    const text = !withTexts
      ? undefined
      : (row?.text ?? (sidecars.has(sidecar) ? (await readText(join(folder, sidecar))).trim() : undefined));
    const hasText = text !== undefined && text !== "";
    items.push({
      image: join(folder, file),
      ...(hasText ? { text } : {}),
      ...(row?.position === undefined ? {} : { position: row.position }),
      ...(row === undefined ? {} : { attributes: row.attributes }),
      payload: { file, ...(hasText ? { text } : {}) },
    });
  }
  return items;
}

/** A file's text in UTF-8. Bytes that are none are those of older systems as a rule, in Windows-1252, which is told. */
async function readText(path: string): Promise<string> {
  const bytes = await readFile(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    process.stderr.write(`note: ${path} is no UTF-8 and was read as Windows-1252\n`);
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

async function readTable(path: string): Promise<Map<string, TableRow>> {
  const text = await readText(path).catch((cause: Error) => {
    throw new ValueError(`--table must be a file that can be read, got ${path} (${cause.message})`, {
      cause,
    });
  });
  const { data, errors, meta } = Papa.parse<Record<string, string>>(text, {
    header: true,
    skipEmptyLines: true,
  });
  const file = basename(path);
  const [error] = errors;
  if (error !== undefined) throw new FormatError(error.message, { file, line: (error.row ?? 0) + 2 });
  if (!meta.fields?.includes("file")) {
    throw new FormatError(`must have a column "file", got ${meta.fields?.join(", ") ?? "none"}`, {
      file,
      line: 1,
    });
  }
  const readers = new Map(
    meta.fields
      .filter((name) => !ownColumns.has(name))
      .map((name) => {
        const values = data
          .map((row, i) => ({ value: (row[name] ?? "").trim(), line: i + 2 }))
          .filter(({ value }) => value !== "");
        tellMixed(file, name, values);
        return [name, valueReader(values.map(({ value }) => value))];
      }),
  );
  const rows = new Map<string, TableRow>();
  for (const [i, row] of data.entries()) {
    const line = i + 2;
    const name = row.file!.trim() === "" ? "" : relative(".", row.file!).split(sep).join("/");
    if (name === "") throw new FormatError("file must name a photo, got nothing", { file, line });
    const earlier = rows.get(name)?.line;
    if (earlier !== undefined) {
      throw new FormatError(`a photo must have one row, got ${name} in line ${earlier} too`, { file, line });
    }
    rows.set(name, rowOf(row, readers, line));
  }
  return rows;
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
    if (others.length >= values.length - others.length) continue;
    process.stderr.write(
      `note: the column ${name} of ${file} is text, since ${others.length} of its ${values.length} values are not ${kind}, first ${JSON.stringify(first.value)} in line ${first.line}; leave such cells empty\n`,
    );
  }
}

const ownColumns: ReadonlySet<string> = new Set(["file", "text", "lon", "lat"]);

type ValueReader = (value: string) => string | number | boolean;

/** One type a column: numbers, or true and false, where all its values are; else text. */
function valueReader(values: readonly string[]): ValueReader {
  if (values.every(isTruth)) return (value) => value === "true";
  return values.every(isNumber) ? Number : (value) => value;
}

function isTruth(value: string): boolean {
  return value === "true" || value === "false";
}

function isNumber(value: string): boolean {
  return Number.isFinite(Number(value));
}

function rowOf(
  { file: _, text, lon, lat, ...others }: Record<string, string>,
  readers: ReadonlyMap<string, ValueReader>,
  line: number,
): TableRow {
  const place = placeOf(lon?.trim() ?? "", lat?.trim() ?? "");
  return {
    line,
    ...place,
    ...(text === undefined || text.trim() === "" ? {} : { text: text.trim() }),
    // An empty cell is a missing value.
    attributes: Object.fromEntries(
      Object.entries(others)
        .filter(([, value]) => value.trim() !== "")
        .map(([name, value]) => [name, readers.get(name)!(value.trim())]),
    ),
  };
}

/** A row's position, or what is wrong with it; neither where none is given. */
function placeOf(lon: string, lat: string): Pick<TableRow, "position" | "fault"> {
  if (lon === "" && lat === "") return {};
  if (lon === "" || lat === "") return { fault: "must have both lon and lat, or neither" };
  for (const [name, value, limit] of [
    ["lon", lon, 180],
    ["lat", lat, 90],
  ] as const) {
    // NaN too
    if (!(Math.abs(Number(value)) <= limit))
      return { fault: `${name} must be a number in [-${limit}, ${limit}], got ${JSON.stringify(value)}` };
  }
  return { position: [Number(lon), Number(lat)] };
}
