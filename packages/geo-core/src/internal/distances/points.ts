import { EARTH_RADIUS_METERS } from "../../geometry/great-circle.js";

/** The points of one block share a bounding box; four blocks fill a 32-bit word of matches. */
export const BLOCK_POINTS = 8;

const RADIANS = Math.PI / 180;
const DIAMETER_METERS = 2 * EARTH_RADIUS_METERS;
/** {@link PreparedPoints.curvature} of the sphere; the plane's is 0. */
export const SPHERE_CURVATURE = 1 / (DIAMETER_METERS * DIAMETER_METERS);
/** The largest (chord / diameter)² for which the series of {@link metresOf} is exact to rounding: a chord of 201 km. */
const SERIES_LIMIT = 2.5e-4;

/**
 * Trajectories made ready for the kernels: every position is a point in space, so that one kernel serves both point
 * metrics.
 *
 * * `euclidean`: (x, y, 0), `curvature` 0, and the straight-line distance is the distance.
 * * `greatCircle`: R (cos φ cos λ, cos φ sin λ, sin φ), `curvature` 1 / (2R)². The straight line through the ground is a
 *   chord s; it grows with the great-circle distance d = 2R asin(s / 2R), so comparisons need no trigonometry.
 *
 * All columns can be backed by shared memory.
 */
export interface PreparedPoints {
  /** `[points]` each, in metres (or the plane's unit). */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  /** Trajectory i owns points `offsets[i]` up to, not including, `offsets[i + 1]`; `[count + 1]`. */
  readonly offsets: Uint32Array;
  /** minX, minY, minZ, maxX, maxY, maxZ of each {@link BLOCK_POINTS} consecutive points of one trajectory; `[blocks × 6]`. */
  readonly boxes: Float64Array;
  /** The first block of each trajectory; `[count + 1]`. */
  readonly blockOffsets: Uint32Array;
  /** minX, minY, minZ, maxX, maxY, maxZ of each trajectory; `[count × 6]`. */
  readonly bounds: Float64Array;
  /** 0 on the plane, 1 / (2R)² on the sphere. */
  readonly curvature: number;
}

/** How to allocate the columns: in memory of this thread, or shared with workers. */
export type Allocate = (bytes: number) => ArrayBuffer | SharedArrayBuffer;

const allocateLocally: Allocate = (bytes) => new ArrayBuffer(bytes);

/**
 * Places trajectories in space and boxes their blocks. The input is trusted.
 *
 * @param coordinates interleaved, `[points × 2]`: degrees on the sphere, any unit on the plane
 * @param offsets `[count + 1]`, starting at 0
 */
export function preparePoints(
  coordinates: Float64Array,
  offsets: Uint32Array,
  onSphere: boolean,
  allocate: Allocate = allocateLocally,
): PreparedPoints {
  const count = offsets.length - 1;
  const pointCount = coordinates.length / 2;
  const x = new Float64Array(allocate(8 * pointCount));
  const y = new Float64Array(allocate(8 * pointCount));
  const z = new Float64Array(allocate(8 * pointCount));
  for (let i = 0; i < pointCount; i++) {
    const first = coordinates[2 * i]!;
    const second = coordinates[2 * i + 1]!;
    if (onSphere) {
      const cosLat = Math.cos(second * RADIANS);
      x[i] = EARTH_RADIUS_METERS * cosLat * Math.cos(first * RADIANS);
      y[i] = EARTH_RADIUS_METERS * cosLat * Math.sin(first * RADIANS);
      z[i] = EARTH_RADIUS_METERS * Math.sin(second * RADIANS);
    } else {
      x[i] = first;
      y[i] = second;
    }
  }
  const ownOffsets = new Uint32Array(allocate(4 * (count + 1)));
  const blockOffsets = new Uint32Array(allocate(4 * (count + 1)));
  for (let i = 0; i < count; i++) {
    ownOffsets[i + 1] = offsets[i + 1]!;
    blockOffsets[i + 1] = blockOffsets[i]! + Math.ceil((offsets[i + 1]! - offsets[i]!) / BLOCK_POINTS);
  }
  const boxes = new Float64Array(allocate(8 * 6 * blockOffsets[count]!));
  for (let i = 0; i < count; i++) boxBlocks(x, y, z, offsets[i]!, offsets[i + 1]!, boxes, blockOffsets[i]!);
  const bounds = new Float64Array(allocate(8 * 6 * count));
  for (let i = 0; i < count; i++) uniteBoxes(boxes, blockOffsets[i]!, blockOffsets[i + 1]!, bounds, i);
  const curvature = onSphere ? SPHERE_CURVATURE : 0;
  return { x, y, z, offsets: ownOffsets, boxes, blockOffsets, bounds, curvature };
}

/** Writes the box around boxes `from` … `to − 1` as box `at` of `out`; an empty one where there are none. */
export function uniteBoxes(
  boxes: Float64Array,
  from: number,
  to: number,
  out: Float64Array,
  at: number,
): void {
  out.fill(Infinity, 6 * at, 6 * at + 3);
  out.fill(-Infinity, 6 * at + 3, 6 * at + 6);
  for (let box = 6 * from; box < 6 * to; box += 6) {
    for (let axis = 0; axis < 3; axis++) {
      out[6 * at + axis] = Math.min(out[6 * at + axis]!, boxes[box + axis]!);
      out[6 * at + axis + 3] = Math.max(out[6 * at + axis + 3]!, boxes[box + axis + 3]!);
    }
  }
}

/** Writes the boxes of points `start` … `end − 1`, beginning at box `block`. */
function boxBlocks(
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
  start: number,
  end: number,
  boxes: Float64Array,
  block: number,
): void {
  for (let from = start, at = 6 * block; from < end; from += BLOCK_POINTS, at += 6) {
    boxes.fill(Infinity, at, at + 3);
    boxes.fill(-Infinity, at + 3, at + 6);
    for (let p = from; p < Math.min(end, from + BLOCK_POINTS); p++) {
      boxes[at] = Math.min(boxes[at]!, x[p]!);
      boxes[at + 1] = Math.min(boxes[at + 1]!, y[p]!);
      boxes[at + 2] = Math.min(boxes[at + 2]!, z[p]!);
      boxes[at + 3] = Math.max(boxes[at + 3]!, x[p]!);
      boxes[at + 4] = Math.max(boxes[at + 4]!, y[p]!);
      boxes[at + 5] = Math.max(boxes[at + 5]!, z[p]!);
    }
  }
}

/** Squared straight-line distance from a point to box `at / 6`: a lower bound for every point inside. */
export function squaredDistanceToBox(
  boxes: Float64Array,
  at: number,
  x: number,
  y: number,
  z: number,
): number {
  const dx = Math.max(boxes[at]! - x, 0, x - boxes[at + 3]!);
  const dy = Math.max(boxes[at + 1]! - y, 0, y - boxes[at + 4]!);
  const dz = Math.max(boxes[at + 2]! - z, 0, z - boxes[at + 5]!);
  return dx * dx + dy * dy + dz * dz;
}

/** Squared straight-line distance between point `p` of `a` and point `q` of `b`. */
export function squaredBetween(a: PreparedPoints, p: number, b: PreparedPoints, q: number): number {
  const dx = b.x[q]! - a.x[p]!;
  const dy = b.y[q]! - a.y[p]!;
  const dz = b.z[q]! - a.z[p]!;
  return dx * dx + dy * dy + dz * dz;
}

/** Squared straight-line distance between two boxes: a lower bound for every pair of points inside. */
export function squaredGap(a: Float64Array, aBox: number, b: Float64Array, bBox: number): number {
  let squared = 0;
  for (let axis = 0; axis < 3; axis++) {
    const after = b[bBox + axis]! - a[aBox + axis + 3]!;
    const before = a[aBox + axis]! - b[bBox + axis + 3]!;
    const gap = Math.max(after, before);
    if (gap > 0) squared += gap * gap;
  }
  return squared;
}

/** Whether {@link metresOf} needs its series only, for every point of trajectory `i` of `a` and `j` of `b`. */
export function isWithinSeries(a: PreparedPoints, i: number, b: PreparedPoints, j: number): boolean {
  if (a.curvature === 0) return true;
  let squared = 0;
  for (let axis = 0; axis < 3; axis++) {
    const forth = b.bounds[6 * j + axis + 3]! - a.bounds[6 * i + axis]!;
    const back = a.bounds[6 * i + axis + 3]! - b.bounds[6 * j + axis]!;
    const widest = Math.max(forth, back);
    squared += widest * widest;
  }
  return squared * a.curvature < SERIES_LIMIT;
}

/**
 * The distance along the surface for a squared straight line s².
 *
 * With h = (s / 2R)²: 2R asin √h = s (1 + h/6 + 3h²/40 + 15h³/336 + …). The next term is below 1.3e-16 of the whole up to
 * 201 km, so the series rounds like the arcsine and is several times faster. On the plane h = 0 and the factor is 1.
 */
export function metresOf(squared: number, curvature: number): number {
  const h = squared * curvature;
  if (h < SERIES_LIMIT) return Math.sqrt(squared) * (1 + h * (1 / 6 + h * (3 / 40 + h * (15 / 336))));
  return DIAMETER_METERS * Math.asin(Math.sqrt(Math.min(1, h)));
}

/** The squared straight line that belongs to a distance along the surface; the inverse of {@link metresOf}. */
export function squaredOf(distance: number, curvature: number): number {
  if (curvature === 0) return distance * distance;
  // No two points of the sphere are further apart than half a turn.
  if (distance >= (Math.PI / 2) * DIAMETER_METERS) return Infinity;
  const chord = DIAMETER_METERS * Math.sin(distance / DIAMETER_METERS);
  return chord * chord;
}

/**
 * A squared straight line beyond which a distance certainly exceeds `limit`, whatever the rounding: kernels abandon
 * beyond it, and the final comparison is made in metres.
 */
export function abandonBeyond(limit: number, curvature: number): number {
  return squaredOf(limit, curvature) * (1 + 1e-9);
}
