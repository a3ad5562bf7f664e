import { stat } from "node:fs/promises";
import path from "node:path";
import { type TrajectorySet, ValueError } from "@wayweave/geo-core";
import { readTrajectories } from "@wayweave/geo-core/node";

export interface ReadTracksOptions {
  readonly coordinateSystem: "lonlat" | "planar";
  readonly signal: AbortSignal;
}

/**
 * Reads tracks of any format: a file, a folder or a zip of them. What is broken is left out and told on stderr.
 *
 * @throws {ValueError} nothing there, or no track in it
 */
export async function readTracks(
  source: string,
  { coordinateSystem, signal }: ReadTracksOptions,
): Promise<TrajectorySet> {
  await checkThere(source);
  const { set, report } = await readTrajectories(source, { coordinateSystem, lenient: true, signal });
  if (set.length === 0) throw new ValueError(`${source} must hold tracks, got none`);
  for (const { reason, count } of report.skipped) process.stderr.write(`left out: ${count} × ${reason}\n`);
  return set;
}

async function checkThere(source: string): Promise<void> {
  await stat(source).catch((cause: Error) => {
    throw new ValueError(`${source} must be a file or a folder of tracks (${cause.message})`, { cause });
  });
}

/** Whether a file's name ends in nothing that tracks have, so that it can only be what `index` wrote. */
export async function isIndex(source: string): Promise<boolean> {
  const found = await stat(source).catch(() => undefined);
  if (found === undefined || found.isDirectory()) return false;
  const extension = path.extname(source).toLowerCase();
  return extension === "" || extension === ".index" || extension === ".safetensors";
}
