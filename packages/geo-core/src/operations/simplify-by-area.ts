import FlatQueue from "flatqueue";
import { checkOptions } from "../foundation/check-options.js";
import { checkGiven, checkInRange } from "../foundation/validate.js";
import { EARTH_RADIUS_METERS } from "../geometry/great-circle.js";
import { unitVectors } from "../geometry/segment-distance.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { selectPoints } from "./select-points.js";

/** Options of {@link simplifyByArea}. */
export interface SimplifyByAreaOptions {
  /** Square metres (of a planar set's unit), ≥ 0; a triangle of exactly this much stays. */
  readonly minAreaSquareMeters: number;
}

/**
 * Visvalingam–Whyatt: drops the point that spans the smallest triangle with its neighbours, again and again, while that triangle is
 * smaller than an area. Ends stay; times, columns and ids stay with their points.
 *
 * Beside Ramer–Douglas–Peucker ({@link simplify}), which bounds how far the line moves, this drops what is least visible and
 * keeps the shape's character. A point's triangle counts for no less than that of the points dropped before it, as the authors
 * ask for. For lon/lat sets the triangle is the straight one between the three points of the sphere.
 *
 * Source: Visvalingam & Whyatt 1993, "Line generalisation by repeated elimination of points". O(n log n).
 *
 * @throws {ValueError} a negative or non-finite area
 * @example simplifyByArea(set, { minAreaSquareMeters: 500 })
 */
export function simplifyByArea(set: TrajectorySet, options: SimplifyByAreaOptions): TrajectorySet {
  checkSet("simplifyByArea", set);
  checkGiven("simplifyByArea", "options", options);
  checkOptions("simplifyByArea", options, ["minAreaSquareMeters"]);
  const { minAreaSquareMeters } = options;
  checkInRange("simplifyByArea", "minAreaSquareMeters", minAreaSquareMeters, 0, Number.MAX_VALUE);
  const isLonLat = set.coordinateSystem === "lonlat";
  const table = isLonLat ? unitVectors(set.coordinates) : set.coordinates;
  const minArea = isLonLat ? minAreaSquareMeters / EARTH_RADIUS_METERS ** 2 : minAreaSquareMeters;
  const area = isLonLat ? areaInSpace : areaOnPlane;
  const keep = new Uint8Array(set.pointCount).fill(1);
  for (let i = 0; i < set.length; i++)
    dropSmall(table, set.offsets[i]!, set.offsets[i + 1]! - 1, area, minArea, keep);
  return selectPoints(set, keep);
}

type TriangleArea = (table: Float64Array, a: number, b: number, c: number) => number;

/** Clears `keep` for the points of `first` … `last` that go. */
function dropSmall(
  table: Float64Array,
  first: number,
  last: number,
  area: TriangleArea,
  minArea: number,
  keep: Uint8Array,
): void {
  const count = last - first + 1;
  if (count < 3) return;
  const before = Int32Array.from({ length: count }, (_, k) => k - 1);
  const after = Int32Array.from({ length: count }, (_, k) => k + 1);
  /** The area under which a point stands in the queue; entries with another are out of date. */
  const areas = new Float64Array(count);
  const queue = new FlatQueue<number>();
  const put = (k: number, atLeast: number): void => {
    areas[k] = Math.max(atLeast, area(table, first + before[k]!, first + k, first + after[k]!));
    queue.push(k, areas[k]!);
  };
  for (let k = 1; k < count - 1; k++) put(k, 0);
  while (queue.length > 0 && queue.peekValue()! < minArea) {
    const smallest = queue.peekValue()!;
    const k = queue.pop()!;
    if (keep[first + k] === 0 || areas[k] !== smallest) continue;
    keep[first + k] = 0;
    const [left, right] = [before[k]!, after[k]!];
    after[left] = right;
    before[right] = left;
    if (left > 0) put(left, smallest);
    if (right < count - 1) put(right, smallest);
  }
}

/** `table` `[points × 2]` */
function areaOnPlane(table: Float64Array, a: number, b: number, c: number): number {
  const [ax, ay] = [table[2 * a]!, table[2 * a + 1]!];
  return (
    Math.abs(
      (table[2 * b]! - ax) * (table[2 * c + 1]! - ay) - (table[2 * c]! - ax) * (table[2 * b + 1]! - ay),
    ) / 2
  );
}

/** Half the length of (b − a) × (c − a); `table` `[points × 3]` */
function areaInSpace(table: Float64Array, a: number, b: number, c: number): number {
  const [ax, ay, az] = [table[3 * a]!, table[3 * a + 1]!, table[3 * a + 2]!];
  const [ux, uy, uz] = [table[3 * b]! - ax, table[3 * b + 1]! - ay, table[3 * b + 2]! - az];
  const [vx, vy, vz] = [table[3 * c]! - ax, table[3 * c + 1]! - ay, table[3 * c + 2]! - az];
  const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  return Math.sqrt(nx * nx + ny * ny + nz * nz) / 2;
}
