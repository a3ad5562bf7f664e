import { crc32 } from "node:zlib";
import { type Entry, getFileNameLowLevel, openPromise, validateFileName, type ZipFile } from "yauzl";
import { isError } from "../../foundation/realms.js";
import { damage, type Ledger } from "../../reading/ledger.js";
import { isMacMetadata } from "../../reading/mac-metadata.js";
import type { SkipReason } from "../../reading/report.js";
import type { Source, SourceFile } from "../../reading/source.js";

/**
 * The entries of a zip that `accepts` names, but for macOS's own. The central directory is read first; entries are
 * inflated one at a time while they are read, so memory does not grow with their size.
 *
 * @throws {FormatError} a truncated or damaged archive, an entry that is encrypted, or whose name is absolute or
 *   leaves the folder by `..` (lenient: counted)
 */
export async function openZip(
  path: string,
  label: string,
  accepts: (name: string) => boolean,
  ledger: Ledger,
): Promise<Source> {
  const nothing: Source = { files: [], close: async () => {} };
  let zip: ZipFile;
  try {
    zip = await openPromise(path, { decodeStrings: false, autoClose: false });
  } catch (error) {
    ledger.giveUpFile(asDamage(error, "unreadable zip", label));
    return nothing;
  }
  zip.on("error", () => {}); // reported by the iterator; without a listener it would end the process
  const files: SourceFile[] = [];
  const others: string[] = [];
  try {
    await listEntries(zip, label, accepts, ledger, files, others);
  } catch (error) {
    zip.close();
    throw error;
  }
  files.sort((a, b) => (a.label < b.label ? -1 : 1));
  return { files, others: others.sort(), close: async () => zip.close() };
}

async function listEntries(
  zip: ZipFile,
  label: string,
  accepts: (name: string) => boolean,
  ledger: Ledger,
  files: SourceFile[],
  others: string[],
): Promise<void> {
  try {
    for await (const entry of zip.eachEntry()) {
      try {
        const file = checkEntry(zip, entry, label, accepts, others);
        if (file !== undefined) files.push(file);
      } catch (error) {
        ledger.giveUpFile(error);
      }
    }
  } catch (error) {
    ledger.giveUpFile(asDamage(error, "unreadable zip", label));
  }
}

function checkEntry(
  zip: ZipFile,
  entry: Entry,
  zipLabel: string,
  accepts: (name: string) => boolean,
  others: string[],
): SourceFile | undefined {
  const name = getFileNameLowLevel(
    entry.generalPurposeBitFlag,
    asBuffer(entry.fileName),
    entry.extraFields,
    false,
  );
  const problem = validateFileName(name);
  if (problem !== null)
    throw damage("unsafe name in zip", `unsafe entry name: ${problem}`, { file: zipLabel });
  const base = name.slice(name.lastIndexOf("/") + 1);
  if (base === "" || isMacMetadata(name)) return undefined;
  const label = `${zipLabel}/${name}`;
  if (!accepts(base.replace(/\.gz$/i, ""))) {
    others.push(label);
    return undefined;
  }
  if (entry.isEncrypted()) throw damage("encrypted zip entry", "the zip entry is encrypted", { file: label });
  if (!entry.canDecodeFileData()) {
    throw damage(
      "unsupported zip compression",
      `compression method must be 0 (stored) or 8 (deflate), got ${entry.compressionMethod}`,
      { file: label },
    );
  }
  return { label, byteLength: entry.uncompressedSize, open: () => readEntry(zip, entry, label) };
}

/** With `decodeStrings: false` yauzl hands the name over as bytes; its types do not say so. */
function asBuffer(name: string | Buffer): Buffer {
  return typeof name === "string" ? Buffer.from(name, "latin1") : name;
}

/** An entry's bytes; the declared size bounds them (a zip bomb ends there), and the checksum is compared. */
async function* readEntry(zip: ZipFile, entry: Entry, label: string): AsyncGenerator<Uint8Array, void> {
  let checksum = 0;
  try {
    const stream = await zip.openReadStreamPromise(entry);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    throw asDamage(error, "damaged zip entry", label);
  }
  if (checksum !== entry.crc32) {
    throw damage("damaged zip entry", "the zip entry does not match its checksum", { file: label });
  }
}

/** yauzl and zlib report a bad archive by plain errors; an input/output error (it names a system call) is none. */
function asDamage(error: unknown, reason: SkipReason, file: string): unknown {
  if (!isError(error) || "syscall" in error) return error;
  return damage(reason, `${reason}: ${error.message}`, { file }, error);
}
