import { createHash, randomUUID } from "node:crypto";
import {
  access,
  constants,
  lstat,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  rmdir,
  stat,
} from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

// Loaded when a folder is written; it takes nothing from other packages, which would be loaded late with it.

/** Files of one save, which no other save has, and what a run that was killed leaves of them. */
const SAVED_FILE =
  /^\.?(items|image|text|model|index|command)\.[0-9a-f-]{36}\.(jsonl|json|gmr|safetensors)(\.[0-9a-f-]{36})?(\.tmp)?$/;
/** What a run that was killed leaves of the command's own file. */
const TEMPORARY_FILE = /^\.(index|command)\.json\.[0-9a-f-]{36}\.tmp$/;
/** What nobody has written to for so long is left of a run that was killed. */
const ABANDONED_MS = 24 * 3_600_000;

/** Whether a file is of an index by its name alone, which others do not have. */
export function isSavedName(name: string): boolean {
  return SAVED_FILE.test(name) || TEMPORARY_FILE.test(name);
}

/** What is at a path that cannot be listed; undefined where nothing is. */
export async function faultOf(folder: string, error: NodeJS.ErrnoException): Promise<string | undefined> {
  if (error.code !== "ENOENT") return error.message;
  return lstat(resolve(folder)).then(
    () => "a link that leads nowhere",
    () => undefined,
  );
}

/** Why files cannot be written into the folder, and it cannot be made; undefined where they can. */
export async function unwritable(folder: string): Promise<string | undefined> {
  try {
    const found = await nearestFolder(resolve(folder));
    // Whether one can be made shows by making one: /proc says that it can be written, and Node's recursive mkdir never ends there.
    if (found !== resolve(folder)) await rmdir(await mkdtemp(join(found, ".wayweave-")));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The folder, or the nearest above it that is there. @throws one that cannot be written, or is none */
async function nearestFolder(path: string): Promise<string> {
  try {
    await access(path, constants.W_OK);
  } catch (error) {
    const above = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || above === path) throw error;
    return nearestFolder(above);
  }
  if (!(await stat(path)).isDirectory()) throw new Error(`${path} is no folder`);
  return path;
}

/** A file's text; empty where it cannot be read. */
export async function textOf(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}

/** SHA-256, as hexadecimal digits. */
export function sumOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** {@link sumOf} a file. */
export async function sumOfFile(file: string): Promise<string> {
  return sumOf(await readFile(file));
}

/** Parts as they are, and their sum once they have all been taken. */
export function summing(parts: Iterable<Uint8Array>): {
  readonly parts: Iterable<Uint8Array>;
  readonly sum: () => string;
} {
  const hash = createHash("sha256");
  const taken = function* () {
    for (const part of parts) {
      hash.update(part);
      yield part;
    }
  };
  return { parts: taken(), sum: () => hash.digest("hex") };
}

/** Where one save writes: under names of its own, so that it meets no other save, and no index that is there. */
export interface SavePlace {
  /** The folder, with all links followed. */
  readonly home: string;
  /** A file's name in this save: `items.jsonl` becomes `items.<id>.jsonl`. */
  nameOf(file: string): string;
  /** Whether a file is of this save. */
  isOwn(name: string): boolean;
  /** Ends the save. @param isNew whether the folder is to go where nothing has come of it, and no other save is on its way there */
  close(isNew: boolean): Promise<void>;
}

/** How many saves are on their way, by folder. */
const saves = new Map<string, number>();

/** @param folder one that is there */
export async function savePlace(folder: string): Promise<SavePlace> {
  const id = randomUUID();
  const home = await realpath(folder);
  saves.set(home, (saves.get(home) ?? 0) + 1);
  return {
    home,
    nameOf: (file) => file.replace(".", `.${id}.`),
    isOwn: (name) => name.includes(id),
    close: async (isNew) => {
      const others = saves.get(home)! - 1;
      if (others > 0) saves.set(home, others);
      else saves.delete(home);
      // Fails where something is in it.
      if (isNew && others === 0) await rmdir(home).catch(() => {});
    },
  };
}

/**
 * Removes files of saves that an index does not consist of any more. What cannot be removed is only in the way: the index is saved.
 *
 * @param isGone whether a file belonged to the index that has been replaced; others are left to the runs that may be writing them, unless
 *   these were killed long ago
 */
export async function removeReplaced(
  home: string,
  names: ReadonlySet<string>,
  isGone: (name: string) => boolean,
): Promise<void> {
  for (const name of await readdir(home).catch(() => [])) {
    if (names.has(name)) continue;
    const file = join(home, name);
    if (isGone(name) || (isSavedName(name) && (await isAbandoned(file))))
      await rm(file, { force: true }).catch(() => {});
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > ABANDONED_MS;
}

/** What is being done, by folder. */
const running = new Map<string, Promise<void>>();

/** Does work on a folder after what this process does there already. */
export async function oneAtATime(home: string, work: () => Promise<void>): Promise<void> {
  const mine = (running.get(home) ?? Promise.resolve()).then(work);
  // Those that wait do not fail with the one before them.
  const settled = mine.catch(() => {});
  running.set(home, settled);
  await mine.finally(() => {
    if (running.get(home) === settled) running.delete(home);
  });
}
