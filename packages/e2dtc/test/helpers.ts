import { type CoordinateSystem, TrajectorySet } from "@wayweave/geo-core";

/** A set from lists of positions. */
export function setOf(
  trajectories: readonly (readonly (readonly [number, number])[])[],
  coordinateSystem: CoordinateSystem = "lonlat",
  timesMs?: readonly number[],
): TrajectorySet {
  const offsets = [0];
  for (const points of trajectories) offsets.push(offsets.at(-1)! + points.length);
  return new TrajectorySet({
    coordinates: Float64Array.from(trajectories.flat(2)),
    offsets: Uint32Array.from(offsets),
    timesMs: timesMs === undefined ? undefined : Float64Array.from(timesMs),
    coordinateSystem,
  });
}
