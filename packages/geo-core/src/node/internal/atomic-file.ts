import { randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";

/** Takes bytes in order. */
export type WriteBytes = (bytes: Uint8Array) => Promise<void>;

/**
 * Writes a file so that `path` holds the old content or the whole new one, never a part: into a temporary file beside
 * it, flushed to disk, then renamed. If `write` throws, nothing is left behind.
 */
export async function writeAtomically(
  path: string,
  write: (writeBytes: WriteBytes) => Promise<void>,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  const handle = await open(temporary, "wx");
  try {
    try {
      await write((bytes) => writeAll(handle, bytes));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** {@link writeAtomically} for text; gzipped where the path ends in `.gz`. */
export function writeTextAtomically(
  path: string,
  parts: Iterable<string>,
  signal?: AbortSignal,
): Promise<void> {
  return writeAtomically(path, async (writeBytes) => {
    const chunks = Readable.from(inChunks(parts, signal), { objectMode: false });
    const bytes = /\.gz$/i.test(path) ? chunks.compose(createGzip()) : chunks;
    for await (const chunk of bytes) await writeBytes(chunk as Uint8Array);
  });
}

const CHUNK_CHARACTERS = 1 << 18;

function* inChunks(parts: Iterable<string>, signal: AbortSignal | undefined): Generator<Uint8Array, void> {
  let text = "";
  for (const part of parts) {
    text += part;
    if (text.length < CHUNK_CHARACTERS) continue;
    signal?.throwIfAborted();
    yield Buffer.from(text, "utf8");
    text = "";
  }
  signal?.throwIfAborted();
  if (text !== "") yield Buffer.from(text, "utf8");
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written);
    written += bytesWritten;
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
