import type Flatbush from "flatbush";
import FlatQueue from "flatqueue";

/**
 * A flatbush's objects from the nearest on (Hjaltason and Samet 1999), one at a time: unlike its `neighbors`, which must be told
 * how many to fetch, this goes on until the visitor has seen enough.
 *
 * @param visit told an object and its squared distance; false ends the search
 */
export function visitNearestFirst(
  index: Flatbush,
  x: number,
  y: number,
  visit: (object: number, squaredDistance: number) => boolean,
): void {
  const { _boxes: boxes, _indices: indices, _levelBounds: bounds, numItems, nodeSize } = index;
  const queue = new FlatQueue<number>();
  // Nodes are even, objects odd.
  queue.push((boxes.length - 4) << 1, 0);
  for (;;) {
    const squared = queue.peekValue();
    const top = queue.pop();
    if (top === undefined || squared === undefined) return;
    if (top & 1) {
      if (!visit(top >> 1, squared)) return;
      continue;
    }
    const node = top >> 1;
    const isLeafLevel = node < 4 * numItems;
    const end = Math.min(node + 4 * nodeSize, bounds.find((bound) => bound > node)!);
    for (let at = node; at < end; at += 4) {
      const dx = Math.max(boxes[at]! - x, 0, x - boxes[at + 2]!);
      const dy = Math.max(boxes[at + 1]! - y, 0, y - boxes[at + 3]!);
      const child = indices[at >> 2]!;
      queue.push(isLeafLevel ? (child << 1) | 1 : child << 1, dx * dx + dy * dy);
    }
  }
}

/** The corners of the points' convex hull (Andrew's monotone chain): the farthest point from anywhere is one of them. */
export function convexHull(positions: Float64Array): Float64Array {
  const order = Uint32Array.from({ length: positions.length / 2 }, (_, i) => i).sort(
    (a, b) => positions[2 * a]! - positions[2 * b]! || positions[2 * a + 1]! - positions[2 * b + 1]!,
  );
  const half = (points: Iterable<number>): number[] => {
    const chain: number[] = [];
    for (const point of points) {
      while (chain.length > 1 && turn(positions, chain.at(-2)!, chain.at(-1)!, point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain;
  };
  const corners = new Set([...half(order), ...half(order.slice().reverse())]);
  return Float64Array.from([...corners].flatMap((i) => [positions[2 * i]!, positions[2 * i + 1]!]));
}

/** Positive where the way from a over b to c turns left. */
function turn(p: Float64Array, a: number, b: number, c: number): number {
  const [ax, ay] = [p[2 * a]!, p[2 * a + 1]!];
  return (p[2 * b]! - ax) * (p[2 * c + 1]! - ay) - (p[2 * b + 1]! - ay) * (p[2 * c]! - ax);
}
