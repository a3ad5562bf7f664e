import { TrajectorySet } from "@wayweave/geo-core";

/** Squares of planar coordinates within these bounds neither overflow nor vanish, in float32 either. */
const REACH = { least: 2 ** -40, most: 2 ** 50 } as const;

/**
 * Planar trips whose coordinates are so large or so small that their squares are no numbers, in other units: divided by a power of two, which
 * rounds nothing. Others are given back as they are.
 *
 * @returns the trips, and how many of the set's own units one of theirs is
 */
export function inReach(trips: TrajectorySet): { readonly set: TrajectorySet; readonly unit: number } {
  if (trips.coordinateSystem !== "planar") return { set: trips, unit: 1 };
  let largest = 0;
  for (const value of trips.coordinates) largest = Math.max(largest, Math.abs(value));
  if (largest === 0 || (largest >= REACH.least && largest <= REACH.most)) return { set: trips, unit: 1 };
  const exponent = Math.floor(Math.log2(largest));
  // In two steps: a single power of two would overflow for the smallest numbers there are.
  const [first, second] = [2 ** -Math.trunc(exponent / 2), 2 ** -(exponent - Math.trunc(exponent / 2))];
  const coordinates = trips.coordinates.map((value) => value * first * second);
  const { offsets, timesMs } = trips;
  const set = new TrajectorySet(
    { coordinates, offsets, timesMs, coordinateSystem: "planar" },
    { validate: false },
  );
  return { set, unit: 2 ** exponent };
}
