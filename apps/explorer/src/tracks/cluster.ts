import { centroidFeatures, clusterTrips, type TripModel, tripRows } from "@wayweave/e2dtc/browser";
import type { TrajectorySet } from "@wayweave/geo-core";
import { chooseK, densityPeaks, farthestFirst, type Matrix } from "@wayweave/numeric";
import { counted } from "../foundation/plain-words.js";
import type { Job } from "../foundation/worker-calls.js";
import type { Clusters, CompareBy, Elbow, Method } from "./api.js";

const SEED = 0;
/** Tracks whose distances are all computed: a person waits. The others follow their nearest ones. */
const SAMPLE = 300;

/** Clusters tracks by any method that needs no training. */
export async function clusterTracks(
  set: TrajectorySet,
  { method, by, k, outliers }: { method: Method; by: CompareBy; k: number | "auto"; outliers: boolean },
  job: Job,
): Promise<Clusters> {
  if (method === "density-peaks" || method === "farthest-first") {
    return byCenters(
      set,
      method,
      k === "auto" ? ((await elbowOf(set, "places", 16, job)).elbow ?? Math.min(8, set.length)) : k,
      job,
    );
  }
  const found = await clusterTrips(set, {
    method,
    clusterBy: by,
    seed: SEED,
    outliers,
    sampleSize: SAMPLE,
    ...(method === "hdbscan" ? {} : { k }),
    ...job,
    onProgress: ({ phase, done, total }) => job.onProgress({ phase: phaseInWords(phase), done, total }),
  });
  const best = found.history.start?.candidates[0];
  const chosen = best === undefined ? "" : `, ${best.method} on ${viewInWords(best.view, best.epsilon)}`;
  const far = found.outliers === 0 ? "" : `; ${counted(found.outliers, "track")} without a cluster`;
  return {
    labels: found.labels,
    k: found.k,
    medoids: found.medoids,
    how: `${counted(found.k, "cluster")}${chosen}${far}.`,
  };
}

function phaseInWords(phase: string): string {
  const words: Readonly<Record<string, string>> = {
    distances: "distances between tracks",
    candidates: "clusterings to choose from",
    spread: "the other tracks follow",
    k: "looking for the number of clusters",
  };
  return words[phase] ?? phase;
}

function viewInWords(view: string, epsilon: number | null): string {
  return epsilon === null ? view.toUpperCase() : `LCSS within ${epsilon.toPrecision(2)} m`;
}

/** Centres among mean places; each track goes to the nearest. */
async function byCenters(
  set: TrajectorySet,
  method: "density-peaks" | "farthest-first",
  k: number,
  { signal, onProgress }: Job,
): Promise<Clusters> {
  onProgress({ phase: "centres", done: 0, total: 1 });
  const rows = centroidFeatures(set);
  const centers =
    method === "density-peaks"
      ? await densityPeaks(rows, { k, seed: SEED, signal })
      : farthestFirst(rows, { k });
  const { labels, medoids } = nearestCenters(rows, centers, k);
  const name = method === "density-peaks" ? "density peaks" : "places farthest apart";
  return { labels, k, medoids, how: `${counted(k, "cluster")} about ${name} among the tracks’ mean places.` };
}

/** The nearest centre of each row, and the row nearest to each centre. */
export function nearestCenters(
  { data, rows, columns }: Matrix,
  centers: ArrayLike<number>,
  k: number,
): { readonly labels: Int32Array; readonly medoids: Int32Array } {
  const labels = new Int32Array(rows);
  const medoids = new Int32Array(k).fill(-1);
  const least = new Float64Array(k).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < rows; i++) {
    let best = Number.POSITIVE_INFINITY;
    for (let c = 0; c < k; c++) {
      let squared = 0;
      for (let d = 0; d < columns; d++) squared += (data[i * columns + d]! - centers[c * columns + d]!) ** 2;
      if (squared < best) {
        best = squared;
        labels[i] = c;
      }
    }
    const own = labels[i]!;
    if (best < least[own]!) {
      least[own] = best;
      medoids[own] = i;
    }
  }
  return { labels, medoids };
}

/** Rows that the elbow looks at: k-means runs once for each k. */
const ELBOW_TRACKS = 2000;

/** How well k-means does for each k, on the rows that it would cluster. */
export async function elbowOf(set: TrajectorySet, by: CompareBy, max: number, job: Job): Promise<Elbow> {
  const step = Math.ceil(set.length / ELBOW_TRACKS);
  const some =
    step === 1
      ? set
      : set.select(Uint32Array.from({ length: Math.floor(set.length / step) }, (_, i) => i * step));
  const most = Math.min(max, some.length);
  if (most < 4) return { ks: [], errors: [], silhouettes: [], elbow: undefined };
  const { ks, errors, silhouettes, elbow } = await chooseK(
    tripRows(some, by),
    { min: 2, max: most },
    {
      seed: SEED,
      restarts: 2,
      signal: job.signal,
      onProgress: (at) => job.onProgress({ phase: "elbow", ...at }),
    },
  );
  return { ks, errors, silhouettes, elbow };
}

/** The clusters of a trained model. */
export async function clustersOfModel(model: TripModel, set: TrajectorySet, job: Job): Promise<Clusters> {
  const { labels, softAssignments } = await model.predict(set, {
    signal: job.signal,
    onProgress: (at) => job.onProgress({ phase: "model", ...at }),
  });
  const medoids = new Int32Array(model.k).fill(-1);
  const surest = new Float64Array(model.k);
  for (const [i, label] of labels.entries()) {
    const share = softAssignments[i * model.k + label]!;
    if (share > surest[label]!) {
      surest[label] = share;
      medoids[label] = i;
    }
  }
  return {
    labels: Int32Array.from(labels),
    k: model.k,
    medoids,
    how: `${counted(model.k, "cluster")} of the model; the track shown for each is the one it is surest of.`,
  };
}
