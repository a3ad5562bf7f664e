import type { Pace } from "@wayweave/geo-core";
import { condensedIndex } from "../../matrix/condensed.js";
import { Merges } from "./merges.js";
import type { WorkingDistances } from "./working-distances.js";

/**
 * Joins all clusters by nearest-neighbour chains (Benzécri 1982; Murtagh 1983): walk from a cluster to its nearest, and on
 * from there, until two are each other's nearest; join these. O(n²) time. It finds the closest pairs in another order
 * than by height, which changes nothing for linkages where a union is never nearer to a third cluster than its parts
 * were: single, complete, average, weighted, Ward.
 */
export async function nearestNeighborChain(
  clusters: WorkingDistances,
  pace: Pace,
  onMerge: () => void,
): Promise<Merges> {
  const merges = new Merges(clusters.n);
  const chain = new Uint32Array(clusters.n);
  let length = 0;
  while (clusters.count > 1) {
    await pace.step();
    if (length === 0) chain[length++] = clusters.active[0]!;
    const tip = chain[length - 1]!;
    const previous = length > 1 ? chain[length - 2]! : -1;
    const nearest = nearestOf(clusters, tip, previous);
    if (nearest !== previous) {
      chain[length++] = nearest;
      continue;
    }
    length -= 2;
    const first = Math.min(tip, previous);
    const second = Math.max(tip, previous);
    merges.add(first, second, clusters.between(first, second));
    clusters.join(first, second);
    onMerge();
  }
  return merges;
}

/** The nearest cluster; of equally near ones the preferred, then the first. Preferring ends every chain. */
function nearestOf(clusters: WorkingDistances, cluster: number, preferred: number): number {
  const { distances, n, active, count } = clusters;
  let nearest = preferred;
  let least = preferred < 0 ? Number.POSITIVE_INFINITY : clusters.between(cluster, preferred);
  let slot = 0;
  for (; active[slot]! < cluster; slot++) {
    const distance = distances[condensedIndex(n, active[slot]!, cluster)]!;
    if (distance < least) {
      least = distance;
      nearest = active[slot]!;
    }
  }
  const row = condensedIndex(n, cluster, 0);
  for (slot++; slot < count; slot++) {
    const distance = distances[row + active[slot]!]!;
    if (distance < least) {
      least = distance;
      nearest = active[slot]!;
    }
  }
  return nearest;
}
