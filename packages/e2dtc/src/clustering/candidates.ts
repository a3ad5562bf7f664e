import { adjustedRandIndex } from "@wayweave/eval";
import { Pace, Random } from "@wayweave/geo-core";
import {
  agglomerative,
  kMedoids,
  localAffinities,
  selectDistances,
  spectralClustering,
} from "@wayweave/numeric";
import type { View, ViewName } from "./views.js";

/** How distances become clusters. */
export type DistanceMethod = "agglomerative" | "spectral" | "k-medoids";

/** One clustering among which a start is chosen, and how well it holds. */
export interface Candidate {
  readonly view: ViewName;
  /** ε of LCSS, metres or the plane's unit. */
  readonly epsilon: number | null;
  readonly method: DistanceMethod;
  /** Mean adjusted Rand index with the clusterings of resamples, on the trips that they share. */
  readonly stability: number;
  /** Mean adjusted Rand index with what the other methods make of the same view. */
  readonly agreement: number;
  /** Stability and a tenth of the agreement: the largest is taken. */
  readonly score: number;
  /** The sample's clusters, `[sample]`. */
  readonly labels: Uint32Array;
}

export interface CandidateOptions {
  readonly k: number;
  readonly seed: number;
  readonly methods: readonly DistanceMethod[];
  readonly signal?: AbortSignal | undefined;
  /** Clusterings done, of all. */
  readonly onProgress?: (done: number, total: number) => void;
}

const RESAMPLES = 6;
const RESAMPLE_SHARE = 0.7;
/** Enough to tell a stable clustering of all trips and a few far ones from a good one: see decision 18. */
const AGREEMENT_WEIGHT = 0.1;

/**
 * Every method on every view, with its stability under resamples and its agreement with the other methods on the same view.
 *
 * Stability alone favours clusterings of one huge cluster and a few far trips; two methods that cluster in different ways and still
 * agree are hardly both wrong. See decision 18 for how this criterion was chosen.
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
  const resamples = Array.from({ length: RESAMPLES }, (_, r) => random.split(r).sample(n, size).sort());
  const total = views.length * methods.length * (1 + RESAMPLES);
  const pace = new Pace(signal);
  const found: Candidate[] = [];
  let done = 0;
  const next = async () => {
    onProgress?.(++done, total);
    await pace.step();
  };
  for (const { name, epsilon, distances } of views) {
    const made: { method: DistanceMethod; labels: Uint32Array; stability: number }[] = [];
    for (const method of methods) {
      const labels = await clusterBy(method, distances, n, options);
      await next();
      let sum = 0;
      for (const chosen of resamples) {
        const part = selectDistances(distances, n, chosen);
        const again = await clusterBy(method, part, size, options);
        sum += adjustedRandIndex(
          chosen.map((i) => labels[i]!),
          again,
        );
        await next();
      }
      made.push({ method, labels, stability: sum / RESAMPLES });
    }
    for (const { method, labels, stability } of made) {
      const others = made.filter((other) => other.method !== method);
      const agreement =
        others.reduce((sum, other) => sum + adjustedRandIndex(labels, other.labels), 0) /
        Math.max(1, others.length);
      found.push({
        view: name,
        epsilon,
        method,
        stability,
        agreement,
        score: stability + AGREEMENT_WEIGHT * agreement,
        labels,
      });
    }
  }
  return found;
}

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
      const affinities = await localAffinities(distances, n, abortable);
      const options = { k, seed, unitLength: true, restarts: 5, ...abortable };
      return (await spectralClustering(affinities, n, options)).labels;
    }
    case "k-medoids":
      return (await kMedoids(distances, n, { k, seed, restarts: 3, ...abortable })).labels;
  }
}
