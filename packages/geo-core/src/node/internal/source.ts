import { createReadStream } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { ValueError } from "../../foundation/errors.js";
import { damage, type Ledger } from "./ledger.js";
import { isMacMetadata } from "./mac-metadata.js";
import { openZip } from "./zip.js";

/** One file to read, on disk or in a zip. */
export interface SourceFile {
  /** Where it is: the path given, with the place inside the folder or zip; `/` between the parts. */
  readonly label: string;
  /** Its size as stored (or, in a zip, as declared uncompressed). */
  readonly byteLength: number;
  /** Its path where it is a file of its own, for readers that jump about in it. */
  readonly path?: string;
  open(): AsyncIterable<Uint8Array>;
}

export interface Source {
  readonly files: readonly SourceFile[];
  close(): Promise<void>;
}

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
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    if (!accepts(entry.name.replace(/\.gz$/i, ""))) continue;
    const filePath = join(entry.parentPath, entry.name);
    const inside = relative(path, filePath).split(sep).join("/");
    if (isMacMetadata(inside)) continue;
    const fileLabel = `${label.replace(/\/$/, "")}/${inside}`;
    try {
      const info = await stat(filePath);
      if (info.isFile()) files.push(fileOnDisk(filePath, fileLabel, info.size));
    } catch (error) {
      const message = `a file must be readable, got ${String(error)}`;
      ledger.giveUpFile(damage("unreadable file", message, { file: fileLabel }, error));
    }
  }
  files.sort((a, b) => (a.label < b.label ? -1 : 1));
  return { files, close: async () => {} };
}

function fileOnDisk(path: string, label: string, byteLength: number): SourceFile {
  return { label, byteLength, path, open: () => createReadStream(path, { highWaterMark: CHUNK_BYTES }) };
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

/** The last part of a label, without `.gz` and its extension: `a/b/c.plt` → `c`. */
export function stemOf(label: string): string {
  return basename(label)
    .replace(/\.gz$/i, "")
    .replace(/\.[^.]+$/, "");
}
