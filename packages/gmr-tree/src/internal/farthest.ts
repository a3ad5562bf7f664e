import { Frontier } from "./frontier.js";
import { LEAF, type PackedTree, writeSpatialKey } from "./packed-tree.js";
import type { Part } from "./part.js";
import { distanceBetween } from "./score.js";
import { chordOf } from "./space-index.js";

const SLACK = 1e-6;

/**
 * The largest distance from a position to any living object, or `atLeast` where all are nearer: δmax of eq. (6), exact.
 * Best-first over the spatial index, by an upper bound for every box.
 */
export function farthestDistance(part: Part, x: number, y: number, atLeast: number): number {
  const { tree } = part;
  if (tree.count === 0) return atLeast;
  const index = part.spaceIndex();
  const key = new Float64Array(4);
  writeSpatialKey(tree.frame, x, y, key, 0);
  const { positions, frame } = tree;
  const { starts, counts } = index.nodes;
  let farthest = atLeast;
  let reach = reachOf(tree, farthest);
  const frontier = new Frontier();
  frontier.push(Number.POSITIVE_INFINITY, 0);
  while (frontier.size > 0 && frontier.maxKey >= reach) {
    const node = frontier.pop();
    const isLeaf = counts[node]! >= LEAF;
    for (let child = starts[node]!, end = child + (counts[node]! & ~LEAF); child < end; child++) {
      const bound = isLeaf ? index.objectReach(child, key) : index.nodeReach(child, key);
      if (bound < reach) continue;
      if (!isLeaf) {
        frontier.push(bound, child);
        continue;
      }
      const slot = index.order[child]!;
      if (!part.isAlive(slot)) continue;
      const distance = distanceBetween(frame.planar, x, y, positions[2 * slot]!, positions[2 * slot + 1]!);
      if (distance > farthest) {
        farthest = distance;
        reach = reachOf(tree, farthest);
      }
    }
  }
  return farthest;
}

/** The squared key distance of a distance in metres, rounded down. */
function reachOf(tree: PackedTree, distance: number): number {
  const chord = chordOf(tree.frame, distance);
  return chord * chord * (1 - SLACK) - SLACK;
}
