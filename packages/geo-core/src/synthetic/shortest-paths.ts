import FlatQueue from "flatqueue";
import type { RoadNetwork } from "./road-network.js";

/**
 * Dijkstra's algorithm from one junction to all.
 *
 * @param seconds each road's travel time, > 0, `[edges]`
 * @returns the road that leads to each junction on the fastest way from `source`, −1 for the source itself; `[nodes]`
 */
export function fastestRoads(network: RoadNetwork, seconds: Float64Array, source: number): Int32Array {
  const { edgeStarts, edgeTargets } = network;
  const count = edgeStarts.length - 1;
  const arriving = new Int32Array(count).fill(-1);
  const times = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  times[source] = 0;
  const queue = new FlatQueue<number>();
  queue.push(source, 0);
  while (queue.length > 0) {
    const time = queue.peekValue()!;
    const node = queue.pop()!;
    if (time > times[node]!) continue; // an entry that a faster way has overtaken
    for (let edge = edgeStarts[node]!; edge < edgeStarts[node + 1]!; edge++) {
      const target = edgeTargets[edge]!;
      const arrival = time + seconds[edge]!;
      if (arrival < times[target]!) {
        times[target] = arrival;
        arriving[target] = edge;
        queue.push(target, arrival);
      }
    }
  }
  return arriving;
}

/** The junction at which each road starts, `[edges]`. */
export function edgeSources(network: RoadNetwork): Uint32Array {
  const sources = new Uint32Array(network.edgeTargets.length);
  for (let node = 0; node + 1 < network.edgeStarts.length; node++) {
    sources.fill(node, network.edgeStarts[node]!, network.edgeStarts[node + 1]!);
  }
  return sources;
}

/** The roads of the way that `arriving` holds to a junction, from the source on. */
export function wayTo(arriving: Int32Array, sources: Uint32Array, destination: number): number[] {
  const way: number[] = [];
  for (let node = destination; arriving[node] !== -1; node = sources[arriving[node]!]!) {
    way.push(arriving[node]!);
  }
  return way.reverse();
}
