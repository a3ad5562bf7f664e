import { ValueError } from "../foundation/errors.js";
import { checkInRange, checkLength } from "../foundation/validate.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { EARTH_RADIUS_METERS } from "./great-circle.js";
import { checkLonLat, longitudeDifference, normalizeLongitude, type Position } from "./position.js";

/**
 * `[west, south, east, north]` in degrees, west > east across the antimeridian (RFC 7946 §5); all longitudes are
 * `[-180, s, 180, n]`. For planar sets `[minX, minY, maxX, maxY]`.
 */
export type BoundingBox = readonly [west: number, south: number, east: number, north: number];

const DEGREES = 180 / Math.PI;

/** Requires longitudes in [−180, 180] and −90 ≤ south ≤ north ≤ 90. */
export function checkBoundingBox(where: string, name: string, box: BoundingBox): void {
  checkLength(where, name, box, 4);
  const [west, south, east, north] = box;
  // Written so that NaN fails too.
  if (!(Math.abs(west) <= 180 && Math.abs(east) <= 180 && south >= -90 && south <= north && north <= 90)) {
    throw new ValueError(
      `${where}: ${name} must be [west, south, east, north] with west and east in [-180, 180] and -90 ≤ south ≤ north ≤ 90, got [${box.join(", ")}]`,
    );
  }
}

/**
 * The smallest box around every point of a set and every segment between them.
 *
 * A lon/lat segment is a straight line in degrees that goes the shorter way round (RFC 7946 §3.1.1), so a trip across
 * the antimeridian gives a narrow box with west > east, and a trip around a pole gives all longitudes. The
 * edge-to-edge case, two points exactly 180° apart, stays inside [−180, 180].
 *
 * @returns `[west, south, east, north]`, for planar sets `[minX, minY, maxX, maxY]`
 * @throws {ValueError} a set without points
 */
export function bboxOf(set: TrajectorySet): [west: number, south: number, east: number, north: number] {
  checkSet("bboxOf", set);
  if (set.pointCount === 0) throw new ValueError("bboxOf: set must hold at least one point, got 0");
  const { coordinates } = set;
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < coordinates.length; i += 2) {
    const x = coordinates[i]!;
    const y = coordinates[i + 1]!;
    if (x < box[0]) box[0] = x;
    if (y < box[1]) box[1] = y;
    if (x > box[2]) box[2] = x;
    if (y > box[3]) box[3] = y;
  }
  // Within a half turn and without a crossing, what lies outside is the larger gap already.
  if (set.coordinateSystem === "planar" || box[2] - box[0] < 180) return box;
  [box[0], box[2]] = smallestLongitudes(segmentLongitudes(set));
  return box;
}

/** Whether a box holds a position; edges belong to it, and −180° and 180° are one meridian. */
export function bboxContains(box: BoundingBox, position: Position): boolean {
  checkBoundingBox("bboxContains", "box", box);
  checkLonLat("bboxContains", "position", position);
  const [lon, lat] = position;
  if (lat < box[1] || lat > box[3]) return false;
  return containsLongitude(box, lon) || (Math.abs(lon) === 180 && containsLongitude(box, -lon));
}

/** Whether two boxes share at least one position. */
export function bboxIntersects(a: BoundingBox, b: BoundingBox): boolean {
  checkBoundingBox("bboxIntersects", "a", a);
  checkBoundingBox("bboxIntersects", "b", b);
  if (a[3] < b[1] || b[3] < a[1]) return false;
  // Two arcs meet exactly when one starts inside the other.
  return eastward(a[0], b[0]) <= width(a) || eastward(b[0], a[0]) <= width(b);
}

/**
 * The smallest box around two boxes, the shorter way round; of two equally small ones, the one that starts
 * farther west.
 */
export function bboxUnion(
  a: BoundingBox,
  b: BoundingBox,
): [west: number, south: number, east: number, north: number] {
  checkBoundingBox("bboxUnion", "a", a);
  checkBoundingBox("bboxUnion", "b", b);
  const [west, east] = smallestLongitudes([a, b]);
  return [west, Math.min(a[1], b[1]), east, Math.max(a[3], b[3])];
}

/** The middle of a box: halfway in degrees of longitude, the way the box goes, and of latitude. */
export function bboxCenter(box: BoundingBox): [lon: number, lat: number] {
  checkBoundingBox("bboxCenter", "box", box);
  return [normalizeLongitude(box[0] + width(box) / 2), (box[1] + box[3]) / 2];
}

/** The box as one box, or as two where it crosses the antimeridian, each with west ≤ east. */
export function bboxSplit(box: BoundingBox): BoundingBox[] {
  checkBoundingBox("bboxSplit", "box", box);
  const [west, south, east, north] = box;
  if (west <= east) return [box];
  return [
    [west, south, 180, north],
    [-180, south, east, north],
  ];
}

/**
 * The smallest box around a circle on the sphere. One that holds a pole takes all longitudes and ends at the pole.
 *
 * Source: Bronshtein et al.: the meridians that touch a circle of angular radius δ at latitude φ lie
 * asin(sin δ / cos φ) from its centre.
 *
 * @param radiusMeters in [0, πR]
 */
export function bboxAround(
  center: Position,
  radiusMeters: number,
): [west: number, south: number, east: number, north: number] {
  checkLonLat("bboxAround", "center", center);
  checkInRange("bboxAround", "radiusMeters", radiusMeters, 0, Math.PI * EARTH_RADIUS_METERS);
  const [lon, lat] = center;
  const radius = radiusMeters / EARTH_RADIUS_METERS;
  const south = lat - radius * DEGREES;
  const north = lat + radius * DEGREES;
  if (south <= -90 || north >= 90) return [-180, Math.max(-90, south), 180, Math.min(90, north)];
  const half = Math.asin(Math.min(1, Math.sin(radius) / Math.cos(lat / DEGREES))) * DEGREES;
  return [normalizeLongitude(lon - half), south, normalizeLongitude(lon + half), north];
}

function containsLongitude(box: BoundingBox, lon: number): boolean {
  return box[0] <= box[2] ? box[0] <= lon && lon <= box[2] : lon >= box[0] || lon <= box[2];
}

/** Degrees from one longitude eastward to another, in [0, 360). */
function eastward(from: number, to: number): number {
  const degrees = to - from;
  return degrees < 0 ? degrees + 360 : degrees >= 360 ? degrees - 360 : degrees;
}

/** A box's degrees of longitude, in [0, 360]. */
function width(box: BoundingBox): number {
  return box[0] <= box[2] ? box[2] - box[0] : box[2] - box[0] + 360;
}

/** One arc a segment (a point alone is an arc of no width), as boxes of no height. */
function segmentLongitudes(set: TrajectorySet): BoundingBox[] {
  const arcs: BoundingBox[] = [];
  for (const { coordinates } of set) {
    for (let i = 0; i < coordinates.length; i += 2) {
      const lon = coordinates[i]!;
      const next = coordinates[i + 2] ?? lon;
      const crosses = Math.abs(next - lon) > 180;
      const goesEast = crosses ? longitudeDifference(lon, next) >= 0 : next >= lon;
      arcs.push(goesEast ? [lon, 0, next, 0] : [next, 0, lon, 0]);
    }
  }
  return arcs;
}

/** The complement of the widest gap that the arcs leave on the circle of longitudes; the first of equal gaps. */
function smallestLongitudes(arcs: readonly BoundingBox[]): [west: number, east: number] {
  const sorted = [...arcs].sort((a, b) => a[0] - b[0]);
  // Where the arcs of one turn reach; the sweep below is the next turn, so arcs over the antimeridian count.
  let covered = -Infinity;
  let coveredEast = 0;
  // Two ends that round to one number still differ in their own degrees.
  const extend = (end: number, east: number): void => {
    if (end > covered || (end === covered && east > coveredEast)) {
      covered = end;
      coveredEast = east;
    }
  };
  const endOf = (arc: BoundingBox): number => (arc[0] <= arc[2] ? arc[2] : arc[2] + 360);
  for (const arc of sorted) extend(endOf(arc), arc[2]);
  let widest = 0;
  let found: [number, number] = [-180, 180];
  for (const arc of sorted) {
    const gap = arc[0] + 360 - covered;
    if (gap > widest) {
      widest = gap;
      found = [arc[0], coveredEast];
    }
    extend(endOf(arc) + 360, arc[2]);
  }
  return found;
}
