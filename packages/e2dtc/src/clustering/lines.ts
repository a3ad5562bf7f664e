import { bboxOf, localEquirectangular, projectSet, TrajectorySet, ValueError } from "@wayweave/geo-core";

/**
 * How lines are thinned. `recorded`: at most so many of the recorded points, evenly by their number: speed and stops show. `spaced`: points at
 * equal distances along the way, the same distance for all trips: they do not.
 */
export type Thinning = "recorded" | "spaced";

/** Elastic distances take time by the square of this. */
const MAX_POINTS = 64;
/** Points of the median trip, spaced. */
const SPACED_POINTS = 32;

/**
 * Trips in the plane, without ids and times: metres about the middle of their box, or their own unit.
 *
 * @throws {ValueError} a set without trips, or a trip without points
 */
export function planarOf(where: string, set: TrajectorySet): TrajectorySet {
  if (set.length === 0) throw new ValueError(`${where}: trips must hold at least one, got 0`);
  for (let i = 0; i < set.length; i++) {
    if (set.pointCountOf(i) === 0) {
      throw new ValueError(`${where}: trip ${i} must hold at least one point, got 0`);
    }
  }
  const { coordinates, offsets, coordinateSystem } = set;
  const bare = new TrajectorySet({ coordinates, offsets, coordinateSystem }, { validate: false });
  if (coordinateSystem === "planar") return bare;
  const [west, south, east, north] = bboxOf(bare);
  // Across the antimeridian west > east, and the middle lies half a turn away from their mean.
  const middle = west <= east ? (west + east) / 2 : (west + east) / 2 + (west + east > 0 ? -180 : 180);
  return projectSet(bare, localEquirectangular([middle, (south + north) / 2]));
}

/** Trips as lines of few points, ready for elastic distances. */
export function thinned(planar: TrajectorySet, thinning: Thinning): TrajectorySet {
  const coordinates: number[] = [];
  const offsets = new Uint32Array(planar.length + 1);
  const spacing = thinning === "spaced" ? spacingOf(planar) : 0;
  for (let i = 0; i < planar.length; i++) {
    if (thinning === "recorded") keepSome(planar, i, coordinates);
    else space(planar, i, countOf(lengthOf(planar, i), spacing), coordinates);
    offsets[i + 1] = coordinates.length / 2;
  }
  return new TrajectorySet({
    coordinates: Float64Array.from(coordinates),
    offsets,
    coordinateSystem: "planar",
  });
}

/** So many points at equal distances along each trip, one row a trip, `[trips × 2 count]`. */
export function orderedPoints(planar: TrajectorySet, count: number): Float64Array {
  const rows: number[] = [];
  for (let i = 0; i < planar.length; i++) space(planar, i, count, rows);
  return Float64Array.from(rows);
}

/** Length of a trip along its way. */
export function lengthOf({ coordinates, offsets }: TrajectorySet, trip: number): number {
  let length = 0;
  for (let p = offsets[trip]! + 1; p < offsets[trip + 1]!; p++) length += stepOf(coordinates, p);
  return length;
}

/** The middle one of the trips' lengths. */
export function medianLength(planar: TrajectorySet): number {
  const lengths = Float64Array.from({ length: planar.length }, (_, i) => lengthOf(planar, i)).sort();
  return lengths[planar.length >> 1]!;
}

function stepOf(coordinates: Float64Array, point: number): number {
  return Math.hypot(
    coordinates[2 * point]! - coordinates[2 * point - 2]!,
    coordinates[2 * point + 1]! - coordinates[2 * point - 1]!,
  );
}

function spacingOf(planar: TrajectorySet): number {
  return medianLength(planar) / SPACED_POINTS;
}

function countOf(length: number, spacing: number): number {
  const wanted = spacing > 0 ? Math.round(length / spacing) + 1 : 2;
  return Math.max(2, Math.min(MAX_POINTS, wanted));
}

function keepSome({ coordinates, offsets }: TrajectorySet, trip: number, into: number[]): void {
  const start = offsets[trip]!;
  const points = offsets[trip + 1]! - start;
  const kept = Math.min(points, MAX_POINTS);
  for (let j = 0; j < kept; j++) {
    const p = start + (kept === 1 ? 0 : Math.round((j * (points - 1)) / (kept - 1)));
    into.push(coordinates[2 * p]!, coordinates[2 * p + 1]!);
  }
}

function space(planar: TrajectorySet, trip: number, count: number, into: number[]): void {
  const { coordinates, offsets } = planar;
  const last = offsets[trip + 1]! - 1;
  const length = lengthOf(planar, trip);
  let p = offsets[trip]!;
  let before = 0;
  for (let j = 0; j < count; j++) {
    const target = count === 1 ? 0 : (length * j) / (count - 1);
    while (p < last - 1 && before + stepOf(coordinates, p + 1) < target) {
      before += stepOf(coordinates, p + 1);
      p++;
    }
    const step = p < last ? stepOf(coordinates, p + 1) : 0;
    const share = step > 0 ? Math.min(1, (target - before) / step) : 0;
    const next = Math.min(p + 1, last);
    for (const axis of [0, 1]) {
      const from = coordinates[2 * p + axis]!;
      into.push(from + share * (coordinates[2 * next + axis]! - from));
    }
  }
}
