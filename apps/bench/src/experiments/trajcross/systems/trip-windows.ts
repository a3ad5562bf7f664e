import { type Random, TrajectorySet } from "@wayweave/geo-core";

/** Points of a window: as many as a pedestrian of UNIV has. */
const windowLength = 20;

/**
 * At most `count` windows of 20 consecutive points, one a trip, each drawn from those of its trip that go anywhere; trips in
 * random order. Only what is drawn is copied: some sets have tens of millions of windows.
 */
export function oneWindowEach(trips: TrajectorySet, random: Random, count: number): TrajectorySet {
  const windows: Float64Array[] = [];
  for (const trip of random.permutation(trips.length)) {
    if (windows.length === count) break;
    const window = movingWindow(trips.at(trip).coordinates, random);
    if (window !== undefined) windows.push(window);
  }
  const coordinates = new Float64Array(2 * windowLength * windows.length);
  for (const [i, window] of windows.entries()) coordinates.set(window, 2 * windowLength * i);
  return new TrajectorySet({
    coordinates,
    offsets: Uint32Array.from({ length: windows.length + 1 }, (_, i) => windowLength * i),
    coordinateSystem: trips.coordinateSystem,
  });
}

/** A random one of a trip's windows that are more than one place; none where all are one place, or the trip is shorter. */
function movingWindow(coordinates: Float64Array, random: Random): Float64Array | undefined {
  const starts: number[] = [];
  // Points up to here are at the place of the last one looked at.
  let sameSince = 0;
  for (let point = 1; point < coordinates.length / 2; point++) {
    const moved =
      coordinates[2 * point] !== coordinates[2 * point - 2] ||
      coordinates[2 * point + 1] !== coordinates[2 * point - 1];
    if (moved) sameSince = point;
    const start = point - windowLength + 1;
    if (start >= 0 && sameSince > start) starts.push(start);
  }
  if (starts.length === 0) return undefined;
  const start = starts[random.integer(starts.length)]!;
  return coordinates.slice(2 * start, 2 * (start + windowLength));
}
