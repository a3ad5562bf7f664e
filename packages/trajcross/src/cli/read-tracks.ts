import { open } from "node:fs/promises";
import { checkThere, tellSkipped } from "@wayweave/cli";
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
  await tellSkipped(source, report, {});
  return set;
}

/** Whether a file is what `index` wrote, whatever its name: safetensors, the length of a JSON header and the header. */
export async function isIndex(source: string): Promise<boolean> {
  const handle = await open(source, "r").catch(() => undefined);
  if (handle === undefined) return false;
  try {
    if (!(await handle.stat()).isFile()) return false;
    const head = new Uint8Array(9);
    const { bytesRead } = await handle.read(head, 0, 9, 0);
    const isHeaderShort = new DataView(head.buffer).getBigUint64(0, true) < 1n << 32n;
    return bytesRead === 9 && isHeaderShort && head[8] === 0x7b;
  } finally {
    await handle.close();
  }
}
