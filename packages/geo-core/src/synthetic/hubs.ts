import type { Random } from "../foundation/random.js";

/** Places where trips start and end. */
export interface Hubs {
  /** Interleaved planar x, y: `[hubs × 2]`. */
  readonly positions: Float64Array;
  /** A hub, the i-th (from 1) in proportion to 1 / √i. */
  draw(random: Random): number;
}

/** Draws from the junctions in random order, keeping hubs apart as far as there is room. */
export function placeHubs(nodes: Float64Array, count: number, random: Random): Hubs {
  const order = random.permutation(nodes.length / 2);
  const chosen: number[] = [];
  // An even spread of `count` hubs leaves about this distance between neighbours.
  const span = Math.max(...[0, 1].map((axis) => spanOf(nodes, axis)));
  for (let apart = (0.8 * span) / Math.sqrt(count); chosen.length < count; apart /= 2) {
    for (const node of order) {
      if (chosen.length === count) break;
      if (chosen.every((other) => distance(nodes, node, other) >= apart && other !== node)) chosen.push(node);
    }
  }
  const positions = Float64Array.from(chosen.flatMap((node) => [nodes[2 * node]!, nodes[2 * node + 1]!]));
  const cumulative: number[] = [];
  let total = 0;
  for (let i = 1; i <= count; i++) {
    total += 1 / Math.sqrt(i);
    cumulative.push(total);
  }
  return {
    positions,
    draw(tripRandom) {
      const target = tripRandom.uniform(0, total);
      const hub = cumulative.findIndex((sum) => target < sum);
      return hub === -1 ? count - 1 : hub;
    },
  };
}

function spanOf(nodes: Float64Array, axis: number): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = axis; i < nodes.length; i += 2) {
    low = Math.min(low, nodes[i]!);
    high = Math.max(high, nodes[i]!);
  }
  return high - low;
}

function distance(nodes: Float64Array, a: number, b: number): number {
  return Math.hypot(nodes[2 * a]! - nodes[2 * b]!, nodes[2 * a + 1]! - nodes[2 * b + 1]!);
}
