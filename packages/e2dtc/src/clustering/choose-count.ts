import { adjustedRandIndex } from "@wayweave/eval";
import { Pace, Random, type TrajectorySet } from "@wayweave/geo-core";
import { agglomerative, type Dendrogram, selectDistances } from "@wayweave/numeric";
import { clusterBy as clusterWith } from "./candidates.js";
import { clearCount } from "./clear-count.js";
import type { ClusterBy } from "./cluster-by.js";
import { sampleOf } from "./sample.js";

/** A number of clusters that was tried, by the view that suits it best. */
export interface TriedK {
  /** Number of clusters, ≥ 2. */
  readonly k: number;
  /** Mean adjusted Rand index between the clusters of average linkage and those of resamples. */
  readonly stability: number;
  /** Adjusted Rand index with spectral clustering. */
  readonly agreement: number;
}

const MAX_K = 20;
const RESAMPLES = 5;
const SHARE = 0.7;
/** Trips that are looked at: spectral clustering comes once for each k and view. */
const SAMPLE = 250;
/** With fewer trips, resamples say nothing. */
const FEW = 8;
/** A larger k is taken that scores this little less: few clusters are always stable. */
const SLACK = 0.05;

/**
 * The number of clusters without labels. Equal trips are one cluster. Where the tree of average linkage (DTW) has a gap that leaves no doubt
 * (`clearCount`), that cut is taken. Otherwise: of 2 to 20 the largest k whose stability and agreement, added up, are hardly
 * below the best k's. Decision 18
 * says how this rule was found.
 *
 * @returns k, and what was tried: nothing where there was no doubt, or too few trips to try anything
 */
export async function chooseClusterCount(
  where: string,
  trips: TrajectorySet,
  options: {
    readonly seed: number;
    readonly clusterBy: ClusterBy;
    readonly sampleSize: number;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((progress: { phase: string; done: number; total: number }) => void) | undefined;
  },
): Promise<{ readonly k: number; readonly tried: readonly TriedK[] }> {
  const { seed, signal, onProgress } = options;
  const clusterBy = options.clusterBy === "routes" ? "routes" : "auto";
  const sampleSize = Math.min(SAMPLE, options.sampleSize);
  const { trips: sample, views } = await sampleOf(trips, { where, seed, clusterBy, sampleSize, signal });
  const n = sample.length;
  const tree = await agglomerative(views.views[0]!.distances, n);
  const clear = clearCount(tree);
  if (clear !== null) return { k: clear, tried: [] };
  if (n < FEW) return { k: 1, tried: [] };
  const size = Math.round(SHARE * n);
  const max = Math.min(MAX_K, size - 1, differentIn(tree));
  const random = new Random(seed).split("k");
  const resamples = Array.from({ length: RESAMPLES }, (_, r) => random.split(r).sample(n, size).sort());
  const pace = new Pace(signal);
  const best = new Map<number, TriedK>();
  for (const [at, { distances }] of views.views.entries()) {
    const whole = await agglomerative(distances, n);
    const parts = [];
    for (const chosen of resamples) {
      parts.push(await agglomerative(selectDistances(distances, n, chosen), size));
    }
    for (let k = 2; k <= max; k++) {
      onProgress?.({ phase: "k", done: at * (max - 1) + k - 2, total: views.views.length * (max - 1) });
      await pace.step();
      const labels = whole.cut({ k });
      let stability = 0;
      for (const [r, part] of parts.entries()) {
        const shared = Array.from(resamples[r]!, (i) => labels[i]!);
        stability += adjustedRandIndex(shared, part.cut({ k })) / RESAMPLES;
      }
      const other = await clusterWith("spectral", distances, n, { k, seed, signal });
      const tried = { k, stability, agreement: adjustedRandIndex(labels, other) };
      const before = best.get(k);
      if (before === undefined || scoreOf(tried) > scoreOf(before)) best.set(k, tried);
    }
  }
  const tried = [...best.values()];
  const top = Math.max(...tried.map(scoreOf));
  return { k: tried.findLast((each) => scoreOf(each) >= top - SLACK)!.k, tried };
}

function scoreOf({ stability, agreement }: TriedK): number {
  return stability + agreement;
}

/** How many trips differ from each other. */
function differentIn({ n, linkage }: Dendrogram): number {
  let different = 1;
  for (let merge = 0; merge < n - 1; merge++) different += Number(linkage[4 * merge + 2]! > 0);
  return different;
}
