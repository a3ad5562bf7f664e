import { createReadStream } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { ValueError } from "../../foundation/errors.js";
import { damage, type Ledger } from "../../reading/ledger.js";
import { isMacMetadata } from "../../reading/mac-metadata.js";
import type { RandomAccess, Source, SourceFile } from "../../reading/source.js";
import { openZip } from "./zip.js";

const CHUNK_BYTES = 1 << 18;

/**
 * The files at `path` that `accepts` names: of a folder and its subfolders, of a zip (known by its first bytes), or
 * the file itself, whatever it is called. In order of their names; what macOS leaves beside files is passed over.
 *
 * @throws {ValueError} nothing is at `path`
 * @throws {FormatError} a zip that cannot be opened, or a link in a folder that leads nowhere (lenient: counted)
 */
export async function openSource(
  where: string,
  path: string,
  accepts: (name: string) => boolean,
  ledger: Ledger,
): Promise<Source> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new ValueError(`${where}: path must be a readable file or folder, got ${JSON.stringify(path)}`, {
      cause,
    });
  });
  const label = path.split(sep).join("/");
  if (info.isDirectory()) return openFolder(path, label, accepts, ledger);
  const head = await firstBytes(path);
  if (isZip(head)) return openZip(path, label, accepts, ledger);
  return { files: [fileOnDisk(path, label, info.size)], close: async () => {} };
}

async function openFolder(
  path: string,
  label: string,
  accepts: (name: string) => boolean,
  ledger: Ledger,
): Promise<Source> {
  const files: SourceFile[] = [];
  const others: string[] = [];
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    const filePath = join(entry.parentPath, entry.name);
    const inside = relative(path, filePath).split(sep).join("/");
    if (isMacMetadata(inside)) continue;
    const fileLabel = `${label.replace(/\/$/, "")}/${inside}`;
    if (!accepts(entry.name.replace(/\.gz$/i, ""))) {
      if (!entry.isDirectory()) others.push(fileLabel);
      continue;
    }
    try {
      const info = await stat(filePath);
      if (info.isFile()) files.push(fileOnDisk(filePath, fileLabel, info.size));
    } catch (error) {
      const message = `a file must be readable, got ${String(error)}`;
      ledger.giveUpFile(damage("unreadable file", message, { file: fileLabel }, error));
    }
  }
  files.sort((a, b) => (a.label < b.label ? -1 : 1));
  return { files, others: others.sort(), close: async () => {} };
}

function fileOnDisk(path: string, label: string, byteLength: number): SourceFile {
  return {
    label,
    byteLength,
    open: () => createReadStream(path, { highWaterMark: CHUNK_BYTES }),
    openRandomAccess: () => randomAccess(path, byteLength),
  };
}

async function randomAccess(path: string, byteLength: number): Promise<RandomAccess> {
  const handle = await open(path, "r");
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, byteLength) - start));
      let read = 0;
      while (read < bytes.length) {
        const { bytesRead } = await handle.read(bytes, read, bytes.length - read, start + read);
        if (bytesRead === 0) throw new Error("unexpected end of file");
        read += bytesRead;
      }
      return bytes.buffer;
    },
    close: () => handle.close(),
  };
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const handle = await open(path, "r");
  try {
    const bytes = new Uint8Array(4);
    const { bytesRead } = await handle.read(bytes, 0, 4, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** "PK" followed by a local header's (3, 4) or an empty archive's (5, 6) signature. */
function isZip(head: Uint8Array): boolean {
  if (head.length < 4 || head[0] !== 0x50 || head[1] !== 0x4b) return false;
  return (head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6);
}
