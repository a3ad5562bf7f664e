// A snapshot is a folder that is written once and never changed: what the service answers from, and a list of its files.
//
//   snapshot.json    { "format": 1, "files": { "clusters.onnx": { "bytes": …, "sha256": "…" }, … } }
//   clusters.onnx    an E2DTC model                     for /predict
//   trips.parquet    trips, as writeParquet writes them for /similar
//   tracks.index     as saveTrackFinder writes it       for /find
//   objects.gmr      GmrTree.toBuffer()                 for /search
//
// A new one gets a name of its own; a symbolic link says which is current.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, realpath, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FormatError } from "@wayweave/geo-core";

export const snapshotFiles = ["clusters.onnx", "trips.parquet", "tracks.index", "objects.gmr"];

/** Lists a folder's files in its snapshot.json: the last step of writing a snapshot. */
export async function sealSnapshot(folder) {
  const files = {};
  for (const name of snapshotFiles) {
    const path = join(folder, name);
    files[name] = { bytes: (await stat(path)).size, sha256: await sha256Of(path) };
  }
  await writeFile(join(folder, "snapshot.json"), `${JSON.stringify({ format: 1, files }, undefined, 2)}\n`);
}

/**
 * Compares every file with the snapshot's list, so that a half-copied snapshot is never opened.
 *
 * @returns the folder behind the link, and an id that tells this snapshot from others
 * @throws {FormatError} a file that is missing, cut off or changed; names it
 */
export async function checkSnapshot(link) {
  const folder = await realpath(link).catch((cause) => {
    throw new FormatError(`must be a folder: ${cause.message}`, { file: link }, { cause });
  });
  const list = join(folder, "snapshot.json");
  const files = await readList(list);
  for (const name of snapshotFiles) {
    const file = join(folder, name);
    const size = (await stat(file).catch(() => undefined))?.size;
    if (size !== files[name]?.bytes) {
      throw new FormatError(`must have ${files[name]?.bytes} bytes as snapshot.json says, got ${size}`, {
        file,
      });
    }
    if ((await sha256Of(file)) !== files[name].sha256) {
      throw new FormatError("must have the sha256 of snapshot.json; it was changed or damaged", { file });
    }
  }
  const id = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 12);
  return { folder, id };
}

async function readList(file) {
  let list;
  try {
    list = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new FormatError(`must be a snapshot's list: ${cause.message}`, { file }, { cause });
  }
  if (list?.format !== 1 || typeof list.files !== "object" || list.files === null) {
    throw new FormatError(`must have format 1 and files, got format ${JSON.stringify(list?.format)}`, {
      file,
    });
  }
  return list.files;
}

async function sha256Of(file) {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex");
}
