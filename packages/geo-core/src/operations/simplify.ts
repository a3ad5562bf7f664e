import { checkOptions } from "../foundation/check-options.js";
import { checkGiven, checkInRange } from "../foundation/validate.js";
import { EARTH_RADIUS_METERS } from "../geometry/great-circle.js";
import {
  arcDistanceRadians,
  planarSegmentDistanceSquared,
  unitVectors,
} from "../geometry/segment-distance.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { selectPoints } from "./select-points.js";

/**
 * Ramer–Douglas–Peucker: the points of each trajectory without those that a straighter line misses by no more than a
 * tolerance. Ends stay; times and ids stay with their points.
 *
 * Distances are from point to segment: on the sphere for lon/lat sets (antimeridian and poles included), on the plane
 * for planar ones. Iterative: no line is too long for the stack. O(n log n) usually, O(n²) at worst.
 *
 * Sources: Ramer 1972; Douglas and Peucker 1973.
 *
 * @param options.toleranceMeters ≥ 0, in the set's unit where planar; 0 drops only points exactly on the line
 * @throws {ValueError} a negative or non-finite tolerance
 */
export function simplify(set: TrajectorySet, options: { readonly toleranceMeters: number }): TrajectorySet {
  checkSet("simplify", set);
  checkGiven("simplify", "options", options);
  checkOptions("simplify", options, ["toleranceMeters"]);
  const { toleranceMeters } = options;
  checkInRange("simplify", "toleranceMeters", toleranceMeters, 0, Number.MAX_VALUE);
  const keep = new Uint8Array(set.pointCount);
  const isLonLat = set.coordinateSystem === "lonlat";
  const vectors = isLonLat ? unitVectors(set.coordinates) : set.coordinates;
  const tolerance = isLonLat ? toleranceMeters / EARTH_RADIUS_METERS : toleranceMeters * toleranceMeters;
  const farthest = isLonLat ? farthestFromArc : farthestFromSegment;
  for (let i = 0; i < set.length; i++) {
    markKept(vectors, set.offsets[i]!, set.offsets[i + 1]! - 1, tolerance, farthest, keep);
  }
  return selectPoints(set, keep);
}

/** The point strictly between two others that lies farthest from their segment, −1 if none lies beyond a tolerance. */
type FarthestPoint = (table: Float64Array, start: number, end: number, tolerance: number) => number;

/** On the plane: `tolerance` is squared, `coordinates` `[points × 2]`. */
function farthestFromSegment(
  coordinates: Float64Array,
  start: number,
  end: number,
  tolerance: number,
): number {
  const ax = coordinates[2 * start]!;
  const ay = coordinates[2 * start + 1]!;
  const bx = coordinates[2 * end]!;
  const by = coordinates[2 * end + 1]!;
  let farthest = -1;
  let widest = tolerance;
  for (let p = start + 1; p < end; p++) {
    const d = planarSegmentDistanceSquared(coordinates[2 * p]!, coordinates[2 * p + 1]!, ax, ay, bx, by);
    if (d > widest) {
      widest = d;
      farthest = p;
    }
  }
  return farthest;
}

/** On the sphere: `tolerance` is an angle in radians, `vectors` `[points × 3]`. */
function farthestFromArc(vectors: Float64Array, start: number, end: number, tolerance: number): number {
  let farthest = -1;
  let widest = tolerance;
  for (let p = start + 1; p < end; p++) {
    const d = arcDistanceRadians(vectors, p, start, end);
    if (d > widest) {
      widest = d;
      farthest = p;
    }
  }
  return farthest;
}

/** Sets `keep` to 1 for the points of first … last that stay. */
function markKept(
  table: Float64Array,
  first: number,
  last: number,
  tolerance: number,
  farthestPoint: FarthestPoint,
  keep: Uint8Array,
): void {
  if (last < first) return;
  keep[first] = 1;
  keep[last] = 1;
  const stack = [first, last];
  while (stack.length > 0) {
    const end = stack.pop()!;
    const start = stack.pop()!;
    const farthest = farthestPoint(table, start, end, tolerance);
    if (farthest === -1) continue;
    keep[farthest] = 1;
    stack.push(start, farthest, farthest, end);
  }
}
