import { mapColumns, takePoints } from "../trajectories/columns.js";
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
  const { ids, coordinateSystem, properties } = set;
  const kept = Object.keys(set.pointColumns).length === 0 ? [] : indicesOf(keep, pointCount);
  const pointColumns = mapColumns(set.pointColumns, (column) => takePoints(column, kept));
  return new TrajectorySet(
    { coordinates, offsets, timesMs, ids, coordinateSystem, pointColumns, properties },
    { validate: false },
  );
}

function indicesOf(keep: Uint8Array, count: number): Uint32Array {
  const indices = new Uint32Array(count);
  let next = 0;
  for (let i = 0; i < keep.length; i++) if (keep[i] !== 0) indices[next++] = i;
  return indices;
}
