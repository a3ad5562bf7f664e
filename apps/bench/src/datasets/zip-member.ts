import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { FormatError } from "@wayweave/geo-core";
import { openPromise, type ZipFile } from "yauzl";

/**
 * Writes one entry of a zip to a file, which takes its name only when it is whole.
 *
 * @param member the entry's file name, in whichever of the archive's folders it lies
 * @throws {FormatError} no zip, or no such entry: the message lists what there is
 */
export async function extractMember(archive: string, member: string, destination: string): Promise<void> {
  const temporary = `${destination}.${process.pid}.tmp`;
  const zip = await openPromise(archive, { autoClose: false }).catch((error: unknown) => {
    throw new FormatError(`must be a zip: ${error instanceof Error ? error.message : error}`, {
      file: basename(archive),
    });
  });
  zip.on("error", () => {}); // reported by the iterator; without a listener it would end the process
  try {
    await writeMember(zip, member, temporary, basename(archive));
    await rename(temporary, destination);
  } finally {
    zip.close();
    await rm(temporary, { force: true });
  }
}

async function writeMember(zip: ZipFile, member: string, path: string, file: string): Promise<void> {
  const names: string[] = [];
  for await (const entry of zip.eachEntry()) {
    if (basename(entry.fileName) === member) {
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path));
      return;
    }
    names.push(entry.fileName);
  }
  throw new FormatError(`must hold ${member}, got ${names.join(", ") || "no entries"}`, { file });
}
