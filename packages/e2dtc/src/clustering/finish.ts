import { condensedIndex } from "@wayweave/numeric";
import type { Sample } from "./choose-start.js";

type At = (a: number, b: number) => number;

function distanceOf(distances: ArrayLike<number>, n: number): At {
  return (a, b) => (a === b ? 0 : distances[condensedIndex(n, Math.min(a, b), Math.max(a, b))]!);
}

/** The sampled trip of least summed distance to its cluster's other sampled trips; −1 where a cluster has none, `[k]`. */
export function medoidsOf(
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

/** Neighbours by which a trip is judged. */
const NEIGHBORS = 3;
/** Beyond the third quartile by so many times the distance between the quartiles. */
const REACH = 3;

/**
 * Sampled trips that lie far from their clusters: whose distance to the 3rd nearest trip of their own is beyond Tukey's outer fence (the third
 * quartile and three times the distance between the quartiles) of the cluster, with at least five sampled trips.
 */
export function farTrips({ trips, views }: Sample, labels: Int32Array): number[] {
  const at = distanceOf(views.views[0]!.distances, trips.length);
  const members = new Map<number, number[]>();
  for (const [a, trip] of trips.entries()) {
    const label = labels[trip]!;
    if (label >= 0) members.set(label, [...(members.get(label) ?? []), a]);
  }
  const far: number[] = [];
  for (const own of members.values()) {
    if (own.length < 5) continue;
    const reach = own.map((a) => own.map((b) => at(a, b)).sort((x, y) => x - y)[NEIGHBORS]!);
    const ordered = reach.toSorted((x, y) => x - y);
    const quartile = (share: number) => ordered[Math.floor(share * (ordered.length - 1))]!;
    const fence = quartile(0.75) + REACH * (quartile(0.75) - quartile(0.25));
    for (const [i, a] of own.entries()) if (reach[i]! > fence) far.push(trips[a]!);
  }
  return far;
}
