import { checkOptions } from "../foundation/check-options.js";
import type { Random } from "../foundation/random.js";
import { checkGiven, checkInRange, checkLength } from "../foundation/validate.js";
import { destination, EARTH_RADIUS_METERS } from "../geometry/great-circle.js";
import { checkSet } from "../trajectories/check-set.js";
import { TrajectorySet } from "../trajectories/trajectory-set.js";

/** Options of {@link distort}. */
export interface DistortOptions {
  /** The probability with which each point is moved, in [0, 1]: E2DTC's r₂. */
  readonly rate: number;
  /** Standard deviation of the move along each axis, in metres (a planar set's unit), ≥ 0: one for all, or of each trajectory. */
  readonly sigmaMeters: number | ArrayLike<number>;
  /** Where random numbers come from; it moves on, so that a second call with it distorts otherwise. */
  readonly random: Random;
  /** Whether the first and last point always stay in place. @defaultValue false */
  readonly keepEndpoints?: boolean;
}

/**
 * Moves points at random: each one on its own, with probability r₂, by a normal number of metres east and another
 * north. Lon/lat points move along great circles, correctly at the antimeridian and the poles.
 *
 * Source: E2DTC §V-C (after t2vec, Li et al. 2018, whose code moves the ends too, by σ = 50 m).
 *
 * @returns a copy of the coordinates; offsets, times and ids are shared with the original
 * @throws {ValueError} a rate outside [0, 1], or a negative or non-finite sigma
 * @throws {ShapeError} sigmas that are not one for each trajectory
 */
export function distort(set: TrajectorySet, options: DistortOptions): TrajectorySet {
  checkSet("distort", set);
  checkGiven("distort", "options", options);
  checkOptions("distort", options, ["rate", "sigmaMeters", "random", "keepEndpoints"]);
  const { rate, sigmaMeters, random, keepEndpoints = false } = options;
  checkInRange("distort", "rate", rate, 0, 1);
  const sigmas =
    typeof sigmaMeters === "number" ? new Float64Array(set.length).fill(sigmaMeters) : sigmaMeters;
  checkLength("distort", "sigmaMeters", sigmas, set.length);
  const coordinates = set.coordinates.slice();
  const isLonLat = set.coordinateSystem === "lonlat";
  for (let i = 0; i < set.length; i++) {
    const start = set.offsets[i]!;
    const end = set.offsets[i + 1]!;
    const sigma = sigmas[i]!;
    checkInRange(
      "distort",
      typeof sigmaMeters === "number" ? "sigmaMeters" : `sigmaMeters[${i}]`,
      sigma,
      0,
      Number.MAX_VALUE,
    );
    for (let j = start; j < end; j++) {
      if (random.next() >= rate) continue;
      const east = sigma * random.normal();
      const north = sigma * random.normal();
      if (keepEndpoints && (j === start || j === end - 1)) continue;
      move(coordinates, 2 * j, east, north, isLonLat);
    }
  }
  const { offsets, timesMs, ids, coordinateSystem, pointColumns, properties } = set;
  return new TrajectorySet(
    { coordinates, offsets, timesMs, ids, coordinateSystem, pointColumns, properties },
    { validate: false },
  );
}

function move(coordinates: Float64Array, at: number, east: number, north: number, isLonLat: boolean): void {
  const x = coordinates[at]!;
  const y = coordinates[at + 1]!;
  if (!isLonLat) {
    coordinates[at] = x + east;
    coordinates[at + 1] = y + north;
    return;
  }
  const angle = Math.sqrt(east * east + north * north) / EARTH_RADIUS_METERS;
  const moved = destination(x, y, Math.atan2(east, north), angle);
  coordinates[at] = moved[0];
  coordinates[at + 1] = moved[1];
}
