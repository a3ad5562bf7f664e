import { type Position, ValueError } from "@wayweave/geo-core";
import { forestOf, type GmrTree } from "./gmr-tree.js";
import { checkLength, checkNonNegative, checkPosition } from "./internal/checks.js";
import type { Forest } from "./internal/forest.js";
import { bboxRegion, circleRegion, type Region, visitRegion } from "./internal/region.js";
import { distanceBetween } from "./internal/score.js";

/** `[west, south, east, north]`, or `[minX, minY, maxX, maxY]` on a plane. West > east crosses the antimeridian. */
export type Bbox = readonly [west: number, south: number, east: number, north: number];

/**
 * The ids of all objects within a distance, nearest first, equal distances by id.
 *
 * @param radiusMeters metres, or the coordinates' unit on a plane; ≥ 0
 * @throws {ValueError} a position or radius out of range
 * @throws {StateError} before `finish`
 */
export function objectsWithin(tree: GmrTree, position: Position, radiusMeters: number): number[] {
  const where = "objectsWithin";
  const forest = forestOf(tree, where);
  const { planar } = forest.options;
  checkPosition(where, "position", position, planar);
  checkNonNegative(where, "radiusMeters", radiusMeters);
  const [cx, cy] = position;
  const distanceTo = (x: number, y: number): number => distanceBetween(planar, cx, cy, x, y);
  const found: { id: number; distance: number }[] = [];
  visit(forest, circleRegion(cx, cy, radiusMeters, distanceTo), (id, x, y) => {
    found.push({ id, distance: distanceTo(x, y) });
  });
  return found.sort((a, b) => a.distance - b.distance || a.id - b.id).map(({ id }) => id);
}

/**
 * The ids of all objects in a bounding box, edges included, in ascending order. Longitudes 180 and −180 are one
 * meridian.
 *
 * @throws {ValueError} a corner out of range, or south above north
 * @throws {StateError} before `finish`
 */
export function objectsInBbox(tree: GmrTree, bbox: Bbox): number[] {
  const where = "objectsInBbox";
  const forest = forestOf(tree, where);
  const { planar } = forest.options;
  checkLength(where, "bbox", bbox, 4);
  const [west, south, east, north] = bbox;
  checkPosition(where, "bbox[0, 1]", [west, south], planar);
  checkPosition(where, "bbox[2, 3]", [east, north], planar);
  if (south > north || (planar && west > east)) {
    throw new ValueError(`${where}: bbox must be [west, south, east, north], got [${bbox.join(", ")}]`);
  }
  const ids: number[] = [];
  visit(forest, bboxRegion(bbox, planar), (id) => ids.push(id));
  return ids.sort((a, b) => a - b);
}

function visit(forest: Forest, region: Region, found: (id: number, x: number, y: number) => void): void {
  for (const part of forest.parts) {
    const { ids, positions } = part.tree;
    visitRegion(part, region, (slot) => found(ids[slot]!, positions[2 * slot]!, positions[2 * slot + 1]!));
  }
  const { ids, positions } = forest.recent;
  ids.forEach((id, i) => {
    const [x, y] = [positions[2 * i]!, positions[2 * i + 1]!];
    if (region.contains(x, y)) found(id, x, y);
  });
}
