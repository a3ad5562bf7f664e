import { adjustedRandIndex } from "@wayweave/eval";
import { Pace, Random } from "@wayweave/geo-core";
import {
  agglomerative,
  kMedoids,
  localAffinities,
  selectDistances,
  spectralClustering,
} from "@wayweave/numeric";
import { substantialCut } from "./substantial-cut.js";
import type { View, ViewName } from "./views.js";

/** How distances become clusters. */
export type DistanceMethod = "agglomerative" | "spectral" | "k-medoids";

/** One clustering among which a start is chosen, and how well it holds. */
export interface Candidate {
  /** What trips were compared by: DTW, or LCSS with an ε of so many times the data's own scale. */
  readonly view: ViewName;
  /** ε of LCSS, metres or the plane's unit. */
  readonly epsilon: number | null;
  /** How these distances became clusters. */
  readonly method: DistanceMethod;
  /**
   * The size that a cluster must have to count as one, as a share of the mean size; smaller ones join their nearest (average linkage: see
   * `substantialCut`). 0 for any size.
   */
  readonly smallest: number;
  /** Clusters with a tenth of the mean size at least, and two members. */
  readonly substantial: number;
  /** Mean adjusted Rand index with the clusterings of resamples, on the trips that they share. */
  readonly stability: number;
  /** How well each cluster is found again in resamples, small ones counting as much as large ones: mean largest Jaccard index. */
  readonly recovery: number;
  /** Mean adjusted Rand index with what is otherwise made of the same view. */
  readonly agreement: number;
  /** Stability, recovery and three tenths of the agreement: the largest is taken. */
  readonly score: number;
  /** Resamples behind stability and recovery. They end where no outcome of the others could make this the candidate that is taken. */
  readonly resamples: number;
  /** The sample's clusters, `[sample]`. */
  readonly labels: Uint32Array;
}

/** What is known of a candidate before it is judged. */
export type Plan = Pick<Candidate, "view" | "method" | "smallest" | "substantial">;

export interface CandidateOptions {
  readonly k: number;
  readonly seed: number;
  readonly methods: readonly DistanceMethod[];
  /** Candidates of a higher rank go before all of a lower one, whatever their scores. */
  readonly rankOf: (each: Plan) => number;
  readonly signal?: AbortSignal | undefined;
  /** Clusterings done, of all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Whether a clustering is of use at all: half of its clusters are substantial, and two at least. Trips without clusters, as a city's random
 * rides are, come out as one huge cluster and single far trips otherwise, which resamples find again best of all.
 */
export function isOfUse({ substantial }: Pick<Candidate, "substantial">, k: number): boolean {
  return substantial >= Math.min(k, Math.max(2, k / 2));
}

const SUBSTANTIAL_SHARE = 0.1;

function substantialOf(labels: Uint32Array, k: number): number {
  const sizes = new Uint32Array(k);
  for (const label of labels) sizes[label]!++;
  const least = Math.max(2, (SUBSTANTIAL_SHARE * labels.length) / k);
  return sizes.filter((size) => size >= least).length;
}

/** Resamples of 500 trips and more. */
const LEAST_RESAMPLES = 6;
/** Of few trips, where a resample costs little. Fewer leave the choice between close candidates to the seed: see decision 18. */
const MOST_RESAMPLES = 24;
const RESAMPLE_SHARE = 0.7;
/** Enough to tell a stable clustering of all trips and a few far ones from a good one: see decision 18. */
const AGREEMENT_WEIGHT = 0.3;
/** Average linkage is cut in each of these ways. */
const SMALLEST_SHARES = [0, 0.05, 0.2] as const;

/**
 * Every method on every view, with how well it holds: its stability under resamples, how well each of its clusters is found again, and its
 * agreement with what is otherwise made of the same view.
 *
 * Stability alone favours clusterings of one huge cluster and a few far trips; such small clusters are not found again where a resample lacks
 * them, and two methods that cluster in different ways and still agree are hardly both wrong. See decision 18 for how this was chosen.
 *
 * Candidates are judged one after another, those of average linkage first, which cost least. The best one is found by all of its resamples; of
 * the others there may be fewer.
 *
 * @returns in the order of views, then methods
 */
export async function candidatesOf(
  views: readonly View[],
  n: number,
  options: CandidateOptions,
): Promise<Candidate[]> {
  const { k, seed, methods, signal, onProgress } = options;
  const random = new Random(seed).split("resamples");
  const size = Math.max(k, Math.min(n, Math.round(RESAMPLE_SHARE * n)));
  const resamples = Array.from({ length: resamplesFor(n) }, (_, r) => random.split(r).sample(n, size).sort());
  const total = views.length * methods.length * (1 + resamples.length);
  const pace = new Pace(signal);
  let done = 0;
  const next = async (steps = 1) => {
    done += steps;
    onProgress?.(done, total);
    await pace.step();
  };
  const groups: Group[] = [];
  for (const view of views) {
    const made: Group[] = [];
    for (const method of methods) {
      const whole = await clusteringsBy(method, view.distances, n, options);
      made.push({
        view,
        method,
        judged: whole.map((each) => new Judged(view, method, each, resamples.length, options)),
      });
      await next();
    }
    const all = made.flatMap(({ judged }) => judged);
    for (const each of all) each.compare(all);
    groups.push(...made);
  }
  const cheapFirst = groups.toSorted(
    (a, b) => Number(b.method === "agglomerative") - Number(a.method === "agglomerative"),
  );
  const candidates = groups.flatMap(({ judged }) => judged);
  let best: Judged | undefined;
  const isOpen = (each: Judged) => best === undefined || !each.isBeatenBy(best, candidates);
  for (const { view, method, judged } of cheapFirst) {
    for (const [nth, chosen] of resamples.entries()) {
      // One resample at least, so that all candidates have scores.
      if (nth > 0 && !judged.some(isOpen)) {
        await next(resamples.length - nth);
        break;
      }
      const again = await clusteringsBy(method, selectDistances(view.distances, n, chosen), size, options);
      for (const [at, each] of judged.entries()) each.judge(chosen, again[at]!.labels);
      await next();
    }
    for (const each of judged) if (isOpen(each)) best = each;
  }
  return candidates.map((each) => each.candidate());
}

/** What one method makes of one view: several clusterings, which share their resamples, by average linkage. */
interface Group {
  readonly view: View;
  readonly method: DistanceMethod;
  readonly judged: readonly Judged[];
}

/** A candidate while its resamples are looked at. */
class Judged {
  readonly plan: Plan;
  readonly #view: View;
  readonly #labels: Uint32Array;
  readonly #k: number;
  readonly #rank: number;
  /** Resamples wanted. */
  readonly #wanted: number;
  #done = 0;
  #stability = 0;
  #recovery = 0;
  #agreement = 0;

  constructor(
    view: View,
    method: DistanceMethod,
    { smallest, labels }: Clustering,
    wanted: number,
    { k, rankOf }: Pick<CandidateOptions, "k" | "rankOf">,
  ) {
    this.plan = { view: view.name, method, smallest, substantial: substantialOf(labels, k) };
    this.#view = view;
    this.#labels = labels;
    this.#k = k;
    this.#rank = rankOf(this.plan);
    this.#wanted = wanted;
  }

  /** The mean adjusted Rand index with the others on the same view. */
  compare(all: readonly Judged[]): void {
    const others = all.filter((other) => other !== this);
    const sum = others.reduce((total, other) => total + adjustedRandIndex(this.#labels, other.#labels), 0);
    this.#agreement = sum / Math.max(1, others.length);
  }

  /** Takes in the clustering of a resample. */
  judge(chosen: Uint32Array, again: Uint32Array): void {
    const before = chosen.map((i) => this.#labels[i]!);
    this.#stability += adjustedRandIndex(before, again);
    this.#recovery += recoveryOf(before, again, this.#k);
    this.#done++;
  }

  /** Whether another goes before this one even if all resamples to come were perfect; of equal ones the first of `order`. */
  isBeatenBy(other: Judged, order: readonly Judged[]): boolean {
    if (this.#rank !== other.#rank) return this.#rank < other.#rank;
    const ahead = other.#most() - this.#most();
    return ahead === 0 ? order.indexOf(other) <= order.indexOf(this) : ahead > 0;
  }

  /** The score if all resamples to come were perfect. */
  #most(): number {
    const left = this.#wanted - this.#done;
    return this.#scoreOf((this.#stability + left) / this.#wanted, (this.#recovery + left) / this.#wanted);
  }

  #scoreOf(stability: number, recovery: number): number {
    return stability + recovery + AGREEMENT_WEIGHT * this.#agreement;
  }

  candidate(): Candidate {
    const stability = this.#stability / this.#done;
    const recovery = this.#recovery / this.#done;
    return {
      view: this.plan.view,
      epsilon: this.#view.epsilon,
      method: this.plan.method,
      smallest: this.plan.smallest,
      substantial: this.plan.substantial,
      stability,
      recovery,
      agreement: this.#agreement,
      score: this.#scoreOf(stability, recovery),
      resamples: this.#done,
      labels: this.#labels,
    };
  }
}

/** So many that they cost about the same for all samples of 250 trips and more, whose distances grow by the square. */
function resamplesFor(n: number): number {
  const affordable = Math.round(LEAST_RESAMPLES * (500 / n) ** 2);
  return Math.max(LEAST_RESAMPLES, Math.min(MOST_RESAMPLES, affordable));
}

/** The largest Jaccard index of each cluster with any of another clustering, on average over all k: see {@link clustersFoundAgain}. */
export function recoveryOf(before: Uint32Array, again: Uint32Array, k: number): number {
  return clustersFoundAgain(before, again, k).reduce((sum, found) => sum + found, 0) / k;
}

/**
 * The largest Jaccard index of each cluster with any of another clustering: 0 for a cluster without members here.
 *
 * Source: Hennig 2007, _Cluster-wise assessment of cluster stability_.
 *
 * @returns `[k]`
 */
export function clustersFoundAgain(before: Uint32Array, again: Uint32Array, k: number): Float64Array {
  const [own, theirs] = [new Uint32Array(k), new Uint32Array(k)];
  const shared = new Uint32Array(k * k);
  for (const [i, label] of before.entries()) {
    own[label]!++;
    theirs[again[i]!]!++;
    shared[label * k + again[i]!]!++;
  }
  const found = new Float64Array(k);
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < k; b++) {
      const both = shared[a * k + b]!;
      if (both > 0) found[a] = Math.max(found[a]!, both / (own[a]! + theirs[b]! - both));
    }
  }
  return found;
}

interface Clustering {
  readonly smallest: number;
  readonly labels: Uint32Array;
}

/** What a method makes of condensed distances: average linkage by several cuts of one tree, the others one clustering. */
async function clusteringsBy(
  method: DistanceMethod,
  distances: Float32Array | Float64Array,
  n: number,
  options: Pick<CandidateOptions, "k" | "seed" | "signal">,
): Promise<Clustering[]> {
  const { k, signal } = options;
  if (k === 1 || method !== "agglomerative") {
    return [{ smallest: 0, labels: await clusterBy(method, distances, n, options) }];
  }
  const tree = await agglomerative(distances, n, {
    linkage: "average",
    ...(signal === undefined ? {} : { signal }),
  });
  return SMALLEST_SHARES.map((share) => ({
    smallest: share,
    labels: substantialCut(tree, distances, n, { k, share }),
  }));
}

/** Spectral clustering scales affinities by the distance to this neighbour at least. */
const LEAST_NEIGHBOR = 7;
/** In larger samples it is this share of the trips: among many, the 7th neighbour is much nearer than a cluster is wide. See decision 18. */
const NEIGHBOR_SHARE = 0.03;

/** One clustering of condensed distances. @returns labels 0 … k − 1 */
export async function clusterBy(
  method: DistanceMethod,
  distances: Float32Array | Float64Array,
  n: number,
  { k, seed, signal }: Pick<CandidateOptions, "k" | "seed" | "signal">,
): Promise<Uint32Array> {
  const abortable = signal === undefined ? {} : { signal };
  if (k === 1) return new Uint32Array(n);
  switch (method) {
    case "agglomerative":
      return (await agglomerative(distances, n, { linkage: "average", ...abortable })).cut({ k });
    case "spectral": {
      const neighbor = Math.max(LEAST_NEIGHBOR, Math.floor(NEIGHBOR_SHARE * n));
      const affinities = await localAffinities(distances, n, { neighbor, ...abortable });
      const options = { k, seed, unitLength: true, restarts: 5, ...abortable };
      return (await spectralClustering(affinities, n, options)).labels;
    }
    case "k-medoids":
      return (await kMedoids(distances, n, { k, seed, restarts: 3, ...abortable })).labels;
  }
}
