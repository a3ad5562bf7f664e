import { TrajectorySet } from "../trajectories/trajectory-set.js";

/** The set with only the points whose flag is not 0; every trajectory stays, even without points. `keep` `[points]` */
export function selectPoints(set: TrajectorySet, keep: Uint8Array): TrajectorySet {
  let pointCount = 0;
  for (let i = 0; i < keep.length; i++) if (keep[i] !== 0) pointCount++;
  const coordinates = new Float64Array(2 * pointCount);
  const timesMs = set.timesMs === undefined ? undefined : new Float64Array(pointCount);
  const offsets = new Uint32Array(set.length + 1);
  let next = 0;
  for (let i = 0; i < set.length; i++) {
    for (let j = set.offsets[i]!; j < set.offsets[i + 1]!; j++) {
      if (keep[j] === 0) continue;
      coordinates[2 * next] = set.coordinates[2 * j]!;
      coordinates[2 * next + 1] = set.coordinates[2 * j + 1]!;
      if (timesMs !== undefined) timesMs[next] = set.timesMs![j]!;
      next++;
    }
    offsets[i + 1] = next;
  }
  const { ids, coordinateSystem } = set;
  return new TrajectorySet({ coordinates, offsets, timesMs, ids, coordinateSystem }, { validate: false });
}
