import { Random, type TrajectorySet } from "@wayweave/geo-core";
import { agglomerative } from "@wayweave/numeric";
import type { TriedSeeds } from "../starts/seeding.js";
import { type Candidate, candidatesOf, type DistanceMethod, isOfUse } from "./candidates.js";
import { clearCount } from "./clear-count.js";
import { type Lines, planarOf, thinned } from "./lines.js";
import { spread } from "./spread.js";
import { type View, type Views, viewsOf } from "./views.js";

export interface ChooseStartOptions {
  /** The function that the user called, for error messages. */
  readonly where: string;
  readonly k: number;
  readonly seed: number;
  /** What trips are compared by: as recorded, where speed and stops show, or by the way alone. */
  readonly clusterBy: "auto" | "routes";
  /** Methods to choose from. @defaultValue agglomerative and spectral */
  readonly methods?: readonly DistanceMethod[];
  /** Trips whose distances are all computed; the others follow their nearest ones. */
  readonly sampleSize: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (phase: "distances" | "candidates" | "spread", done: number, total: number) => void;
}

/** How a start was chosen, without a label. */
export interface StartHistory {
  /** The choice in words. */
  readonly reason: string;
  /**
   * All candidates with their scores, the best first; those of which less than half of the clusters are substantial come last.
   * Where the trips leave no doubt (clusters ten times farther apart than they are wide), average linkage by DTW comes first.
   */
  readonly candidates: readonly Omit<Candidate, "labels">[];
  /** What was tried among mean places (`clusterBy: "places"`), in the order of trying. */
  readonly places?: readonly TriedSeeds[];
  /** The data's own scale: the median trip's DTW distance a point to its 10th neighbour, metres or the plane's unit. */
  readonly base: number;
  /** Trips whose distances were all computed. */
  readonly sampleSize: number;
}

/** A sample of trips and all distances among them. */
export interface Sample {
  readonly lines: Lines;
  /** Which trips, ascending. */
  readonly trips: Uint32Array;
  readonly views: Views;
}

/** A clustering of the sample alone. */
export interface SampleStart {
  readonly history: StartHistory;
  readonly sample: Sample;
  /** The view of the candidate that was taken. */
  readonly view: View;
  /** The sample's clusters, `[sample]`. */
  readonly sampleLabels: Uint32Array;
}

export interface ChosenStart extends SampleStart {
  /** `[trips]` */
  readonly labels: Uint32Array;
}

const DEFAULT_METHODS: readonly DistanceMethod[] = ["agglomerative", "spectral"];

/** Distances of a sample in all views, or by DTW alone. */
export async function sampleOf(
  set: TrajectorySet,
  {
    where,
    seed,
    clusterBy,
    sampleSize,
    signal,
    onProgress,
    only,
  }: Omit<ChooseStartOptions, "k" | "methods"> & { readonly only?: "dtw" },
): Promise<Sample> {
  const lines = thinned(planarOf(where, set), clusterBy === "routes" ? "spaced" : "recorded");
  const size = Math.min(set.length, sampleSize);
  const trips = Uint32Array.from(new Random(seed).split("sample").sample(set.length, size)).sort();
  const chosen = { set: lines.set.select(trips), counts: trips.map((i) => lines.counts[i]!) };
  const tell = (done: number, total: number) => onProgress?.("distances", done, total);
  return { lines, trips, views: await viewsOf(chosen, { signal, onProgress: tell, only }) };
}

/**
 * A clustering to start from, chosen without labels: average linkage (cut in three ways) and spectral clustering, on DTW and on LCSS at four
 * scales that come from the data; the candidate that holds best under resamples, as a whole and cluster by cluster, where some of its
 * agreement with the others on the same distances counts too. Decision 18 says how this rule was found.
 */
export async function chooseStart(set: TrajectorySet, options: ChooseStartOptions): Promise<ChosenStart> {
  const start = await chooseSampleStart(set, options);
  const { sample, sampleLabels, view } = start;
  const labels = await spread(sample.lines, sample.trips, sampleLabels, view, {
    signal: options.signal,
    onProgress: (done, total) => options.onProgress?.("spread", done, total),
  });
  return { ...start, labels: Uint32Array.from(labels) };
}

/** {@link chooseStart} without the trips outside the sample. */
export async function chooseSampleStart(
  set: TrajectorySet,
  options: ChooseStartOptions,
): Promise<SampleStart> {
  const { k, seed, methods = DEFAULT_METHODS, signal, onProgress } = options;
  const sample = await sampleOf(set, options);
  const { trips, views } = sample;
  const candidates = await candidatesOf(views.views, trips.length, {
    k,
    seed,
    methods,
    signal,
    onProgress: (done, total) => onProgress?.("candidates", done, total),
  });
  const isClear = clearCount(await agglomerative(views.views[0]!.distances, trips.length)) === k;
  const rankOf = (each: Candidate) => (isClear && isPlainCut(each) ? 2 : Number(isOfUse(each, k)));
  // A stable sort: of equal scores the earlier candidate is taken.
  const ranked = candidates.toSorted((a, b) => rankOf(b) - rankOf(a) || b.score - a.score);
  const best = ranked[0]!;
  const view = views.views.find(({ name }) => name === best.view)!;
  return {
    sample,
    view,
    sampleLabels: best.labels,
    history: {
      reason: reasonOf(
        best,
        ranked.slice(1).find((each) => isOfUse(each, k)),
      ),
      candidates: ranked.map(({ labels: _, ...scores }) => scores),
      base: views.base,
      sampleSize: trips.length,
    },
  };
}

/** What `clearCount` looks at. */
function isPlainCut({ view, method, smallest }: Candidate): boolean {
  return view === "dtw" && method === "agglomerative" && smallest === 0;
}

const methodWords = {
  agglomerative: "average linkage",
  spectral: "spectral clustering",
  "k-medoids": "K-Medoids",
} as const satisfies Record<DistanceMethod, string>;

/** Why a candidate was taken: what it compares, how it clusters, how well it holds, and how much better than the next. */
function reasonOf(best: Candidate, next: Candidate | undefined): string {
  const { epsilon, method, smallest, stability, recovery, agreement, score } = best;
  const compared =
    epsilon === null
      ? "trips compared by DTW (the whole way counts, every metre of it)"
      : `trips compared by LCSS (points within ${Number(epsilon.toPrecision(3))} of each other are the same place)`;
  const cut =
    smallest === 0 ? "" : `, clusters below ${100 * smallest} % of the mean size joined to their nearest`;
  const ahead =
    next === undefined || next.score > score
      ? ""
      : `; the next candidate is ${(score - next.score).toFixed(2)} behind`;
  return `${methodWords[method]}${cut}, ${compared}: stability ${stability.toFixed(2)}, clusters found again ${recovery.toFixed(2)}, agreement with the other clusterings ${agreement.toFixed(2)}${ahead}`;
}
