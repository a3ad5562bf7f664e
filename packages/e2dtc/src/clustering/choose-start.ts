import { adjustedRandIndex } from "@wayweave/eval";
import { Random, type TrajectorySet } from "@wayweave/geo-core";
import { agglomerative } from "@wayweave/numeric";
import type { TriedSeeds } from "../starts/seeding.js";
import { type Candidate, candidatesOf, type DistanceMethod, isOfUse, type Plan } from "./candidates.js";
import { clearCount } from "./clear-count.js";
import { straysOf } from "./far-trips.js";
import { type Sample, type SampleOptions, sampleOf, withoutTrips } from "./sample.js";
import { spread } from "./spread.js";
import type { View } from "./views.js";

/** How the sample is drawn (the trips outside it follow their nearest ones), and what is chosen from. */
export interface ChooseStartOptions extends Omit<SampleOptions, "only" | "nth" | "lines" | "onProgress"> {
  readonly k: number;
  /** Methods to choose from. @defaultValue agglomerative and spectral */
  readonly methods?: readonly DistanceMethod[];
  /** Whether to choose again without trips that got clusters of their own for being far from all others. @defaultValue false */
  readonly outliers?: boolean;
  readonly onProgress?: (phase: "distances" | "candidates" | "spread", done: number, total: number) => void;
}

/** How a start was chosen, without a label. */
export interface StartHistory {
  /** The choice in words. */
  readonly reason: string;
  /**
   * All candidates with their scores, the best first; those of which less than half of the clusters are substantial come last. Of a candidate
   * that no outcome could have made the best fewer resamples were looked at (`resamples`), and its scores are of these.
   * Where the trips leave no doubt (clusters ten times farther apart than they are wide), average linkage by DTW comes first.
   */
  readonly candidates: readonly Omit<Candidate, "labels">[];
  /** What was tried among mean places (`clusterBy: "places"`), in the order of trying. */
  readonly places?: readonly TriedSeeds[];
  /** The data's own scale: the median trip's DTW distance a point to its 10th neighbour, metres or the plane's unit. */
  readonly base: number;
  /** Trips whose distances were all computed. */
  readonly sampleSize: number;
  /**
   * Where that is not all of them: the mean adjusted Rand index of the clusters with those of two other samples. Far below 1 the clusters are as
   * much the sample's as the trips': a larger `sampleSize` or another k may hold better.
   */
  readonly sampleAgreement?: number;
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
  /** Without −1: strays follow their nearest trips, as any that are outside the sample do, `[trips]`. */
  readonly labels: Uint32Array;
  /** Trips that were taken out of the sample as outliers. */
  readonly strays: readonly number[];
}

const DEFAULT_METHODS: readonly DistanceMethod[] = ["agglomerative", "spectral"];

/**
 * A clustering to start from, chosen without labels: average linkage (cut in three ways) and spectral clustering, on DTW and on LCSS at four
 * scales that come from the data; the candidate that holds best under resamples, as a whole and cluster by cluster, where some of its
 * agreement with the others on the same distances counts too. Decision 18 says how this rule was found.
 */
export async function chooseStart(set: TrajectorySet, options: ChooseStartOptions): Promise<ChosenStart> {
  let start = await chooseSampleStart(set, options);
  const strays: number[] = [];
  for (;;) {
    const { sample } = start;
    const labels = await spread(sample.lines, sample.trips, start.sampleLabels, start.view, {
      signal: options.signal,
      onProgress: (done, total) => options.onProgress?.("spread", done, total),
    });
    const found = new Set(options.outliers === true ? await straysOf(sample, labels, options.signal) : []);
    const left = sample.trips.filter((trip) => !found.has(trip)).length;
    if (left === sample.trips.length || left < options.k) {
      return { ...start, labels: Uint32Array.from(labels), strays };
    }
    strays.push(...found);
    start = await startAmong(withoutTrips(sample, found), options);
  }
}

/** Samples that are drawn where not all trips are compared. */
const SAMPLES = 3;
/** Trips on which the samples' clusterings are compared. */
const COMPARED = 200;

/**
 * {@link chooseStart} without the trips outside the sample. One sample in several shows other clusters than the others: of three the one is
 * taken whose clusters hold best and agree best with the other two's, on trips that all of them label.
 */
export async function chooseSampleStart(
  set: TrajectorySet,
  options: ChooseStartOptions,
): Promise<SampleStart> {
  const { seed, sampleSize, signal, onProgress } = options;
  const count = set.length <= sampleSize ? 1 : SAMPLES;
  const wholeOf =
    (nth: number) => (phase: "distances" | "candidates" | "spread", done: number, total: number) =>
      onProgress?.(phase, nth * total + done, count * total);
  const samples: Sample[] = [];
  for (let nth = 0; nth < count; nth++) {
    const lines = samples[0]?.lines;
    samples.push(await sampleOf(set, { ...options, nth, lines, onProgress: wholeOf(nth) }));
  }
  const starts: SampleStart[] = [];
  for (const [nth, sample] of samples.entries()) {
    starts.push(await startAmong(sample, { ...options, onProgress: wholeOf(nth) }));
  }
  if (count === 1) return starts[0]!;
  const compared = new Random(seed).split("agreement").sample(set.length, Math.min(set.length, COMPARED));
  const labels: Int32Array[] = [];
  for (const { sample, sampleLabels, view } of starts) {
    const all = await spread(sample.lines, sample.trips, sampleLabels, view, { signal, wanted: compared });
    labels.push(Int32Array.from(compared, (trip) => all[trip]!));
  }
  return mostAgreed(starts, labels);
}

/** The start of largest score and mean adjusted Rand index with the others, added up; of equals the first. */
function mostAgreed(starts: readonly SampleStart[], labels: readonly Int32Array[]): SampleStart {
  const agreements = labels.map((own) => {
    const others = labels.filter((other) => other !== own);
    return others.reduce((sum, other) => sum + adjustedRandIndex(own, other), 0) / others.length;
  });
  const scores = starts.map(({ history }, nth) => history.candidates[0]!.score + agreements[nth]!);
  const best = scores.indexOf(Math.max(...scores));
  const { history, ...start } = starts[best]!;
  const sampleAgreement = agreements[best]!;
  const reason = `${history.reason}; agreement with the clusters of two other samples ${sampleAgreement.toFixed(2)}`;
  return { ...start, history: { ...history, reason, sampleAgreement } };
}

async function startAmong(sample: Sample, options: ChooseStartOptions): Promise<SampleStart> {
  const { k, seed, methods = DEFAULT_METHODS, signal, onProgress } = options;
  const { trips, views } = sample;
  const isClear = clearCount(await agglomerative(views.views[0]!.distances, trips.length)) === k;
  const rankOf = (each: Plan) => (isClear && isPlainCut(each) ? 2 : Number(isOfUse(each, k)));
  const candidates = await candidatesOf(views.views, trips.length, {
    k,
    seed,
    methods,
    rankOf,
    signal,
    onProgress: (done, total) => onProgress?.("candidates", done, total),
  });
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
function isPlainCut({ view, method, smallest }: Plan): boolean {
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
