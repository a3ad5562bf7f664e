import { Pace, TrajectoryIndex, type TrajectorySet } from "@wayweave/geo-core";
import { condensedIndex } from "@wayweave/numeric";
import type { Sample } from "./sample.js";
import { DTW } from "./views.js";

/** The distance between two, by their places in the sample. */
type At = (a: number, b: number) => number;

/** Reads condensed distances. */
export function distanceOf(distances: ArrayLike<number>, n: number): At {
  return (a, b) => (a === b ? 0 : distances[condensedIndex(n, Math.min(a, b), Math.max(a, b))]!);
}

/** Neighbours by which a trip is judged. */
const NEIGHBORS = 3;
/** Beyond the third quartile by so many times the distance between the quartiles. */
const REACH = 3;
/** Sampled trips that a cluster must have to be judged by. */
const FEWEST = 5;

/**
 * Trips that lie far from their clusters: whose distance to the 3rd nearest sampled trip of their own is beyond Tukey's outer fence (the third
 * quartile of the sampled trips' and three times the distance between the quartiles) of the cluster, with at least five sampled trips.
 */
export async function farTrips(
  sample: Pick<Sample, "lines" | "trips" | "views">,
  labels: Int32Array,
  signal?: AbortSignal,
): Promise<number[]> {
  const { trips, views } = sample;
  const at = distanceOf(views.views[0]!.distances, trips.length);
  const members = new Map<number, number[]>();
  for (const [a, trip] of trips.entries()) {
    const label = labels[trip]!;
    if (label < 0) continue;
    const own = members.get(label);
    if (own === undefined) members.set(label, [a]);
    else own.push(a);
  }
  const far: number[] = [];
  const fences = new Map<number, number>();
  for (const [label, own] of members) {
    if (own.length < FEWEST) continue;
    const reach = own.map((a) => own.map((b) => at(a, b)).sort((x, y) => x - y)[NEIGHBORS]!);
    const fence = fenceOf(reach);
    fences.set(label, fence);
    for (const [i, a] of own.entries()) if (reach[i]! > fence) far.push(trips[a]!);
  }
  return [...far, ...(await farOutside(sample, labels, { members, fences, signal }))];
}

/** Tukey's outer fence: the third quartile and three times the distance between the quartiles. */
function fenceOf(values: readonly number[]): number {
  const ordered = values.toSorted((x, y) => x - y);
  const quartile = (share: number) => ordered[Math.floor(share * (ordered.length - 1))]!;
  return quartile(0.75) + REACH * (quartile(0.75) - quartile(0.25));
}

/**
 * Trips that were given clusters of their own for being far from all others: of clusters too small for a third neighbour, those whose 3rd
 * nearest sampled trip, of any cluster, is beyond Tukey's outer fence of all sampled trips'.
 *
 * @param labels −1 for trips that were set aside before
 */
export async function straysOf(
  sample: Pick<Sample, "lines" | "trips" | "views">,
  labels: ArrayLike<number> & Iterable<number>,
  signal?: AbortSignal,
): Promise<number[]> {
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const lone: number[] = [];
  for (let trip = 0; trip < labels.length; trip++) {
    if (labels[trip]! >= 0 && sizes.get(labels[trip]!)! <= NEIGHBORS) lone.push(trip);
  }
  const kept = [...sample.trips.keys()].filter((a) => labels[sample.trips[a]!]! >= 0);
  if (lone.length === 0 || kept.length < FEWEST) return [];
  const at = distanceOf(sample.views.views[0]!.distances, sample.trips.length);
  const reach = new Map(
    kept.map((a) => [sample.trips[a]!, kept.map((b) => at(a, b)).sort((x, y) => x - y)[NEIGHBORS]!]),
  );
  const fence = fenceOf([...reach.values()]);
  const others = new TrajectoryIndex(sample.lines.select(kept.map((a) => sample.trips[a]!)));
  const strays: number[] = [];
  const pace = new Pace(signal);
  for (const trip of lone) {
    await pace.step();
    if ((reach.get(trip) ?? (await reachOf(sample.lines, trip, others))) > fence) strays.push(trip);
  }
  return strays;
}

/** The DTW distance a point of a trip outside the sample to its 3rd nearest of some trips. */
async function reachOf(lines: TrajectorySet, trip: number, others: TrajectoryIndex): Promise<number> {
  const nearest = await others.nearest(lines.at(trip).coordinates, { distance: DTW, k: NEIGHBORS });
  return nearest.at(-1)!.distance;
}

/** Trips outside the sample that are beyond their cluster's fence. */
async function farOutside(
  { lines, trips }: Pick<Sample, "lines" | "trips">,
  labels: Int32Array,
  {
    members,
    fences,
    signal,
  }: {
    readonly members: ReadonlyMap<number, readonly number[]>;
    readonly fences: ReadonlyMap<number, number>;
    readonly signal: AbortSignal | undefined;
  },
): Promise<number[]> {
  const sampled = new Set(trips);
  const clusters = new Map(
    [...fences.keys()].map((label) => {
      const own = lines.select(members.get(label)!.map((a) => trips[a]!));
      return [label, new TrajectoryIndex(own)];
    }),
  );
  const pace = new Pace(signal);
  const far: number[] = [];
  for (let trip = 0; trip < lines.length; trip++) {
    const own = clusters.get(labels[trip]!);
    if (own === undefined || sampled.has(trip)) continue;
    await pace.step();
    if ((await reachOf(lines, trip, own)) > fences.get(labels[trip]!)!) far.push(trip);
  }
  return far;
}
