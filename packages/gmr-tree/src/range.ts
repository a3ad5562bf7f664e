import { type Position, ValueError } from "@wayweave/geo-core/foundation";
import { contentsOf, type GmrTree } from "./gmr-tree.js";
import {
  checkArray,
  checkLength,
  checkNonNegative,
  checkPosition,
  LARGEST_COORDINATE,
} from "./internal/checks.js";
import { type Bbox, bboxRegion, circleRegion, type Region, visitRegion } from "./internal/region.js";
import { distanceBetween } from "./internal/score.js";
import type { Id } from "./query.js";

/**
 * The ids of all objects within a distance, nearest first, equal distances by id.
 *
 * @param radiusMeters metres, or the coordinates' unit on a plane; ≥ 0, Infinity for all
 * @throws {ValueError} a position or radius out of range
 * @throws {StateError} before `finish`
 */
export function objectsWithin<A, I extends Id>(
  tree: GmrTree<A, I>,
  position: Position,
  radiusMeters: number,
): I[] {
  const where = "objectsWithin";
  const { planar } = contentsOf(tree, where).forest.options;
  checkPosition(where, "position", position, planar);
  checkNonNegative(where, "radiusMeters", radiusMeters);
  const [cx, cy] = position;
  const distanceTo = (x: number, y: number): number => distanceBetween(planar, cx, cy, x, y);
  const found: { id: I; distance: number }[] = [];
  visit(tree, where, circleRegion(cx, cy, radiusMeters, distanceTo), (id, x, y) => {
    found.push({ id: id as I, distance: distanceTo(x, y) });
  });
  return found.sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
}

/**
 * The ids of all objects in a bounding box, edges included, in the order of ids. Longitudes 180 and −180 are one
 * meridian; those beyond, as maps give them that were panned around the world, wrap.
 *
 * @throws {ValueError} a corner out of range, or south above north
 * @throws {StateError} before `finish`
 */
export function objectsInBbox<A, I extends Id>(tree: GmrTree<A, I>, bbox: Bbox): I[] {
  const where = "objectsInBbox";
  const { planar } = contentsOf(tree, where).forest.options;
  checkArray(where, "bbox", bbox);
  checkLength(where, "bbox", bbox, 4);
  const [west, south, east, north] = bbox;
  const limits = planar ? LARGEST_COORDINATE : 90;
  const inRange =
    Number.isFinite(west) &&
    Number.isFinite(east) &&
    [south, north, ...(planar ? [west, east] : [])].every(
      (x) => typeof x === "number" && Math.abs(x) <= limits,
    );
  if (!inRange || south > north || (planar && west > east)) {
    throw new ValueError(`${where}: bbox must be [west, south, east, north], got [${bbox.join(", ")}]`);
  }
  const ids: I[] = [];
  visit(tree, where, bboxRegion(bbox, planar), (id) => ids.push(id as I));
  return ids.sort((a, b) => (a < b ? -1 : 1));
}

function visit(
  tree: object,
  where: string,
  region: Region,
  found: (id: Id, x: number, y: number) => void,
): void {
  const { forest, ids: names } = contentsOf(tree, where);
  const idOf = (number: number): Id => (names === undefined ? number : names.names[number]!);
  for (const part of forest.parts) {
    const { ids, positions } = part.tree;
    visitRegion(part, region, (slot) =>
      found(idOf(ids[slot]!), positions[2 * slot]!, positions[2 * slot + 1]!),
    );
  }
  const { ids, positions } = forest.recent;
  ids.forEach((id, i) => {
    const [x, y] = [positions[2 * i]!, positions[2 * i + 1]!];
    if (region.contains(x, y)) found(idOf(id), x, y);
  });
}
