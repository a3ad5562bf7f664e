import { EARTH_RADIUS_METERS } from "@wayweave/geo-core/foundation";
import { LEAF, type PackedTree, type TreeFrame, writeSpatialKey } from "./packed-tree.js";
import type { Part } from "./part.js";

const RADIANS = Math.PI / 180;
const SLACK = 1e-6;

/**
 * `[west, south, east, north]`, or `[minX, minY, maxX, maxY]` on a plane. West > east crosses the antimeridian; so do
 * longitudes beyond ±180, which wrap.
 */
export type Bbox = readonly [west: number, south: number, east: number, north: number];

/** A region as a test of boxes in key space, conservative, and of positions, exact. */
export interface Region {
  mayMeet(tree: PackedTree, node: number): boolean;
  contains(x: number, y: number): boolean;
}

/** Calls `found` for every living object of a part in the region. */
export function visitRegion(part: Part, region: Region, found: (slot: number) => void): void {
  const { tree } = part;
  if (tree.count === 0) return;
  const open = [0];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!region.mayMeet(tree, node)) continue;
    const start = tree.nodeStarts[node]!;
    const count = tree.nodeCounts[node]!;
    const end = start + ((count & ~LEAF) >>> 0);
    if (count < LEAF) {
      for (let child = start; child < end; child++) open.push(child);
      continue;
    }
    for (let slot = start; slot < end; slot++) {
      if (!region.contains(tree.positions[2 * slot]!, tree.positions[2 * slot + 1]!)) continue;
      if (part.isAlive(slot)) found(slot);
    }
  }
}

/** All that lies within a distance. @param distanceTo the exact distance of a position from the centre */
export function circleRegion(
  x: number,
  y: number,
  radius: number,
  distanceTo: (x: number, y: number) => number,
): Region {
  return {
    mayMeet: (tree, node) => leastChord(tree, node, x, y) <= chordOf(tree.frame, radius),
    contains: (px, py) => distanceTo(px, py) <= radius,
  };
}

/** A key distance in space that no object of a node falls short of; negative where it may be anywhere near. */
export function leastChord({ boxes, layout, frame }: PackedTree, node: number, x: number, y: number): number {
  const key = new Float64Array(4);
  writeSpatialKey(frame, x, y, key, 0);
  const low = node * 2 * layout.rowFloats;
  let squares = 0;
  for (let j = 0; j < 3; j++) {
    const outside = Math.max(boxes[low + j]! - key[j]!, key[j]! - boxes[low + layout.rowFloats + j]!, 0);
    squares += outside * outside;
  }
  const reach = 1 + Math.abs(key[0]!) + Math.abs(key[1]!) + Math.abs(key[2]!);
  return Math.sqrt(squares) - SLACK * reach;
}

function chordOf(frame: TreeFrame, distance: number): number {
  if (frame.planar) return distance / frame.scale;
  return 2 * Math.sin(Math.min(Math.PI, distance / EARTH_RADIUS_METERS) / 2);
}

/** All that lies in a bounding box, its edges included; longitudes 360 degrees apart are one meridian. */
export function bboxRegion(bbox: Bbox, planar: boolean): Region {
  const [west, south, east, north] = planar ? bbox : wrapped(bbox);
  const spherical = planar ? undefined : sphericalCorners([west, south, east, north]);
  const spans = (x: number): boolean => x >= west && x <= east;
  return {
    mayMeet: ({ boxes, layout, frame }, node) => {
      const { low, high } = spherical ?? planarCorners(frame, bbox);
      const lower = node * 2 * layout.rowFloats;
      for (let j = 0; j < low.length; j++) {
        const slack = SLACK * (1 + Math.abs(low[j]!) + Math.abs(high[j]!));
        if (boxes[lower + j]! > high[j]! + slack) return false;
        if (boxes[lower + layout.rowFloats + j]! < low[j]! - slack) return false;
      }
      return true;
    },
    contains: (x, y) =>
      y >= south && y <= north && (spans(x) || (!planar && (spans(x + 360) || spans(x - 360)))),
  };
}

/** A box with west in [−180, 180] and east at or beyond it, at most once around the world. */
function wrapped([west, south, east, north]: Bbox): Bbox {
  // West of a box that crosses the antimeridian is east of its east.
  const eastward = west > east ? east + 360 * Math.ceil((west - east) / 360) : east;
  if (eastward - west >= 360) return [-180, south, 180, north];
  const turns = Math.abs(west) <= 180 ? 0 : 360 * Math.round(west / 360);
  return [west - turns, south, eastward - turns, north];
}

interface Corners {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

function planarCorners(frame: TreeFrame, [west, south, east, north]: Bbox): Corners {
  const low = new Float64Array(4);
  const high = new Float64Array(4);
  writeSpatialKey(frame, west, south, low, 0);
  writeSpatialKey(frame, east, north, high, 0);
  return { low: [low[0]!, low[1]!], high: [high[0]!, high[1]!] };
}

/** The box around a patch of the unit sphere: x and y are extreme at its corners and where it crosses the axes. */
function sphericalCorners([west, south, east, north]: Bbox): Corners {
  const lons = [west, east];
  for (let axis = -180; axis <= 540; axis += 90) if (axis > west && axis < east) lons.push(axis);
  const lats = south < 0 && north > 0 ? [south, 0, north] : [south, north];
  const radii = lats.map((lat) => Math.cos(lat * RADIANS));
  const xs = radii.flatMap((radius) => lons.map((lon) => radius * Math.cos(lon * RADIANS)));
  const ys = radii.flatMap((radius) => lons.map((lon) => radius * Math.sin(lon * RADIANS)));
  return {
    low: [Math.min(...xs), Math.min(...ys), Math.sin(south * RADIANS)],
    high: [Math.max(...xs), Math.max(...ys), Math.sin(north * RADIANS)],
  };
}
