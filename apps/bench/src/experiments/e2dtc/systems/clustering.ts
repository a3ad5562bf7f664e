import { adjustedRandIndex, nmi, randIndex, silhouetteSamples, uacc } from "@wayweave/eval";
import type { Random } from "@wayweave/geo-core";
import { z } from "zod";
import { authorsGeoLifeName, loadAuthorsGeoLife } from "../../../datasets/authors-geolife.js";
import { type LabelledTrips, loadLabelledTrips, type TripSetName } from "../../../datasets/trips.js";
import { rawArrays } from "../../../results/raw-arrays.js";
import type { MetricValues, RunContext } from "../../experiment.js";

/** The datasets of the clustering tables. */
export type ClusteringDataset = TripSetName | typeof authorsGeoLifeName;

/** How a self-training went: `@wayweave/e2dtc`'s `SelfTrainEpoch`s. */
const selfTrainingSchema = z.object({
  epochs: z.array(
    z.object({
      loss: z.number(),
      reconstruction: z.number(),
      cluster: z.number(),
      triplet: z.number(),
      warmUp: z.boolean(),
      /** Older files lack it. */
      agreement: z.number().nullable().optional(),
      changed: z.number().nullable(),
      clusters: z.int().positive(),
    }),
  ),
  converged: z.boolean(),
});

/** What every clustering leaves behind. */
export const clusteringRawSchema = z.object({
  /** `[trips]` */
  labelsTrue: rawArrays.uint32,
  /** `[trips]` */
  labelsPredicted: rawArrays.uint32,
  /** Silhouette coefficients of sampled trips in the system's own geometry, each against all it was compared with. */
  silhouettes: rawArrays.float64,
  /** The matching threshold ε that was chosen, metres; EDR and LCSS only. */
  epsilonMeters: z.number().positive().optional(),
  /** E2DTC with L1 or L2 only; older files lack it. */
  selfTraining: selfTrainingSchema.optional(),
});
export type ClusteringRaw = z.infer<typeof clusteringRawSchema>;

/** Table III's metrics, and the silhouette, of one clustering. */
export function scoreClustering({
  labelsTrue,
  labelsPredicted,
  silhouettes,
  selfTraining,
}: ClusteringRaw): MetricValues {
  return {
    uacc: uacc(labelsTrue, labelsPredicted),
    nmi: nmi(labelsTrue, labelsPredicted),
    ri: randIndex(labelsTrue, labelsPredicted),
    ari: adjustedRandIndex(labelsTrue, labelsPredicted),
    ...(selfTraining === undefined ? {} : { imitated: imitatedShare(selfTraining.epochs) }),
    silhouette: silhouettes.reduce((sum, value) => sum + value, 0) / silhouettes.length,
    trajectories: labelsTrue.length,
  };
}

/** Share of epochs that only imitated the start. */
export function imitatedShare(epochs: readonly { readonly warmUp: boolean }[]): number {
  return epochs.filter(({ warmUp }) => warmUp).length / Math.max(1, epochs.length);
}

/** Labelled trips of a dataset. */
export function loadDataset(context: RunContext, dataset: ClusteringDataset): Promise<LabelledTrips> {
  return dataset === authorsGeoLifeName ? loadAuthorsGeoLife(context) : loadLabelledTrips(context, dataset);
}

/** At most `size` of the trips, the same for every system that asks with the same seed. */
export function sampleTrips(trips: LabelledTrips, size: number, random: Random): LabelledTrips {
  if (trips.set.length <= size) return trips;
  const chosen = random.split("trips").sample(trips.set.length, size).sort();
  return {
    ...trips,
    set: trips.set.select(chosen),
    labels: chosen.map((i) => trips.labels[i]!),
  };
}

/** Items whose silhouettes are stored. */
const SILHOUETTE_SAMPLE = 1000;

/** Coefficients of a sample of items, among all; none (all 0) where the clustering has a single cluster. */
export function sampledSilhouettes(
  items: Parameters<typeof silhouetteSamples>[0],
  labels: Uint32Array,
  seed: number,
  sampleSize = SILHOUETTE_SAMPLE,
): Float64Array {
  const clusters = new Set(labels).size;
  if (clusters < 2 || clusters > labels.length - 1) return Float64Array.of(0);
  return silhouetteSamples(items, labels, { sampleSize, seed }).values;
}
