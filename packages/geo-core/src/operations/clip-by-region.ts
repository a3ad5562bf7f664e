import { ShapeError, ValueError } from "../foundation/errors.js";
import { checkLength } from "../foundation/validate.js";
import { type BoundingBox, checkBoundingBox } from "../geometry/bbox.js";
import { checkLonLat, checkPlanar, longitudeDifference, type Position } from "../geometry/position.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { BoxRegion, type ClipRegion, insideOf, PolygonRegion, shiftsOf } from "./clip-regions.js";
import { PieceList, type TrajectoryPieces } from "./pieces.js";

/** A GeoJSON geometry to clip by: rings of positions, each ending with its first; holes after the outer ring. */
export type ClipPolygon =
  | { readonly type: "Polygon"; readonly coordinates: readonly (readonly (readonly number[])[])[] }
  | {
      readonly type: "MultiPolygon";
      readonly coordinates: readonly (readonly (readonly (readonly number[])[])[])[];
    };

/**
 * The pieces of trajectories inside a box, edges included. Each piece begins and ends where the line between two points enters
 * and leaves the box, with time and numeric columns interpolated there; `a`'s pieces are named `a/0`, `a/1` and so on.
 *
 * Lines between lon/lat points are straight in degrees and go the shorter way round (RFC 7946 §3.1.1), as in `bboxOf`.
 *
 * @param box `[west, south, east, north]`, west > east across the antimeridian; for planar sets `[minX, minY, maxX, maxY]`
 * @throws {ValueError} a box that is none
 * @example clipByBox(set, [116.3, 39.8, 116.5, 40]).set
 */
export function clipByBox(set: TrajectorySet, box: BoundingBox): TrajectoryPieces {
  checkSet("clipByBox", set);
  checkLength("clipByBox", "box", box, 4);
  const [west, south, east, north] = box;
  if (set.coordinateSystem === "lonlat") {
    checkBoundingBox("clipByBox", "box", box);
    // All longitudes: a line that goes on over the antimeridian must not be cut there.
    const width = west <= east ? east - west : east - west + 360;
    const isAll = width === 360;
    return clip(set, new BoxRegion(isAll ? -Infinity : west, south, isAll ? Infinity : west + width, north));
  }
  if (!(west <= east && south <= north)) {
    throw new ValueError(`clipByBox: box must be [minX, minY, maxX, maxY], got [${box.join(", ")}]`);
  }
  return clip(set, new BoxRegion(west, south, east, north));
}

/**
 * The pieces of trajectories inside a polygon or several, by the even-odd rule, as {@link clipByBox} makes them of a box. A ring
 * may cross the antimeridian, but not go round a pole.
 *
 * @param polygon a GeoJSON Polygon or MultiPolygon
 * @throws {ShapeError} a ring of fewer than 4 positions, or one that does not end with its first
 * @throws {ValueError} another geometry, a position out of range, or a ring round a pole
 * @example clipByPolygon(set, { type: "Polygon", coordinates: [[[0, 0], [2, 0], [1, 2], [0, 0]]] }).set
 */
export function clipByPolygon(set: TrajectorySet, polygon: ClipPolygon): TrajectoryPieces {
  checkSet("clipByPolygon", set);
  const where = "clipByPolygon";
  if (polygon?.type !== "Polygon" && polygon?.type !== "MultiPolygon") {
    const type = (polygon as { type?: unknown } | null | undefined)?.type;
    throw new ValueError(
      `${where}: polygon must be a GeoJSON Polygon or MultiPolygon, got ${String(type ?? polygon)}`,
    );
  }
  const rings = polygon.type === "Polygon" ? polygon.coordinates : polygon.coordinates.flat();
  if (!Array.isArray(rings))
    throw new ShapeError(`${where}: coordinates must be arrays of rings, got ${typeof rings}`);
  const isLonLat = set.coordinateSystem === "lonlat";
  return clip(set, new PolygonRegion(rings.map((ring, k) => flatRing(where, ring, k, isLonLat))));
}

/** Interleaved positions, longitudes going on beyond ±180 where the ring crosses the antimeridian. */
function flatRing(
  where: string,
  ring: readonly (readonly number[])[],
  k: number,
  isLonLat: boolean,
): Float64Array {
  if (!Array.isArray(ring) || ring.length < 4) {
    throw new ShapeError(`${where}: ring ${k} must hold at least 4 positions, got ${ring?.length}`);
  }
  const flat = new Float64Array(2 * ring.length);
  for (const [at, position] of ring.entries()) {
    const xy = position.slice(0, 2) as unknown as Position;
    if (isLonLat) checkLonLat(where, `position ${at} of ring ${k}`, xy);
    else checkPlanar(where, `position ${at} of ring ${k}`, xy);
    const before = flat[2 * at - 2] ?? xy[0];
    flat[2 * at] = isLonLat ? before + longitudeDifference(ring[at - 1]?.[0] ?? xy[0], xy[0]) : xy[0];
    flat[2 * at + 1] = xy[1];
  }
  const [first, last] = [ring[0]!, ring.at(-1)!];
  if (first[0] !== last[0] || first[1] !== last[1]) {
    throw new ShapeError(`${where}: ring ${k} must end with its first position [${first}], got [${last}]`);
  }
  if (Math.abs(flat[0]! - flat.at(-2)!) > 180) {
    throw new ValueError(`${where}: ring ${k} must not go round a pole; cut it at the antimeridian`);
  }
  return flat;
}

/** All pieces inside a region. */
function clip(set: TrajectorySet, region: ClipRegion): TrajectoryPieces {
  const pieces = new PieceList(set);
  for (let i = 0; i < set.length; i++) clipOne(set, i, region, pieces);
  return pieces.build("degrees");
}

function clipOne(set: TrajectorySet, i: number, region: ClipRegion, pieces: PieceList): void {
  const { coordinates, coordinateSystem } = set;
  const isLonLat = coordinateSystem === "lonlat";
  const id = set.ids?.[i] ?? String(i);
  const [first, last] = [set.offsets[i]!, set.offsets[i + 1]! - 1];
  let count = 0;
  let open: { readonly from: number; readonly fraction: number } | undefined;
  const close = (to: number, fraction: number): void => {
    if (open === undefined) return;
    pieces.add(i, `${id}/${count++}`, open.from, open.fraction, to, fraction);
    open = undefined;
  };
  if (first === last) {
    const y = coordinates[2 * first + 1]!;
    const shifts = shiftsOf(region, coordinates[2 * first]!, coordinates[2 * first]!, isLonLat);
    if (shifts.some((shift) => region.contains(coordinates[2 * first]! + shift, y))) {
      open = { from: first, fraction: 0 };
      close(first, 0);
    }
    return;
  }
  for (let p = first; p < last; p++) {
    const spans = insideOf(region, coordinates, p, isLonLat);
    if (spans[0] !== 0) close(p, 0);
    for (let k = 0; k < spans.length; k += 2) {
      open ??= { from: p, fraction: spans[k]! };
      if (spans[k + 1]! < 1) close(p, spans[k + 1]!);
    }
  }
  close(last, 0);
}
