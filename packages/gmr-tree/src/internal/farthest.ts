import { EARTH_RADIUS_METERS } from "@wayweave/geo-core";
import { withFrontier } from "./frontier.js";
import { type PackedTree, writeSpatialKey } from "./packed-tree.js";
import type { Part } from "./part.js";
import { distanceBetween } from "./score.js";

const SLACK = 1e-6;
/** More levels than a spatial index of four gigabytes can have: an item is a box number times this, plus its level. */
const LEVELS = 16;

/**
 * The largest distance from a position to any living object, or `atLeast` where all are nearer: δmax of eq. (6), exact.
 * Best-first over the spatial index, by the farthest corner of every box.
 */
export function farthestDistance(part: Part, x: number, y: number, atLeast: number): number {
  const { tree } = part;
  if (tree.count === 0) return atLeast;
  const index = part.spaceIndex();
  const key = new Float64Array(4);
  writeSpatialKey(tree.frame, x, y, key, 0);
  const keyX = key[0]!;
  const keyY = key[1]!;
  const keyZ = key[2]!;
  let farthest = atLeast;
  let reach = reachOf(tree, farthest);
  return withFrontier((frontier) => {
    frontier.push(Number.POSITIVE_INFINITY, index.top);
    while (frontier.size > 0 && frontier.maxKey >= reach) {
      const item = frontier.pop();
      const level = item % LEVELS;
      const [begin, end] = index.children(level, Math.floor(item / LEVELS));
      for (let child = begin; child < end; child++) {
        if (level > 0) {
          const bound = index.cornerReach(level - 1, child, keyX, keyY, keyZ);
          if (bound >= reach) frontier.push(bound, child * LEVELS + level - 1);
          continue;
        }
        if (index.pointReach(child, keyX, keyY, keyZ) < reach) continue;
        const slot = index.order[child]!;
        if (!part.isAlive(slot)) continue;
        const { positions, frame } = tree;
        const distance = distanceBetween(frame.planar, x, y, positions[2 * slot]!, positions[2 * slot + 1]!);
        if (distance > farthest) {
          farthest = distance;
          reach = reachOf(tree, farthest);
        }
      }
    }
    return farthest;
  });
}

/** The squared key distance of a distance in metres, rounded down. */
function reachOf(tree: PackedTree, distance: number): number {
  const { planar, scale } = tree.frame;
  const chord = planar
    ? distance / scale
    : 2 * Math.sin(Math.min(Math.PI, distance / EARTH_RADIUS_METERS) / 2);
  return chord * chord * (1 - SLACK) - SLACK;
}
