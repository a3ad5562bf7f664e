import fc from "fast-check";
import { TrajectorySet } from "../../src/index.js";

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** `[lon, lat]` anywhere, poles and antimeridian included. */
export const lonLat = fc.tuple(
  fc.oneof(real(-180, 180), fc.constantFrom(-180, 180, 0)),
  fc.oneof(real(-90, 90), fc.constantFrom(-90, 90, 0)),
);

/** `[lon, lat]` away from the poles. */
export const midLatitude = fc.tuple(real(-180, 180), real(-80, 80));

/** `[x, y]` of some kilometres. */
export const planarPoint = fc.tuple(real(-5000, 5000), real(-5000, 5000));

/** A set with ids and times (whole milliseconds, ascending), each trajectory of 0 to 12 points. */
export function trajectorySets(
  coordinateSystem: "lonlat" | "planar",
  minPoints = 0,
): fc.Arbitrary<TrajectorySet> {
  const position = coordinateSystem === "lonlat" ? lonLat : planarPoint;
  const point = fc.tuple(position, fc.integer({ min: 0, max: 60_000 }));
  const trajectory = fc.array(point, { minLength: minPoints, maxLength: 12 });
  return fc.array(trajectory, { maxLength: 5 }).map((trajectories) => {
    const withTimes = trajectories.map((points) => {
      let time = 1_700_000_000_000;
      return points.map(([[x, y], pause]) => {
        time += pause;
        return [x, y, time];
      });
    });
    const ids = trajectories.map((_, i) => `t${i}`);
    return TrajectorySet.fromArrays(withTimes, { withTimes: true, ids, coordinateSystem });
  });
}

/** Everything a set holds, as plain values. */
export function contents(set: TrajectorySet): unknown {
  return Array.from(set, ({ id, coordinates, timesMs }) => ({
    id,
    coordinates: [...coordinates],
    timesMs: timesMs === undefined ? undefined : [...timesMs],
  }));
}
