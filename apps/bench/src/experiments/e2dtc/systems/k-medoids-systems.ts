import { centroidFeatures } from "@wayweave/e2dtc";
import type { DistanceMetric, TrajectorySet } from "@wayweave/geo-core";
import { pairwiseDistances } from "@wayweave/geo-core/node";
import { kMedoids, searchThreshold } from "@wayweave/numeric";
import type { LabelledTrips } from "../../../datasets/trips.js";
import type { RunContext } from "../../experiment.js";
import { type ClusteringRaw, sampledSilhouettes, sampleTrips } from "./clustering.js";

/** The distances of Table III, by the name of its rows. */
export const distanceNames = ["EDR", "LCSS", "DTW", "Hausdorff"] as const;
export type DistanceName = (typeof distanceNames)[number];

/** Metres that EDR and LCSS may call two points equal within; the authors' set has its points 300 m apart. */
const epsilonGridMeters = [100, 200, 400, 800, 1600] as const;

export interface KMedoidsSettings {
  /** Trips clustered at most; distances grow with its square. */
  readonly sampleSize: number;
  /** Trips that ε is chosen on. */
  readonly tuningSize: number;
  readonly restarts: number;
}

/** K-Medoids on a trajectory distance. ε is chosen by how clear-cut the clusters are on the map, never by labels. */
export async function runKMedoids(
  context: RunContext,
  trips: LabelledTrips,
  name: DistanceName,
  settings: KMedoidsSettings,
): Promise<ClusteringRaw> {
  const sample = sampleTrips(trips, settings.sampleSize, context.random);
  const epsilonMeters = await chooseEpsilon(context, sample, name, settings);
  const metric = metricOf(name, epsilonMeters);
  const { signal, onProgress } = context;
  const compute = () => pairwiseDistances(sample.set, metric, { output: "float32", signal, onProgress });
  // Where the sample is the whole set, it is every seed's.
  const isWhole = sample.set.length === trips.set.length;
  const key = `${trips.provenance.name}: ${JSON.stringify(metric)}`;
  const distances = await (isWhole ? context.share(key, compute) : compute());
  const { labels } = await cluster(distances, sample.set, sample.k, context, settings);
  const items = { distances, n: sample.set.length };
  return {
    labelsTrue: sample.labels,
    labelsPredicted: labels,
    silhouettes: sampledSilhouettes(items, labels, context.seed),
    ...(epsilonMeters === undefined ? {} : { epsilonMeters }),
  };
}

/**
 * The ε of the grid whose clustering of a smaller sample is the most clear-cut in the plane of the trips' mean positions: a
 * yardstick that ε does not touch. (The silhouette under the distance itself grows with ε, which leaves few different
 * distances.) Undefined for distances without ε.
 */
export async function chooseEpsilon(
  context: RunContext,
  trips: LabelledTrips,
  name: DistanceName,
  settings: Pick<KMedoidsSettings, "tuningSize" | "restarts">,
): Promise<number | undefined> {
  if (name !== "EDR" && name !== "LCSS") return undefined;
  const { set, k } = sampleTrips(trips, settings.tuningSize, context.random.split("epsilon"));
  const centroids = centroidFeatures(set);
  const { signal, seed } = context;
  const { threshold } = await searchThreshold(
    {
      thresholds: epsilonGridMeters,
      n: set.length,
      distancesAt: (epsilon) =>
        pairwiseDistances(set, metricOf(name, epsilon), { output: "float32", signal }),
      score: (labels) => mean(sampledSilhouettes(centroids, labels, seed)),
    },
    { k: Math.min(k, set.length), seed, restarts: settings.restarts, signal },
  );
  return threshold;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The distance as geo-core names it. */
export function metricOf(name: DistanceName, epsilon = 0): DistanceMetric {
  switch (name) {
    case "EDR":
      return { name: "edr", epsilon, value: "normalized" };
    case "LCSS":
      return { name: "lcss", epsilon, value: "distance" };
    case "DTW":
      return { name: "dtw" };
    case "Hausdorff":
      return { name: "hausdorff" };
  }
}

function cluster(
  distances: Float32Array,
  set: TrajectorySet,
  k: number,
  { seed, signal }: RunContext,
  { restarts }: KMedoidsSettings,
) {
  return kMedoids(distances, set.length, { k: Math.min(k, set.length), seed, restarts, signal });
}
