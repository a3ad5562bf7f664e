import type { Pace } from "@wayweave/geo-core";
import { Merges } from "./merges.js";

/** Writes the distances from object i to all n into `target`. */
export type DistanceRow = (i: number, target: Float64Array) => void;

/**
 * The minimum spanning tree of n objects by Prim's algorithm: O(n²) time, memory for a few rows of n.
 *
 * With `floors`, an edge is as long as the largest of its distance and both its ends' floors (HDBSCAN's mutual
 * reachability). Of equally long edges the one of smaller distance is taken: where all distances differ, the tree does
 * not depend on the objects' order.
 *
 * @param floors `[n]`
 * @param onEdge called after each edge
 * @returns the n − 1 edges; their ranks are the distances
 */
export async function spanningTree(
  n: number,
  rowOf: DistanceRow,
  floors: Float64Array,
  pace: Pace,
  onEdge: () => void,
): Promise<Merges> {
  const tree = new Merges(n);
  const row = new Float64Array(n);
  // For each object outside the tree: its shortest edge into the tree.
  const length = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const distance = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const end = new Uint32Array(n);
  const outside = Uint32Array.from({ length: n - 1 }, (_, i) => i + 1);
  let current = 0;
  for (let left = n - 1; left > 0; left--) {
    await pace.step();
    rowOf(current, row);
    const floor = floors[current]!;
    let nearest = -1;
    for (let slot = 0; slot < left; slot++) {
      const j = outside[slot]!;
      const d = row[j]!;
      const reach = Math.max(d, floor, floors[j]!);
      if (reach < length[j]! || (reach === length[j] && d < distance[j]!)) {
        length[j] = reach;
        distance[j] = d;
        end[j] = current;
      }
      if (nearest < 0 || isShorter(j, outside[nearest]!, length, distance)) nearest = slot;
    }
    const next = outside[nearest]!;
    tree.add(end[next]!, next, length[next]!, distance[next]!);
    // Keep the objects in order, so that the first of equals stays the first.
    outside.copyWithin(nearest, nearest + 1, left);
    current = next;
    onEdge();
  }
  return tree;
}

function isShorter(a: number, b: number, length: Float64Array, distance: Float64Array): boolean {
  return length[a]! < length[b]! || (length[a] === length[b] && distance[a]! < distance[b]!);
}
