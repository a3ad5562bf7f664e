import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ValueError } from "@wayweave/geo-core";
import type { CrossModalModel } from "../model/cross-modal-model.js";
import type { Modality } from "./common-space.js";
import type { StoredItem } from "./index-builder.js";
import type { IndexInfo, StoredFile } from "./index-checks.js";
import type { SavePlace } from "./index-folder.js";
import type { IndexParts } from "./index-parts.js";

/** What is in the first file of every index. */
export const FORMAT = "wayweave.geo-multimedia-index";
export const VERSION = 3;
export const modalities = ["image", "text"] as const;
export const files = { info: "index.json", items: "items.jsonl", model: "model.safetensors" } as const;
/** What `wayweave-cosmat index` must know to search, beside the index. */
export const COMMAND_FILE = "command.json";
const treeFile = (modality: Modality) => `${modality}.gmr`;

/** What has the same name in every index: before version 3 all its files, and what the command keeps beside them. */
const ownFiles: ReadonlySet<string> = new Set([
  ...Object.values(files),
  ...modalities.map(treeFile),
  COMMAND_FILE,
]);

/** What an index has files for. */
export type Part = Modality | "items" | "model";

/** A part's file before version 3; since then, a save puts a name of its own into it. */
export function fileOf(part: Part): string {
  return part === "items" || part === "model" ? files[part] : treeFile(part);
}

/**
 * Requires a folder that an index may be written to: a new one, an empty one, or one that holds an index. What else is in a folder is not
 * the index's to replace.
 *
 * @throws {ValueError} a file, a folder of other files, one that cannot be made or written
 */
export async function checkIndexFolder(where: string, folder: string): Promise<void> {
  const { faultOf, isSavedName, textOf, unwritable } = await import("./index-folder.js");
  const names: readonly string[] = await readdir(folder).catch(async (error: NodeJS.ErrnoException) => {
    const fault = await faultOf(folder, error);
    if (fault === undefined) return [];
    throw new ValueError(`${where}: folder must be a folder, got ${folder} (${fault})`, { cause: error });
  });
  const others = names.filter((name) => !isSavedName(name));
  const foreign = others.filter((name) => !ownFiles.has(name));
  const hasParts = names.some((name) => isSavedName(name) || name === files.items);
  const isIndex =
    others.includes(files.info) && (hasParts || (await textOf(join(folder, files.info))).includes(FORMAT));
  if (others.length > 0 && (foreign.length > 0 || !isIndex)) {
    throw new ValueError(
      `${where}: folder must be new, empty or an index, since it is replaced; ${folder} holds ${foreign[0] ?? others[0]}`,
    );
  }
  const fault = await unwritable(folder);
  if (fault !== undefined) {
    throw new ValueError(`${where}: folder must be one that can be written, got ${folder} (${fault})`);
  }
}

/**
 * Saves an index: first its parts, then, at once, the file that names them, by which the index becomes this one. Until then the one that
 * was there is whole. Of several saves at a time the last one to finish stays.
 *
 * @throws {ValueError} a folder that holds other files, a payload that JSON cannot hold
 */
export async function saveIndex<Image, Payload>(
  folder: string,
  parts: IndexParts<Image, Payload>,
): Promise<void> {
  await checkIndexFolder("GeoMultimediaIndex.save", folder);
  const { oneAtATime } = await import("./index-folder.js");
  const { place, isNew } = await openPlace(folder);
  try {
    const info = await writeParts(place, parts);
    await oneAtATime(place.home, () => publish(place, info));
  } catch (error) {
    const left = await readdir(place.home).catch(() => []);
    for (const name of left) {
      if (place.isOwn(name)) await rm(join(place.home, name), { force: true });
    }
    throw error;
  } finally {
    await place.close(isNew);
  }
}

async function openPlace(folder: string): Promise<{ readonly place: SavePlace; readonly isNew: boolean }> {
  const { savePlace } = await import("./index-folder.js");
  const made = await mkdir(folder, { recursive: true });
  return { place: await savePlace(folder), isNew: made !== undefined };
}

async function writeParts<Image, Payload>(
  place: SavePlace,
  { encoders, space, items, trees, attributes, failures }: IndexParts<Image, Payload>,
): Promise<IndexInfo> {
  const kinds = modalities.filter((modality) => trees[modality] !== undefined);
  const names = modalities.flatMap((modality) =>
    encoders[modality] === undefined ? [] : [[modality, encoders[modality].name]],
  );
  const stored: Record<string, StoredFile> = {};
  for (const modality of kinds) {
    stored[modality] = await writePart(place, modality, [new Uint8Array(trees[modality]!.toBuffer())]);
  }
  if (space.model !== undefined) stored.model = await writeModel(place, space.model);
  stored.items = await writePart(place, "items", linesOf(items));
  return {
    format: FORMAT,
    version: VERSION,
    encoders: Object.fromEntries(names),
    trees: kinds,
    model: space.model !== undefined,
    items: items.length,
    attributes,
    failures,
    files: stored,
  };
}

async function writePart(
  { home, nameOf }: SavePlace,
  part: Part,
  chunks: Iterable<Uint8Array>,
): Promise<StoredFile> {
  const { summing } = await import("./index-folder.js");
  const name = nameOf(fileOf(part));
  const { parts, sum } = summing(chunks);
  await writeFile(join(home, name), parts, { flush: true });
  return { name, sha256: sum() };
}

/** Makes the index what `info` says; it is written under another name first, and renamed whole. */
async function publish({ home, nameOf }: SavePlace, info: IndexInfo): Promise<void> {
  const { removeReplaced, textOf } = await import("./index-folder.js");
  const fresh = join(home, nameOf(files.info));
  await writeFile(fresh, `${JSON.stringify(info, null, 2)}\n`, { flush: true });
  const before = await textOf(join(home, files.info));
  await rename(fresh, join(home, files.info));
  const names = new Set([files.info, ...Object.values(info.files!).map(({ name }) => name)]);
  await removeReplaced(home, names, (name) => ownFiles.has(name) || before.includes(JSON.stringify(name)));
}

async function writeModel({ home, nameOf }: SavePlace, model: CrossModalModel): Promise<StoredFile> {
  const { sumOfFile } = await import("./index-folder.js");
  const name = nameOf(files.model);
  await model.save(join(home, name));
  return { name, sha256: await sumOfFile(join(home, name)) };
}

const CHUNK_CHARACTERS = 262_144;

/** A line an item, written as they are made: all together may be longer than a string can be. */
function* linesOf<Payload>(items: readonly StoredItem<Payload>[]): Generator<Uint8Array, void> {
  let text = "";
  for (const [i, item] of items.entries()) {
    try {
      text += `${JSON.stringify(item)}\n`;
    } catch (cause) {
      const { message } = cause as Error;
      throw new ValueError(
        `GeoMultimediaIndex.save: items[${i}].payload must be what JSON can hold, got ${message}`,
        { cause },
      );
    }
    if (text.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(text, "utf8");
    text = "";
  }
  yield Buffer.from(text, "utf8");
}
