import {
  azimuthalEquidistant,
  createCity,
  createCrowd,
  createRoutes,
  type RoadNetwork,
  type TrajectorySet,
} from "@wayweave/geo-core";
import type { SampleName } from "./api.js";

const CENTER = [116.4, 39.9] as const;

/** Tracks that are made up, the same each time. */
export function sampleTracks(name: SampleName): {
  readonly set: TrajectorySet;
  readonly roads?: Float64Array;
} {
  switch (name) {
    case "city":
    case "city-large": {
      const { set, network } = createCity({ seed: 7, trips: name === "city" ? 600 : 10_000, center: CENTER });
      return { set, roads: roadsOf(network) };
    }
    case "crossing":
      return { set: createRoutes({ scene: "crossing", seed: 3, trips: 400, routes: 8 }).set };
    case "crowd":
      return { set: createCrowd({ seed: 1, frames: 400 }) };
  }
}

/** Each road once, as a straight piece in degrees. */
function roadsOf({ nodes, edgeStarts, edgeTargets }: RoadNetwork): Float64Array {
  const projection = azimuthalEquidistant(CENTER);
  const ends: number[] = [];
  for (let node = 0; node + 1 < edgeStarts.length; node++) {
    for (let edge = edgeStarts[node]!; edge < edgeStarts[node + 1]!; edge++) {
      const target = edgeTargets[edge]!;
      if (target < node) continue;
      ends.push(...projection.inverse([nodes[2 * node]!, nodes[2 * node + 1]!]));
      ends.push(...projection.inverse([nodes[2 * target]!, nodes[2 * target + 1]!]));
    }
  }
  return Float64Array.from(ends);
}
