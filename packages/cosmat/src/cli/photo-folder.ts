import { type FileHandle, open, readdir, realpath, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { isError, ValueError } from "@wayweave/geo-core";
import { kindOf, photoExtensions, unreadExtensions } from "./photo-kinds.js";

/** A file or folder that is left out, and why. */
export interface LeftOut {
  readonly file: string;
  readonly reason: string;
}

/** What a folder holds. Names are relative to it, with forward slashes, in order. */
export interface PhotoFolder {
  readonly photos: readonly string[];
  readonly texts: readonly string[];
  /** What is neither a photo nor a text, but for what systems leave in folders. */
  readonly others: readonly string[];
  /** Photos of kinds that are not read, links that lead nowhere, folders that cannot be listed. */
  readonly leftOut: readonly LeftOut[];
  /** Links to what is read under another name. */
  readonly repeats: ReadonlyMap<string, string>;
}

const UNREAD = "files of this kind (HEIC, raw and others) are not read; convert them to JPEG";
/** What macOS keeps beside files, and what systems leave in folders. */
const SYSTEM_FILE = /(^|\/)(__MACOSX\/.*|\.[^/]*|Thumbs\.db|desktop\.ini)$/i;
const APPLE_DOUBLE = /(^|\/)(__MACOSX\/|\._[^/]*$)/;

/**
 * Lists a folder and those below it. Links are followed, and every file and folder is read once, however many lead there.
 *
 * @throws {ValueError} a folder that cannot be listed
 * @throws the signal's reason
 */
export async function listPhotos(folder: string, signal?: AbortSignal): Promise<PhotoFolder> {
  const walk = new Walk(folder, signal);
  await walk.all();
  const { leftOut, repeats } = walk;
  const listed = { photos: [] as string[], texts: [] as string[], others: [] as string[] };
  for (const name of walk.files.sort()) {
    signal?.throwIfAborted();
    if (APPLE_DOUBLE.test(name)) continue;
    try {
      const kind = await kindOfFile(folder, name);
      if (kind === "unread") leftOut.push({ file: name, reason: UNREAD });
      else if (kind !== "other" || !SYSTEM_FILE.test(name)) listed[`${kind}s`].push(name);
    } catch (error) {
      leftOut.push({ file: name, reason: `cannot be read (${messageOf(error)})` });
    }
  }
  return { ...listed, leftOut, repeats };
}

/** By the name where it is a photo's, else by the first bytes. */
async function kindOfFile(folder: string, name: string): Promise<"photo" | "text" | "other" | "unread"> {
  const extension = extname(name).toLowerCase();
  if (photoExtensions.has(extension)) return "photo";
  if (unreadExtensions.has(extension)) return "unread";
  const kind = kindOf(await firstBytes(join(folder, name)), extension);
  return kind ?? (extension === ".txt" ? "text" : "other");
}

async function firstBytes(path: string): Promise<Uint8Array> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "r");
    const { bytesRead, buffer } = await handle.read(new Uint8Array(16), 0, 16, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle?.close();
  }
}

/** Goes through a folder: first what really lies in it, then what links lead to. */
class Walk {
  readonly files: string[] = [];
  readonly leftOut: LeftOut[] = [];
  readonly repeats = new Map<string, string>();
  readonly #folder: string;
  readonly #signal: AbortSignal | undefined;
  /** What has been found, by where it really lies. */
  readonly #names = new Map<string, string>();
  readonly #folders: string[] = [""];
  readonly #links: string[] = [];

  constructor(folder: string, signal: AbortSignal | undefined) {
    this.#folder = folder;
    this.#signal = signal;
  }

  async all(): Promise<void> {
    for (;;) {
      this.#signal?.throwIfAborted();
      const folder = this.#folders.shift();
      const link = folder === undefined ? this.#links.shift() : undefined;
      if (folder !== undefined) await this.#list(folder);
      else if (link !== undefined) await this.#follow(link);
      else return;
    }
  }

  async #list(name: string): Promise<void> {
    try {
      if (!(await this.#isNew(name))) return;
      const entries = await readdir(join(this.#folder, name), { withFileTypes: true });
      for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        const inside = name === "" ? entry.name : `${name}/${entry.name}`;
        if (entry.isDirectory()) this.#folders.push(inside);
        else if (entry.isSymbolicLink()) this.#links.push(inside);
        else if (!entry.isFile()) this.#leaveOut(inside, "is no regular file");
        else if (await this.#isNew(inside)) this.files.push(inside);
      }
    } catch (error) {
      if (name === "") {
        throw new ValueError(
          `index: photos must be a folder that can be read, got ${this.#folder} (${messageOf(error)})`,
          { cause: error },
        );
      }
      this.#leaveOut(name, `cannot be listed (${messageOf(error)})`);
    }
  }

  async #follow(name: string): Promise<void> {
    try {
      const found = await stat(join(this.#folder, name));
      if (found.isDirectory()) await this.#list(name);
      else if (!found.isFile()) this.#leaveOut(name, "is a link to no regular file");
      // A text may stand beside several photos.
      else if (/\.txt$/i.test(name) || (await this.#isNew(name))) this.files.push(name);
    } catch (error) {
      this.#leaveOut(name, `is a link that leads nowhere (${messageOf(error)})`);
    }
  }

  async #isNew(name: string): Promise<boolean> {
    const real = await realpath(join(this.#folder, name));
    const known = this.#names.get(real);
    if (known === undefined) this.#names.set(real, name);
    else this.repeats.set(name, known);
    return known === undefined;
  }

  #leaveOut(file: string, reason: string): void {
    this.leftOut.push({ file, reason });
  }
}

function messageOf(error: unknown): string {
  return isError(error) ? error.message : String(error);
}
