import { type TrajectorySet, WEB_MERCATOR_MAX_LATITUDE } from "@wayweave/geo-core";

/** Tracks that maps can show, and the ids of the others, which reach a latitude that Web Mercator does not have. */
export interface MapTracks {
  readonly set: TrajectorySet;
  readonly beyond: readonly string[];
}

/** Why tracks are left out, as messages name it. */
export const BEYOND = "track beyond latitudes of ±85.05, where Web Mercator ends";

export function withinMercator(set: TrajectorySet): MapTracks {
  if (set.coordinateSystem === "planar") return { set, beyond: [] };
  const within: number[] = [];
  const beyond: string[] = [];
  const { coordinates, offsets } = set;
  for (let i = 0; i < set.length; i++) {
    let highest = 0;
    for (let p = offsets[i]!; p < offsets[i + 1]!; p++) {
      highest = Math.max(highest, Math.abs(coordinates[2 * p + 1]!));
    }
    if (highest <= WEB_MERCATOR_MAX_LATITUDE) within.push(i);
    else beyond.push(set.at(i).id);
  }
  return { set: beyond.length === 0 ? set : set.select(within), beyond };
}
