import { randomUUID } from "node:crypto";
import {
  access,
  constants,
  lstat,
  mkdir,
  readdir,
  readFile,
  realpath,
  rm,
  rmdir,
  stat,
} from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ValueError } from "@wayweave/geo-core";
import { writeAtomically } from "@wayweave/geo-core/node";

/** Says which files belong to an index; until it is there, they do not. */
export const INFO_FILE = "index.json";
/** What `wayweave-cosmat index` must know to search, beside the index. */
export const COMMAND_FILE = "command.json";
/** What is in the first file of every index. */
export const FORMAT = "wayweave.geo-multimedia-index";

/** Files of an index before version 3, which had the same names in every index. */
const FIXED_FILE = /^(items\.jsonl|(image|text)\.gmr|model\.safetensors)$/;
/** Files of one save, which no other save has, and what a run that was killed leaves of them. */
const SAVED_FILE =
  /^\.?(items|image|text|model)\.[0-9a-f-]{36}\.(jsonl|gmr|safetensors)(\.[0-9a-f-]{36})?(\.tmp)?$/;
const TEMPORARY_FILE = /^\.(index|command)\.json\.[0-9a-f-]{36}\.tmp$/;
/** What nobody has written to for so long is left of a run that was killed. */
const ABANDONED_MS = 24 * 3_600_000;

/**
 * Requires a folder that an index may be written to: a new one, an empty one, or one that holds an index. What else is in a folder is not
 * the index's to replace.
 *
 * @throws {ValueError} a file, a folder of other files, one that cannot be made or written
 */
export async function checkIndexFolder(where: string, folder: string): Promise<void> {
  const names = await namesIn(where, folder);
  const others = names.filter((name) => !SAVED_FILE.test(name) && !TEMPORARY_FILE.test(name));
  const foreign = others.filter(
    (name) => name !== INFO_FILE && name !== COMMAND_FILE && !FIXED_FILE.test(name),
  );
  const hasParts = names.some((name) => SAVED_FILE.test(name) || FIXED_FILE.test(name));
  const isIndex = others.includes(INFO_FILE) && (hasParts || (await isOurs(join(folder, INFO_FILE))));
  if (others.length > 0 && (foreign.length > 0 || !isIndex)) {
    throw new ValueError(
      `${where}: folder must be new, empty or an index, since it is replaced; ${folder} holds ${foreign[0] ?? others[0]}`,
    );
  }
  await checkWritable(where, resolve(folder));
}

async function namesIn(where: string, folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(async (error: NodeJS.ErrnoException) => {
    const isThere = await lstat(resolve(folder)).then(
      () => true,
      () => false,
    );
    if (error.code === "ENOENT" && !isThere) return [];
    const why = error.code === "ENOENT" ? "a link that leads nowhere" : error.message;
    throw new ValueError(`${where}: folder must be a folder, got ${folder} (${why})`, { cause: error });
  });
}

async function isOurs(file: string): Promise<boolean> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.includes(FORMAT);
}

/** The folder, or the nearest one above that is there. */
async function checkWritable(where: string, folder: string): Promise<void> {
  try {
    await access(folder, constants.W_OK);
    if (!(await stat(folder)).isDirectory()) throw new Error(`${folder} is no folder`);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" && dirname(folder) !== folder) return checkWritable(where, dirname(folder));
    throw new ValueError(`${where}: folder must be one that can be written, got ${folder} (${message})`, {
      cause,
    });
  }
}

/** Where one save writes: under names of its own, so that it meets no other save, and no index that is there. */
export interface SavePlace {
  readonly folder: string;
  /** A part's file, such as `items.jsonl`, by the name that it has in this save. */
  nameOf(part: string): string;
}

/**
 * Saves an index: first its parts, then, at once, the file that names them, by which the index becomes this one. Until then the one that
 * was there is whole, and afterwards it is gone. Of several saves at a time the last one to finish stays.
 *
 * @param write writes the parts, and returns the contents of {@link INFO_FILE} and the names of the files that belong to it
 */
export async function saveInto(
  folder: string,
  write: (place: SavePlace) => Promise<{ readonly info: string; readonly names: readonly string[] }>,
): Promise<void> {
  const made = await mkdir(resolve(folder), { recursive: true });
  const home = await realpath(folder);
  const id = randomUUID();
  try {
    const { info, names } = await write({ folder: home, nameOf: (part) => part.replace(".", `.${id}.`) });
    await oneAtATime(home, () => publish(home, info, new Set(names)));
  } catch (error) {
    await removeAll(home, (name) => name.includes(id));
    if (made !== undefined) await rmdir(home).catch(() => {});
    throw error;
  }
}

async function publish(home: string, info: string, names: ReadonlySet<string>): Promise<void> {
  const before = await readFile(join(home, INFO_FILE), "utf8").catch(() => "");
  await writeAtomically(join(home, INFO_FILE), (write) => write(Buffer.from(info)));
  // The index is saved by now: what cannot be removed is only in the way.
  await removeAll(home, async (name) => {
    if (names.has(name)) return false;
    if (FIXED_FILE.test(name) || name === COMMAND_FILE) return true;
    if (!SAVED_FILE.test(name) && !TEMPORARY_FILE.test(name)) return false;
    return before.includes(JSON.stringify(name)) || (await isAbandoned(join(home, name)));
  }).catch(() => {});
}

async function isAbandoned(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > ABANDONED_MS;
}

async function removeAll(
  folder: string,
  isGone: (name: string) => boolean | Promise<boolean>,
): Promise<void> {
  for (const name of await readdir(folder)) {
    if (await isGone(name)) await rm(join(folder, name), { force: true }).catch(() => {});
  }
}

/** What is being published, by folder. */
const running = new Map<string, Promise<void>>();

async function oneAtATime(folder: string, work: () => Promise<void>): Promise<void> {
  const mine = (running.get(folder) ?? Promise.resolve()).then(work);
  // Those that wait do not fail with the one before them.
  const settled = mine.catch(() => {});
  running.set(folder, settled);
  await mine.finally(() => {
    if (running.get(folder) === settled) running.delete(folder);
  });
}
