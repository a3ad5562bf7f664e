import {
  checkInRange,
  checkNonNegativeInteger,
  checkOneOf,
  checkPositiveInteger,
  type TrajectorySet,
  ValueError,
} from "@wayweave/geo-core";
import { hdbscan } from "@wayweave/numeric";
import { checkGivenOptions, checkRun, checkSomeTrips } from "../inputs/check-trips.js";
import { inReach } from "../inputs/in-reach.js";
import { byNetwork, type ClusterProgress, type FitNetwork, type NetworkAgreement } from "./by-network.js";
import type { DistanceMethod } from "./candidates.js";
import { chooseClusterCount, type TriedK } from "./choose-count.js";
import { chooseSampleStart, chooseStart, type StartHistory } from "./choose-start.js";
import { type ClusterBy, clusterings } from "./cluster-by.js";
import { straysOf } from "./far-trips.js";
import { type Finished, finished, setAside } from "./finish.js";
import { refuseIdle } from "./refuse-idle.js";
import { clusterLines, clusterPlaces } from "./rows.js";
import { type Sample, sampleOf } from "./sample.js";
import { spread } from "./spread.js";

export type { ClusterProgress, FitNetwork, NetworkAgreement } from "./by-network.js";

/** All of {@link ClusterMethod}. */
export const clusterMethods = [
  "auto",
  "agglomerative",
  "spectral",
  "k-medoids",
  "k-means",
  "hdbscan",
  "e2dtc",
] as const;
/**
 * How trips become clusters. `agglomerative` (average linkage), `spectral` and `k-medoids` cluster the distances of a sample by DTW or
 * LCSS, whichever holds better; `auto` takes the better one of the first two. `k-means` clusters 32 points along each trip. `hdbscan` finds
 * the number of clusters itself, by DTW. `e2dtc` trains a network to do what `auto` does on a sample, and labels all trips with it.
 *
 * With `clusterBy: "places"` `k-means` clusters the trips' mean places, and `auto` takes the clearest clusters of the mean places
 * (`seeding: "places"` of `seedClusters`); the others compare whole trips and are refused.
 */
export type ClusterMethod = (typeof clusterMethods)[number];

/** How many clusters {@link clusterTrips} makes, and how. */
export interface ClusterTripsOptions {
  /**
   * The number of clusters; not with `hdbscan`, which finds it itself. `auto` looks for it between 2 and 20: it is 1 where all trips are equal,
   * and where there are fewer than 8 of which no number of clusters is beyond doubt.
   */
  readonly k?: number | "auto";
  /** @defaultValue "auto": average linkage or spectral clustering, whichever holds better */
  readonly method?: ClusterMethod;
  /** @defaultValue "auto" */
  readonly clusterBy?: ClusterBy;
  /** @defaultValue 0 */
  readonly seed?: number;
  /**
   * Trips whose distances are all computed; the others follow their nearest ones, or the network, which learns from twice as many. Where that is not
   * all of them, three samples are clustered, and the one is taken that agrees best with the others. @defaultValue 500
   */
  readonly sampleSize?: number;
  /** Whether trips that are far from all others of their cluster get the label −1, sampled or not. @defaultValue false; `hdbscan` always does */
  readonly outliers?: boolean;
  /** What becomes of clusters without trips. @defaultValue "refill" with the trips that fit worst where they are */
  readonly emptyClusters?: "refill" | "drop";
  /** The fewest trips of a cluster of `hdbscan`. @defaultValue 1 % of the sample, at least 5 */
  readonly minClusterSize?: number;
  /** For the method `e2dtc`: `fitE2DTC` of `@wayweave/e2dtc/train`. */
  readonly fit?: FitNetwork;
  /** Called as each phase goes on: parts of it done, of all. */
  readonly onProgress?: (progress: ClusterProgress) => void;
  /** Stops the work; the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
}

/** Trips in clusters, and how these were found. */
export interface ClusteredTrips extends Finished {
  /** How the clustering was found. */
  readonly history: {
    /** How the clustering was chosen; `null` with the methods `k-means` and `hdbscan`, which leave nothing to choose. */
    readonly start: StartHistory | null;
    /** How k was chosen, where it was. */
    readonly chosenK: readonly TriedK[] | null;
    /** How well the network does what it learnt; `null` without one. */
    readonly network: NetworkAgreement | null;
  };
}

const WHERE = "clusterTrips";
/**
 * Clusters trips without training anything: one call for any trips, in degrees, metres or pixels.
 *
 * `clusterBy` says what makes trips alike. `places`: where they are on the whole. `routes`: the way they take, in its direction,
 * whatever the speed and the stops. `auto`: the way as it was recorded, at the scale at which clusters hold best, so that places come out
 * where trips of one place take many ways.
 *
 * With `auto` several clusterings are made, and the one taken that is most stable under resamples and in which two methods agree
 * best (`history.start` has all of them). No label is asked for.
 *
 * @throws {ValueError} no trips, a trip without points, k missing or above the number of trips, an option out of range, unknown, or
 *   without effect beside the others
 * @throws the signal's reason
 * @example
 * const { labels, sizes, history } = await clusterTrips(trips, { k: 8 });
 * console.log(history.start?.candidates[0]); // { view: "lcss×2", method: "spectral", stability: .98, … }
 */
export async function clusterTrips(
  trips: TrajectorySet,
  options: ClusterTripsOptions,
): Promise<ClusteredTrips> {
  const settings = checked(trips, options);
  settings.signal?.throwIfAborted();
  const { set, unit } = inReach(trips);
  const clustered = await clusterInReach(set, settings);
  return unit === 1 ? clustered : inUnitsOf(clustered, unit);
}

async function clusterInReach(trips: TrajectorySet, settings: ClusterSettings): Promise<ClusteredTrips> {
  if (settings.method === "hdbscan") return byDensity(trips, settings);
  const chosenK = settings.k === "auto" ? await chooseClusterCount(WHERE, trips, settings) : null;
  const k = chosenK?.k ?? (settings.k as number);
  const told = chosenK?.tried ?? null;
  if (settings.method === "k-means") {
    const found = await withoutStrays(trips, k, settings, async (set) => ({
      labels: await clusterLines(WHERE, set, k, settings),
    }));
    return finish(settings, k, { ...found, history: null, chosenK: told });
  }
  if (settings.clusterBy === "places" && settings.method !== "e2dtc") {
    const { labels, sample, history } = await withoutStrays(trips, k, settings, (set) =>
      clusterPlaces(WHERE, set, k, settings),
    );
    const { base } = sample.views;
    const start = { ...history, candidates: [], base, sampleSize: sample.trips.length };
    return finish(settings, k, { labels, sample, history: start, chosenK: told });
  }
  const { outliers } = settings;
  if (settings.method === "e2dtc") {
    const start = outliers
      ? await chooseStart(trips, { ...sampling(settings), k, outliers })
      : { ...(await chooseSampleStart(trips, { ...sampling(settings), k })), strays: [] };
    const { labels, network } = await byNetwork(trips, { ...settings, fit: settings.fit! }, k, start);
    const { sample, history } = start;
    return finish(settings, k, {
      labels: setAside(labels, start.strays),
      sample,
      history,
      chosenK: told,
      network,
    });
  }
  const start = await chooseStart(trips, {
    ...sampling(settings),
    k,
    outliers,
    ...methodsOf(settings.method),
  });
  const { sample, history, labels, strays } = start;
  return finish(settings, k, { labels: setAside(labels, strays), sample, history, chosenK: told });
}

/** Clusters rows, and where outliers are asked for again without trips that got clusters of their own for being far from all others. */
async function withoutStrays<Found extends { readonly labels: Uint32Array }>(
  trips: TrajectorySet,
  k: number,
  settings: ClusterSettings,
  cluster: (kept: TrajectorySet) => Promise<Found>,
): Promise<Omit<Found, "labels"> & { readonly labels: Int32Array; readonly sample: Sample }> {
  const sample = await sampleOf(trips, sampling(settings));
  let kept = Uint32Array.from({ length: trips.length }, (_, trip) => trip);
  for (;;) {
    const found = await cluster(kept.length === trips.length ? trips : trips.select(kept));
    const labels = new Int32Array(trips.length).fill(-1);
    for (const [at, trip] of kept.entries()) labels[trip] = found.labels[at]!;
    const strays = new Set(settings.outliers ? await straysOf(sample, labels, settings.signal) : []);
    if (strays.size === 0 || kept.length - strays.size < k) return { ...found, labels, sample };
    kept = kept.filter((trip) => !strays.has(trip));
  }
}

/** Lengths in the trips' own unit, where they were clustered in another. */
function inUnitsOf(clustered: ClusteredTrips, unit: number): ClusteredTrips {
  const { start } = clustered.history;
  if (start === null) return clustered;
  const candidates = start.candidates.map((each) => ({
    ...each,
    epsilon: each.epsilon === null ? null : each.epsilon * unit,
  }));
  return {
    ...clustered,
    history: { ...clustered.history, start: { ...start, candidates, base: start.base * unit } },
  };
}

/** The options with their defaults. */
export type ClusterSettings = Required<
  Pick<ClusterTripsOptions, "method" | "clusterBy" | "seed" | "sampleSize" | "outliers" | "emptyClusters">
> &
  Pick<ClusterTripsOptions, "k" | "fit" | "onProgress" | "signal" | "minClusterSize">;

function checked(trips: TrajectorySet, options: ClusterTripsOptions): ClusterSettings {
  checkSomeTrips(WHERE, "trips", trips);
  checkGivenOptions(WHERE, options, [
    "k",
    "method",
    "clusterBy",
    "seed",
    "sampleSize",
    "outliers",
    "emptyClusters",
    "minClusterSize",
    "fit",
    "onProgress",
    "signal",
  ]);
  const settings = {
    method: "auto",
    clusterBy: "auto",
    seed: 0,
    sampleSize: 500,
    outliers: false,
    emptyClusters: "refill",
    ...Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined)),
  } as ClusterSettings;
  const { k, method, clusterBy, seed, sampleSize, emptyClusters, fit, minClusterSize } = settings;
  checkOneOf(WHERE, "method", method, clusterMethods);
  checkOneOf(WHERE, "clusterBy", clusterBy, clusterings);
  checkOneOf(WHERE, "emptyClusters", emptyClusters, ["refill", "drop"]);
  checkNonNegativeInteger(WHERE, "seed", seed);
  checkRun(WHERE, settings);
  checkPositiveInteger(WHERE, "sampleSize", sampleSize);
  if (typeof settings.outliers !== "boolean") {
    throw new ValueError(`${WHERE}: outliers must be true or false, got ${String(settings.outliers)}`);
  }
  refuseIdle(WHERE, settings, options);
  if (method === "hdbscan") {
    if (k !== undefined) throw new ValueError(`${WHERE}: k must be left out with hdbscan, got ${k}`);
    const most = Math.max(2, Math.min(trips.length, sampleSize));
    if (minClusterSize !== undefined) checkInRange(WHERE, "minClusterSize", minClusterSize, 2, most);
  } else if (k !== "auto") {
    if (k === undefined) throw new ValueError(`${WHERE}: k must be given, a number or "auto"`);
    checkPositiveInteger(WHERE, "k", k);
    const most = Math.min(trips.length, sampleSize);
    if (k > most) {
      throw new ValueError(`${WHERE}: k must be at most the trips and sampleSize, ${most}, got ${k}`);
    }
  }
  if (method === "e2dtc" && typeof fit !== "function") {
    throw new ValueError(`${WHERE}: method "e2dtc" needs the option fit: fitE2DTC of @wayweave/e2dtc/train`);
  }
  return settings;
}

function sampling({ seed, clusterBy, sampleSize, signal, onProgress }: ClusterSettings) {
  return {
    where: WHERE,
    seed,
    clusterBy: clusterBy === "routes" ? ("routes" as const) : ("auto" as const),
    sampleSize,
    signal,
    onProgress: (phase: string, done: number, total: number) => onProgress?.({ phase, done, total }),
  };
}

function methodsOf(method: ClusterMethod): { methods?: readonly DistanceMethod[] } {
  const isOne = method === "agglomerative" || method === "spectral" || method === "k-medoids";
  return isOne ? { methods: [method] } : {};
}

interface Found {
  readonly labels: ArrayLike<number>;
  readonly sample: Sample;
  readonly history: StartHistory | null;
  readonly chosenK: readonly TriedK[] | null;
  readonly network?: NetworkAgreement;
}

/** HDBSCAN on DTW distances of the sample; the others follow. A single trip lies nowhere densely. */
async function byDensity(trips: TrajectorySet, settings: ClusterSettings): Promise<ClusteredTrips> {
  const sample = await sampleOf(trips, sampling(settings));
  const { signal } = settings;
  const view = sample.views.views[0]!;
  const n = sample.trips.length;
  const minClusterSize =
    settings.minClusterSize ?? Math.max(2, Math.min(n, Math.max(5, Math.round(n / 100))));
  const abortable = signal === undefined ? {} : { signal };
  const sampleLabels =
    n === 1 ? Int32Array.of(-1) : (await hdbscan(view.distances, n, { minClusterSize, ...abortable })).labels;
  const labels = await spread(sample.lines, sample.trips, sampleLabels, view, { signal });
  const k = 1 + sampleLabels.reduce((most, label) => Math.max(most, label), -1);
  const found = { labels, sample, history: null, chosenK: null };
  return finish({ ...settings, outliers: false, emptyClusters: "drop" }, k, found);
}

async function finish(settings: ClusterSettings, wanted: number, found: Found): Promise<ClusteredTrips> {
  const { sample, labels, history, chosenK, network = null } = found;
  const done = await finished(sample, Int32Array.from(labels), wanted, settings);
  return { ...done, history: { start: history, chosenK, network } };
}
