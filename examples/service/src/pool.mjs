// The worker threads over one snapshot. A reload opens a second pool, asks it, and only then lets go of the first.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { FormatError } from "@wayweave/geo-core";
import { GmrTree } from "@wayweave/gmr-tree";
import { Piscina } from "piscina";
import { checkSnapshot } from "./snapshot.mjs";

/**
 * Opens a snapshot in `workers` threads, each of which has answered a trial question.
 *
 * @throws {FormatError} a snapshot that is damaged; no thread is left behind
 */
export async function openPool(link, { workers, maxPixels }) {
  const { folder, id } = await checkSnapshot(link);
  const objects = await readShared(join(folder, "objects.gmr"));
  const threads = new Piscina({
    filename: new URL("worker.mjs", import.meta.url).href,
    workerData: { folder, objects, maxPixels },
    minThreads: workers,
    maxThreads: workers,
    idleTimeout: Number.POSITIVE_INFINITY,
  });
  try {
    const arrived = new SharedArrayBuffer(4);
    const warmed = await Promise.all(
      Array.from({ length: workers }, () => threads.run({ kind: "warm", arrived, count: workers })),
    );
    const failed = warmed.find(({ error }) => error !== undefined);
    if (failed !== undefined) throw new FormatError(failed.error.message, { file: folder });
    return { id, contents: warmed[0].value, threads, running: 0, onIdle: undefined };
  } catch (error) {
    await threads.destroy();
    throw error;
  }
}

/** A file in memory that threads share; GmrTree checks it here once, whoever reads it later. */
async function readShared(file) {
  const bytes = await readFile(file);
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  try {
    GmrTree.from(shared, { copy: false });
  } catch (cause) {
    throw new FormatError(cause.message, { file }, { cause });
  }
  return shared;
}
