import { distanceOf, farTrips } from "./far-trips.js";
import type { Sample } from "./sample.js";

/** The sampled trip of least summed distance to its cluster's other sampled trips; −1 where a cluster has none, `[k]`. */
function medoidsOf(
  labels: Int32Array,
  k: number,
  trips: Uint32Array,
  distances: ArrayLike<number>,
): Int32Array {
  const at = distanceOf(distances, trips.length);
  const medoids = new Int32Array(k).fill(-1);
  const least = new Float64Array(k).fill(Number.POSITIVE_INFINITY);
  for (const [a, trip] of trips.entries()) {
    const label = labels[trip]!;
    if (label < 0) continue;
    let sum = 0;
    for (const [b, other] of trips.entries()) if (labels[other] === label) sum += at(a, b);
    if (sum < least[label]!) [medoids[label], least[label]] = [trip, sum];
  }
  return medoids;
}

/**
 * Deals with clusters that have no trips, in place. `refill`: each gets the sampled trip that is farthest from its cluster's medoid, of a
 * cluster that has another. `drop`: labels close up.
 *
 * @returns how many were empty, and how many clusters there are now
 */
export function tidied(
  labels: Int32Array,
  k: number,
  trips: Uint32Array,
  distances: ArrayLike<number>,
  how: "refill" | "drop",
): { readonly emptied: number; readonly k: number } {
  const sizes = new Uint32Array(k);
  for (const label of labels) if (label >= 0) sizes[label]!++;
  const empty = [...sizes.keys()].filter((label) => sizes[label] === 0);
  if (empty.length === 0) return { emptied: 0, k };
  if (how === "drop") {
    const renamed = new Int32Array(k);
    let next = 0;
    for (let label = 0; label < k; label++) renamed[label] = sizes[label] === 0 ? -1 : next++;
    for (const [i, label] of labels.entries()) if (label >= 0) labels[i] = renamed[label]!;
    return { emptied: empty.length, k: next };
  }
  const at = distanceOf(distances, trips.length);
  for (const label of empty) {
    const medoids = medoidsOf(labels, k, trips, distances);
    const place = new Map([...trips.entries()].map(([a, trip]) => [trip, a]));
    let worst = -1;
    let farthest = -1;
    for (const [a, trip] of trips.entries()) {
      const own = labels[trip]!;
      if (own < 0 || sizes[own]! < 2 || medoids[own] === -1) continue;
      const far = at(a, place.get(medoids[own]!)!);
      if (far > farthest) [worst, farthest] = [trip, far];
    }
    if (worst < 0) continue;
    sizes[labels[worst]!]!--;
    labels[worst] = label;
    sizes[label]!++;
  }
  return { emptied: empty.length, k };
}

/** Labels of all trips, and what is known of each cluster. */
export interface Finished {
  /** 0 … k − 1, or −1 for an outlier, `[trips]`. */
  readonly labels: Int32Array;
  /** Number of clusters: fewer than were wanted where empty ones were dropped. */
  readonly k: number;
  /** Trips of each cluster, `[k]`. */
  readonly sizes: Uint32Array;
  /** Trips without a cluster. */
  readonly outliers: number;
  /** Clusters that came out empty before `emptyClusters` did its work. */
  readonly emptied: number;
  /** A trip in the middle of each cluster, of those whose distances were computed, `[k]`; −1 where there is none. */
  readonly medoids: Int32Array;
}

/** A clustering without the middles of its clusters. */
export type FitClusters = Omit<Finished, "medoids">;

/** Labels with −1 for some trips. */
export function setAside(labels: ArrayLike<number>, strays: readonly number[]): Int32Array {
  const all = Int32Array.from(labels);
  for (const trip of strays) all[trip] = -1;
  return all;
}

/** Labels without empty clusters, in place. */
export function closedUp(labels: Int32Array, wanted: number): FitClusters {
  const { emptied, k } = tidied(labels, wanted, new Uint32Array(0), [], "drop");
  return { labels, k, emptied, ...countsOf(labels, k) };
}

function countsOf(labels: Int32Array, k: number): Pick<Finished, "sizes" | "outliers"> {
  const sizes = new Uint32Array(k);
  for (const label of labels) if (label >= 0) sizes[label]!++;
  return { sizes, outliers: labels.length - sizes.reduce((sum, size) => sum + size, 0) };
}

/** Outliers, empty clusters, sizes and medoids. @param labels changed in place */
export async function finished(
  sample: Pick<Sample, "lines" | "trips" | "views">,
  labels: Int32Array,
  wanted: number,
  options: {
    readonly outliers: boolean;
    readonly emptyClusters: "refill" | "drop";
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Finished> {
  const { distances } = sample.views.views[0]!;
  const { emptied, k } = tidied(labels, wanted, sample.trips, distances, options.emptyClusters);
  if (options.outliers) {
    for (const trip of await farTrips(sample, labels, options.signal)) labels[trip] = -1;
  }
  return {
    labels,
    k,
    emptied,
    ...countsOf(labels, k),
    medoids: medoidsOf(labels, k, sample.trips, distances),
  };
}
