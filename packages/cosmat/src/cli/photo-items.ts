import { stat } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { ValueError } from "@wayweave/geo-core";
import type { GeoItem } from "../search/items.js";
import { listPhotos, type PhotoFolder } from "./photo-folder.js";
import { photoExtensions } from "./photo-kinds.js";
import { readTable, type TableRow } from "./photo-table.js";
import { readText, sameName, tell } from "./read-text.js";

/** What an index made by the command keeps of a photo. */
export interface PhotoPayload {
  /** Relative to the folder that was indexed, with forward slashes. */
  readonly file: string;
  readonly text?: string;
}

export type PhotoItem = GeoItem<string, PhotoPayload>;

/** Hears of a photo that is not indexed, and why. */
export type OnRefused = (file: string, reason: string) => void;

/**
 * The photos of a folder, with what is known of them.
 *
 * @param onRefused told of photos that are not among the items: of kinds that are not read, links that lead nowhere, folders that cannot
 *   be listed, and those whose row in the table names no place on earth
 * @throws {ValueError} no such folder, no photo in it, no row of the table for a photo that is there
 * @throws {FormatError} a table that cannot be read, or has two rows for one photo; names the line
 * @throws the signal's reason
 */
export async function photoItems(
  folder: string,
  table: string | undefined,
  withTexts: boolean,
  onRefused: OnRefused,
  signal?: AbortSignal,
): Promise<PhotoItem[]> {
  await checkFolder(folder);
  const listed = await listPhotos(folder, signal);
  const { photos, leftOut } = listed;
  if (photos.length === 0) throw noPhotos(folder, listed);
  const rows = table === undefined ? new Map<string, TableRow>() : await readTable(table);
  if (table !== undefined) checkStray(folder, table, rows, listed);
  for (const { file, reason } of leftOut) onRefused(file, reason);
  const sidecars = withTexts ? sidecarsOf(listed) : new Map<string, string>();
  tellOthers(folder, table, listed, withTexts ? sidecars : undefined);
  const items: PhotoItem[] = [];
  for (const file of photos) {
    signal?.throwIfAborted();
    const row = rows.get(sameName(file));
    if (row?.fault !== undefined) {
      onRefused(file, `${basename(table!)}:${row.line}: ${row.fault}`);
      continue;
    }
    const sidecar = sidecars.get(stemOf(file));
    const text = !withTexts
      ? undefined
      : (row?.text ?? (sidecar === undefined ? undefined : (await readText(join(folder, sidecar))).trim()));
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

async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  const got =
    found === undefined
      ? `"${folder}", which does not exist`
      : `the file "${folder}" (a table of the photos goes to --table; texts with places and without photos are for GeoMultimediaIndex.build)`;
  throw new ValueError(`index: photos must be a folder, got ${got}`);
}

function noPhotos(folder: string, { leftOut }: PhotoFolder): ValueError {
  const [first] = leftOut;
  const got =
    first === undefined ? "none" : `none but ${leftOut.length}, first ${first.file}: ${first.reason}`;
  return new ValueError(
    `index: ${folder} must hold at least one photo (${[...photoExtensions].join(", ")}), got ${got}`,
  );
}

/**
 * Tells of rows for photos that are not there.
 *
 * @throws {ValueError} no row for a photo that is there, or one for a photo that is read under another name
 */
function checkStray(
  folder: string,
  table: string,
  rows: ReadonlyMap<string, TableRow>,
  { photos, leftOut, repeats }: PhotoFolder,
): void {
  // What is left out is told anyway.
  const known = new Set([...photos, ...leftOut.map(({ file }) => file)].map(sameName));
  const links = new Map([...repeats].map(([link, same]) => [sameName(link), same]));
  const strays = [...rows.keys()].filter((name) => !known.has(name));
  const link = strays.find((name) => links.has(name));
  if (link !== undefined) {
    throw new ValueError(
      `index: ${table} names ${link}, a link to ${links.get(link)}, which is indexed under that name: name it so`,
    );
  }
  const [first] = strays;
  if (first === undefined) return;
  // Where no name fits, they are meant from another folder.
  if (strays.length === rows.size)
    throw new ValueError(`index: ${table} names ${first}, which is not in ${folder}`);
  tell(
    `left out: rows of ${basename(table)} for photos that are not in ${folder}: ${strays.length}, first ${first}`,
  );
}

/** A file's name without its extension, as it is compared. */
function stemOf(file: string): string {
  return sameName(file.slice(0, file.length - extname(file).length));
}

/** Texts by the names of the photos that they stand beside, without their extensions. */
function sidecarsOf({ texts }: PhotoFolder): Map<string, string> {
  // Of a.txt and a.TXT, a.txt.
  return new Map([...texts].sort().map((text) => [stemOf(text), text]));
}

/** Tells what else is in the folder, a line each. */
function tellOthers(
  folder: string,
  table: string | undefined,
  { photos, texts, others, repeats }: PhotoFolder,
  sidecars: ReadonlyMap<string, string> | undefined,
): void {
  const stems = new Set(photos.map(stemOf));
  const idle = texts.filter((text) => !stems.has(stemOf(text)) || sidecars?.get(stemOf(text)) !== text);
  const isTable = (name: string) => table !== undefined && resolve(folder, name) === resolve(table);
  for (const [names, what] of [
    [sidecars === undefined ? [] : idle.filter((name) => !isTable(name)), "texts that belong to no photo"],
    [others.filter((name) => !isTable(name)), "files that are no photos"],
  ] as const) {
    if (names.length > 0) tell(`left out: ${what}: ${names.length}, first ${names[0]}`);
  }
  const [first] = repeats;
  if (first === undefined) return;
  const [link, same] = first;
  tell(`links to what is read already: ${repeats.size}, first ${link} to ${same === "" ? "." : same}`);
}
