import { randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { checkOptions } from "../foundation/check-options.js";
import { ValueError } from "../foundation/errors.js";

/** Takes bytes in order. */
export type WriteBytes = (bytes: Uint8Array) => Promise<void>;

/** What {@link writeAtomically} calls its temporary file. */
export interface WriteAtomicallyOptions {
  /**
   * `unique` (the default): a name of its own, so that several processes may write to one path at a time. `fixed`:
   * `<path>.tmp`, which a process that is killed while writing leaves behind once at most; then one at a time may write.
   */
  readonly temporary?: "unique" | "fixed";
}

/**
 * Writes a file so that `path` holds the old content or the whole new one, never a part: into a temporary file beside
 * it, flushed to disk, then renamed. If `write` throws, nothing is left behind.
 */
export async function writeAtomically(
  path: string,
  write: (writeBytes: WriteBytes) => Promise<void>,
  options: WriteAtomicallyOptions = {},
): Promise<void> {
  checkOptions("writeAtomically", options, ["temporary"]);
  const { temporary = "unique" } = options;
  if (typeof path !== "string" || path === "") {
    throw new ValueError(`writeAtomically: path must be a file's name, got ${JSON.stringify(path)}`);
  }
  if (typeof write !== "function") {
    throw new ValueError(`writeAtomically: write must be a function, got ${typeof write}`);
  }
  const isUnique = temporary === "unique";
  const file = isUnique ? join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`) : `${path}.tmp`;
  try {
    const handle = await open(file, isUnique ? "wx" : "w");
    try {
      await write((bytes) => writeAll(handle, bytes));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(file, path);
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** The kernel writes at most 2 GiB at once, and may write less. */
async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const length = Math.min(2 ** 30, bytes.length - written);
    written += (await handle.write(bytes, written, length)).bytesWritten;
  }
}

/** A rename is on disk once its folder is; not every system lets a folder be opened. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  if (handle === undefined) return;
  try {
    await handle.sync().catch(() => {});
  } finally {
    await handle.close();
  }
}
