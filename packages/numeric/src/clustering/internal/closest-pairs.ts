import type { Pace } from "@wayweave/geo-core";
import { Merges } from "./merges.js";
import type { WorkingDistances } from "./working-distances.js";

/**
 * Joins the two closest clusters again and again, for linkages where a union may be nearer to a third cluster than its
 * parts were: centroid and median.
 *
 * Each cluster remembers the nearest of those after it, with a lower bound of its distance. Only where the bound is the
 * least of all is it made exact (Müllner 2011, "Modern hierarchical, agglomerative clustering algorithms", Fig. 3): O(n²)
 * time on usual data.
 */
export async function closestPairs(
  clusters: WorkingDistances,
  pace: Pace,
  onMerge: () => void,
): Promise<Merges> {
  const { n } = clusters;
  const merges = new Merges(n);
  const nearest = new Uint32Array(n);
  const bounds = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  for (let slot = 0; slot < n - 1; slot++) findNearest(clusters, slot, nearest, bounds);
  while (clusters.count > 1) {
    await pace.step();
    let slot = leastSlot(clusters, bounds);
    // A bound that is met is the distance itself.
    while (
      bounds[clusters.active[slot]!] !==
      clusters.between(clusters.active[slot]!, nearest[clusters.active[slot]!]!)
    ) {
      findNearest(clusters, slot, nearest, bounds);
      slot = leastSlot(clusters, bounds);
    }
    const first = clusters.active[slot]!;
    const second = nearest[first]!;
    merges.add(first, second, bounds[first]!);
    clusters.join(first, second);
    afterJoin(clusters, first, second, nearest, bounds);
    onMerge();
  }
  return merges;
}

/** The place in `active` of the cluster with the least bound. */
function leastSlot({ active, count }: WorkingDistances, bounds: Float64Array): number {
  let least = 0;
  for (let slot = 1; slot < count - 1; slot++) {
    if (bounds[active[slot]!]! < bounds[active[least]!]!) least = slot;
  }
  return least;
}

/** Makes the bound of a cluster exact. The last one has nobody after it. */
function findNearest(
  clusters: WorkingDistances,
  slot: number,
  nearest: Uint32Array,
  bounds: Float64Array,
): void {
  const { active, count } = clusters;
  const cluster = active[slot]!;
  bounds[cluster] = Number.POSITIVE_INFINITY;
  for (let next = slot + 1; next < count; next++) {
    const distance = clusters.between(cluster, active[next]!);
    if (distance >= bounds[cluster]!) continue;
    bounds[cluster] = distance;
    nearest[cluster] = active[next]!;
  }
}

/** `second` is the union now, and `first` is gone. */
function afterJoin(
  clusters: WorkingDistances,
  first: number,
  second: number,
  nearest: Uint32Array,
  bounds: Float64Array,
): void {
  const { active, count } = clusters;
  for (let slot = 0; slot < count; slot++) {
    const other = active[slot]!;
    if (other === second) {
      findNearest(clusters, slot, nearest, bounds);
      return;
    }
    // Its bound stays a lower bound, for the distance to the union is looked at below.
    if (nearest[other] === first) nearest[other] = second;
    const distance = clusters.between(other, second);
    if (distance < bounds[other]!) {
      bounds[other] = distance;
      nearest[other] = second;
    }
  }
}
