import type { DistanceMetric, TrajectoryDistanceOptions } from "../../distances/distance-metric.js";
import { ShapeError, ValueError } from "../../foundation/errors.js";
import { checkInRange, checkOneOf } from "../../foundation/validate.js";
import type { TrajectorySet } from "../../trajectories/trajectory-set.js";
import { pairDistance, type ResolvedMetric, resolveMetric } from "./metric.js";
import { type Allocate, type PreparedPoints, preparePoints } from "./points.js";

/** Squares of larger planar coordinates would overflow. */
const LARGEST_COORDINATE = 1e150;

/**
 * The distance between two arrays of interleaved positions: what the public functions of one pair share.
 *
 * @param where the function called, which is the metric's name
 */
export function distanceBetween<Name extends DistanceMetric["name"]>(
  where: Name,
  a: Float64Array,
  b: Float64Array,
  options: Omit<Extract<DistanceMetric, { name: Name }>, "name">,
): number {
  if (typeof options !== "object" || options === null) {
    throw new ValueError(`${where}: options must be an object, got ${String(options)}`);
  }
  const resolved = resolveMetric(where, { name: where, ...options } as DistanceMetric);
  if (resolved.name !== where) {
    throw new ValueError(`${where}: name must be absent or "${where}", got "${resolved.name}"`);
  }
  const points = placePair(where, ["a", a], ["b", b], resolved.onSphere);
  return pairDistance(resolved, points, 0, points, 1);
}

/** A trajectory with the name that error messages give it. */
type Named = readonly [name: string, coordinates: Float64Array];

/** Checks two arrays of positions and makes them trajectories 0 and 1. */
function placePair(where: string, a: Named, b: Named, onSphere: boolean): PreparedPoints {
  for (const [name, coordinates] of [a, b]) checkTrajectory(where, name, coordinates, onSphere);
  const coordinates = new Float64Array(a[1].length + b[1].length);
  coordinates.set(a[1]);
  coordinates.set(b[1], a[1].length);
  return preparePoints(coordinates, Uint32Array.of(0, a[1].length / 2, coordinates.length / 2), onSphere);
}

/** Two trajectories and the options that every distance has, checked. */
export function preparePair(
  where: string,
  a: Named,
  b: Named,
  { pointMetric = "greatCircle", maxDistance = Infinity }: TrajectoryDistanceOptions,
): { readonly points: PreparedPoints; readonly maxDistance: number } {
  checkOneOf(where, "pointMetric", pointMetric, ["greatCircle", "euclidean"]);
  checkInRange(where, "maxDistance", maxDistance, 0, Infinity);
  return { points: placePair(where, a, b, pointMetric === "greatCircle"), maxDistance };
}

/** Checks interleaved positions of one trajectory with at least one point. */
export function checkTrajectory(
  where: string,
  name: string,
  coordinates: Float64Array,
  onSphere: boolean,
): void {
  if (typeof coordinates?.length !== "number" || typeof coordinates === "string") {
    throw new ShapeError(
      `${where}: ${name} must be a Float64Array of interleaved positions, got ${String(coordinates)}`,
    );
  }
  if (coordinates.length % 2 !== 0) {
    throw new ShapeError(
      `${where}: ${name} must hold pairs of coordinates, got length ${coordinates.length}`,
    );
  }
  if (coordinates.length === 0) throw new ValueError(`${where}: ${name} must hold at least one point, got 0`);
  checkCoordinates(where, name, coordinates, onSphere);
}

function checkCoordinates(where: string, name: string, coordinates: Float64Array, onSphere: boolean): void {
  const limitX = onSphere ? 180 : LARGEST_COORDINATE;
  const limitY = onSphere ? 90 : LARGEST_COORDINATE;
  for (let i = 0; i < coordinates.length; i += 2) {
    const x = coordinates[i]!;
    const y = coordinates[i + 1]!;
    // Written so that NaN fails too.
    if (typeof x !== "number" || typeof y !== "number" || !(Math.abs(x) <= limitX && Math.abs(y) <= limitY)) {
      const required = onSphere
        ? "a longitude in [-180, 180] and a latitude in [-90, 90]"
        : `coordinates in [-${limitX}, ${limitX}]`;
      throw new ValueError(`${where}: point ${i / 2} of ${name} must be ${required}, got [${x}, ${y}]`);
    }
  }
}

/**
 * Resolves a metric against a set: the point metric follows the set's coordinate system where none is given.
 *
 * @throws {ValueError} great-circle distances asked of a planar set, or a trajectory without points
 */
export function resolveForSet(where: string, set: TrajectorySet, metric: DistanceMetric): ResolvedMetric {
  const isLonLat = set.coordinateSystem === "lonlat";
  const pointMetric = metric.pointMetric ?? (isLonLat ? "greatCircle" : "euclidean");
  const resolved = resolveMetric(where, { ...metric, pointMetric });
  if (resolved.onSphere && !isLonLat) {
    throw new ValueError(`${where}: pointMetric must be "euclidean" for a planar set, got "greatCircle"`);
  }
  for (let i = 0; i < set.length; i++) {
    if (set.pointCountOf(i) === 0) {
      throw new ValueError(`${where}: trajectory ${i} must hold at least one point, got 0`);
    }
  }
  return resolved;
}

/** The set's points, placed for the metric's surface. */
export function prepareSet(
  where: string,
  set: TrajectorySet,
  onSphere: boolean,
  allocate?: Allocate,
): PreparedPoints {
  if (!onSphere) checkCoordinates(where, "set", set.coordinates, false);
  return preparePoints(set.coordinates, set.offsets, onSphere, allocate);
}
