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

/** A row of the table. */
interface TableRow {
  readonly text?: string;
  readonly position?: Position;
  readonly attributes: Attributes;
}

/**
 * The photos of a folder, with what is known of them.
 *
 * @throws {ValueError} no such folder, no photo in it, a row of the table for a photo that is not there
 * @throws {FormatError} a table that cannot be read; names the line
 */
export async function photoItems(
  folder: string,
  table: string | undefined,
  withTexts: boolean,
): Promise<PhotoItem[]> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory())
    throw new ValueError(`index: photos must be an existing folder, got "${folder}"`);
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
      .map((name) => [
        name,
        valueReader(data.map((row) => (row[name] ?? "").trim()).filter((value) => value !== "")),
      ]),
  );
  return new Map(
    data.map((row, i) => [relative(".", row.file!).split(sep).join("/"), rowOf(row, readers, file, i + 2)]),
  );
}

const ownColumns: ReadonlySet<string> = new Set(["file", "text", "lon", "lat"]);

type ValueReader = (value: string) => string | number | boolean;

/** One type a column: numbers, or true and false, where all its values are; else text. */
function valueReader(values: readonly string[]): ValueReader {
  if (values.every((value) => value === "true" || value === "false")) return (value) => value === "true";
  return values.every((value) => Number.isFinite(Number(value))) ? Number : (value) => value;
}

function rowOf(
  { file: _, text, lon, lat, ...others }: Record<string, string>,
  readers: ReadonlyMap<string, ValueReader>,
  file: string,
  line: number,
): TableRow {
  const given = [lon, lat].map((value) => value !== undefined && value.trim() !== "");
  if (given[0] !== given[1]) throw new FormatError("must have both lon and lat, or neither", { file, line });
  const position: Position | undefined = given[0]
    ? [numberOf("lon", lon!), numberOf("lat", lat!)]
    : undefined;
  return {
    ...(text === undefined || text.trim() === "" ? {} : { text: text.trim() }),
    ...(position === undefined ? {} : { position }),
    // An empty cell is a missing value.
    attributes: Object.fromEntries(
      Object.entries(others)
        .filter(([, value]) => value.trim() !== "")
        .map(([name, value]) => [name, readers.get(name)!(value.trim())]),
    ),
  };

  function numberOf(name: string, value: string): number {
    const number = Number(value);
    if (!Number.isFinite(number))
      throw new FormatError(`${name} must be a number, got "${value}"`, { file, line });
    return number;
  }
}
