import { createCrowd, type SlidingWindows, slidingWindows, TrajectorySet } from "@wayweave/geo-core";
import { readUcy } from "@wayweave/geo-core/node";
import type { SplitProtocol } from "@wayweave/trajcross";
import type { DataProvenance, LoadedData, RunContext } from "../experiments/experiment.js";

/** The two ways to divide UNIV, by their names in the tables. */
export const univSplits = {
  "UNIV windows": "windows",
  "UNIV pedestrians": "pedestrians",
} as const satisfies Record<string, SplitProtocol>;
export type UnivName = keyof typeof univSplits;

/** Windows of 20 consecutive frames of pedestrians. */
export interface UnivWindows extends LoadedData {
  readonly windows: SlidingWindows;
}

/** Points of a window: the paper's. */
const windowLength = 20;

/** All windows of the UNIV scenes; of a synthetic crowd where they are not found. */
export function loadUniv(context: RunContext): Promise<UnivWindows> {
  return context.load("ucy", "windows of 20", async (located) => {
    if (located === undefined) return cut(createCrowd({ seed: 1, frames: 1100 }), syntheticProvenance);
    const scenes = await Promise.all(located.paths.map((path) => readUcy(path, { signal: context.signal })));
    const pedestrians = TrajectorySet.concat(scenes.map(({ trajectories }) => trajectories));
    const { files, sha256 } = located;
    return cut(pedestrians, { name: "UNIV", source: "real", files, sha256 });
  });
}

const syntheticProvenance = { name: "UNIV", source: "synthetic", files: [], sha256: [] } as const;

function cut(pedestrians: TrajectorySet, source: Omit<DataProvenance, "counts">): UnivWindows {
  const windows = slidingWindows(pedestrians, { length: windowLength });
  const counts = { pedestrians: pedestrians.length, windows: windows.set.length };
  return { windows, provenance: { ...source, counts } };
}
