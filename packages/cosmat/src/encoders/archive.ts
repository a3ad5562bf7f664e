import { basename } from "node:path";
import { buffer } from "node:stream/consumers";
import { FormatError } from "@wayweave/geo-core";
import { openPromise } from "yauzl";

/**
 * Some entries of a zip (a wheel, a jar), by their base names.
 *
 * @throws {FormatError} no zip, or an entry that is not there
 */
export async function readArchive(file: string, wanted: readonly string[]): Promise<Map<string, Buffer>> {
  const zip = await openPromise(file, { autoClose: false }).catch((cause: unknown) => {
    throw new FormatError("must be a zip", { file: basename(file) }, { cause });
  });
  zip.on("error", () => {}); // reported by the iterator; without a listener it would end the process
  const entries = new Map<string, Buffer>();
  try {
    for await (const entry of zip.eachEntry()) {
      const name = basename(entry.fileName);
      if (wanted.includes(name)) entries.set(name, await buffer(await zip.openReadStreamPromise(entry)));
    }
  } finally {
    zip.close();
  }
  const missing = wanted.find((name) => !entries.has(name));
  if (missing !== undefined) throw new FormatError(`must hold ${missing}`, { file: basename(file) });
  return entries;
}
