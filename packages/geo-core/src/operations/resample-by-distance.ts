import { ValueError } from "../foundation/errors.js";
import { checkPositive } from "../foundation/validate.js";
import { haversineMeters, interpolate } from "../geometry/great-circle.js";
import type { Trajectory, TrajectorySet } from "../trajectories/trajectory-set.js";
import { TrajectorySetBuilder } from "../trajectories/trajectory-set-builder.js";

/**
 * Positions every `spacingMeters` along each trajectory, from its first point on: along great circles for lon/lat
 * sets, along straight lines (in the set's unit) for planar ones. Times are interpolated.
 *
 * @param options.keepLast whether the last point is kept when it falls between two steps; true by default
 */
export function resampleByDistance(
  set: TrajectorySet,
  options: { readonly spacingMeters: number; readonly keepLast?: boolean },
): TrajectorySet {
  const { spacingMeters, keepLast = true } = options;
  checkPositive("resampleByDistance", "spacingMeters", spacingMeters);
  return resample(set, (length) => {
    const steps = Math.floor(length / spacingMeters);
    const distances = Array.from({ length: steps + 1 }, (_, i) => i * spacingMeters);
    if (keepLast && steps * spacingMeters < length) distances.push(length);
    return distances;
  });
}

/**
 * Exactly `count` positions along each trajectory, equally far apart, both ends included. A trajectory of no length
 * repeats its point; an empty one stays empty.
 *
 * @param options.count an integer of at least 2
 */
export function resampleToCount(set: TrajectorySet, options: { readonly count: number }): TrajectorySet {
  const { count } = options;
  if (!Number.isSafeInteger(count) || count < 2) {
    throw new ValueError(`resampleToCount: count must be an integer of at least 2, got ${count}`);
  }
  return resample(set, (length) =>
    Array.from({ length: count }, (_, i) => (i === count - 1 ? length : (i * length) / (count - 1))),
  );
}

/** @param distancesOf the ascending distances from the start at which to put points, given the length */
function resample(set: TrajectorySet, distancesOf: (length: number) => readonly number[]): TrajectorySet {
  const { coordinateSystem } = set;
  const isLonLat = coordinateSystem === "lonlat";
  const builder = new TrajectorySetBuilder({ coordinateSystem, withTimes: set.timesMs !== undefined });
  for (const trajectory of set) {
    builder.begin(trajectory.id);
    const count = trajectory.coordinates.length / 2;
    if (count > 0) {
      const reached = cumulativeLengths(trajectory.coordinates, isLonLat);
      let i = 0;
      for (const distance of distancesOf(reached[count - 1]!)) {
        while (i + 2 < count && reached[i + 1]! < distance) i++;
        addAt(trajectory, i, reached, distance, isLonLat, builder);
      }
    }
    builder.end();
  }
  return builder.build().with({ properties: set.properties });
}

/** Adds the position at a distance from the start that lies between points i and i + 1. */
function addAt(
  trajectory: Trajectory,
  i: number,
  reached: Float64Array,
  distance: number,
  isLonLat: boolean,
  builder: TrajectorySetBuilder,
): void {
  const { coordinates, timesMs } = trajectory;
  const x = coordinates[2 * i]!;
  const y = coordinates[2 * i + 1]!;
  const span = i + 1 < reached.length ? reached[i + 1]! - reached[i]! : 0;
  if (span === 0) {
    builder.addPoint(x, y, timesMs?.[i]);
    return;
  }
  const fraction = Math.min(1, (distance - reached[i]!) / span);
  const nextX = coordinates[2 * i + 2]!;
  const nextY = coordinates[2 * i + 3]!;
  const [atX, atY] = isLonLat
    ? interpolate(x, y, nextX, nextY, fraction)
    : [mix(x, nextX, fraction), mix(y, nextY, fraction)];
  builder.addPoint(atX, atY, timesMs === undefined ? undefined : mix(timesMs[i]!, timesMs[i + 1]!, fraction));
}

/** Exact at both ends. */
function mix(from: number, to: number, fraction: number): number {
  if (fraction === 0) return from;
  return fraction === 1 ? to : from + fraction * (to - from);
}

/** Distance from the first point along the line, `[points]`. */
function cumulativeLengths(coordinates: Float64Array, isLonLat: boolean): Float64Array {
  const reached = new Float64Array(coordinates.length / 2);
  for (let i = 1; i < reached.length; i++) {
    const x = coordinates[2 * i - 2]!;
    const y = coordinates[2 * i - 1]!;
    const nextX = coordinates[2 * i]!;
    const nextY = coordinates[2 * i + 1]!;
    const step = isLonLat ? haversineMeters(x, y, nextX, nextY) : Math.hypot(nextX - x, nextY - y);
    reached[i] = reached[i - 1]! + step;
  }
  return reached;
}
