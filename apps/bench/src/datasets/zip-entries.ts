import { basename, dirname, extname } from "node:path";
import { buffer } from "node:stream/consumers";
import { FormatError } from "@wayweave/geo-core";
import { openPromise } from "yauzl";

/**
 * All files of a zip, each by its base name and by folder and base name (`10.jpg` and `culture/10.jpg`); of equal names the
 * last counts.
 *
 * @throws {FormatError} no zip
 */
export async function readEntries(archive: string): Promise<Map<string, Buffer>> {
  const zip = await openPromise(archive, { autoClose: false }).catch((cause: unknown) => {
    throw new FormatError("must be a zip", { file: basename(archive) }, { cause });
  });
  zip.on("error", () => {}); // reported by the iterator
  try {
    const entries = new Map<string, Buffer>();
    for await (const entry of zip.eachEntry()) {
      if (extname(entry.fileName) === "") continue;
      const bytes = await buffer(await zip.openReadStreamPromise(entry));
      const folder = basename(dirname(entry.fileName));
      entries.set(basename(entry.fileName), bytes).set(`${folder}/${basename(entry.fileName)}`, bytes);
    }
    return entries;
  } finally {
    zip.close();
  }
}

/** A text file among {@link readEntries}. @throws {FormatError} it is not there */
export function textEntry(entries: ReadonlyMap<string, Buffer>, file: string, archive: string): string {
  const bytes = entries.get(file);
  if (bytes === undefined) throw new FormatError(`must hold ${file}`, { file: basename(archive) });
  return bytes.toString("utf8");
}
