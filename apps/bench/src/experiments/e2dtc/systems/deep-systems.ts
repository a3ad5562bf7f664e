import { centroidFeatures, type E2DTCConfig, seedClusters } from "@wayweave/e2dtc";
import { clusterTrips } from "@wayweave/e2dtc/cluster";
import { type FitOptions, type FitResult, fitE2DTC, fitT2vec } from "@wayweave/e2dtc/train";
import type { Matrix } from "@wayweave/numeric";
import type { LabelledTrips } from "../../../datasets/trips.js";
import type { RunContext } from "../../experiment.js";
import { type ClusteringRaw, sampledSilhouettes } from "./clustering.js";

/** How a deep system is trained. */
export interface DeepSettings {
  /** Trips that every row clusters at most, drawn once for all of them; all labelled trips where absent. */
  readonly clusteredSize?: number;
  /** Trips that it learns from at most; all are clustered with what it learnt. */
  readonly trainSize: number;
  /** Sets of longer trips are left out, to save time. */
  readonly shortTripsOnly: boolean;
  readonly size: "small" | "large";
  readonly pretrainEpochs: number;
  readonly selfTrainEpochs: number;
  /** Steps of an epoch of pre-training at least, and their rate, where they are not the preset's. */
  readonly pretrain?: { readonly minEpochSteps: number; readonly learningRate: number };
  /** Steps of an epoch of self-training at least, where they are not the preset's. */
  readonly selfTrain?: { readonly minEpochSteps: number };
  /** Trips whose silhouettes are measured, where not the usual number: each is compared with all others. */
  readonly silhouetteSample?: number;
  /** Threads of training; with 1 it repeats itself to the last bit. */
  readonly threads?: number;
}

/** The labels play no part before the score: they are not among the arguments. */
export type DeepSystem = (
  trips: LabelledTrips["set"],
  k: number,
  settings: DeepSettings,
  context: RunContext,
) => Promise<DeepClustering>;

export interface DeepClustering {
  readonly labels: Uint32Array;
  readonly embeddings: Matrix;
  readonly history: FitResult["history"];
}

/**
 * E2DTC with the losses of Table IV, ours or by the paper's method (k-means start, no warm-up, cells of 300 m and nothing beside them).
 * Pre-training is done once a run for all that learn from the same trips in the same way.
 */
export function e2dtcSystem(
  loss: E2DTCConfig["selfTrain"]["loss"],
  preset: "standard" | "paper" = "standard",
): DeepSystem {
  return (set, k, settings, context) => {
    const fit: typeof fitT2vec = async (trips, options) => {
      const fitWith = (selfTrain: NonNullable<FitOptions["selfTrain"]>, more: Partial<FitOptions> = {}) =>
        fitE2DTC(trips, { ...options, preset, selfTrain: { ...settings.selfTrain, ...selfTrain }, ...more });
      const data = [preset, context.seed, k, trips.length, trips.coordinates.length, settings];
      let first: FitResult | undefined;
      const pretrained = await context.share(`e2dtc pre-training ${JSON.stringify(data)}`, async () => {
        first = await fitWith({ loss: "L0" });
        return first.pretrained;
      });
      if (first !== undefined && loss === "L0") return first;
      await first?.model.dispose();
      return fitWith({ loss, epochs: settings.selfTrainEpochs }, { pretrained });
    };
    return clusterWith(fit, set, k, settings, context);
  };
}

/** t2vec + k-means. */
export const t2vecSystem: DeepSystem = (set, k, settings, context) =>
  clusterWith(fitT2vec, set, k, settings, context);

async function clusterWith(
  fit: typeof fitT2vec,
  set: LabelledTrips["set"],
  k: number,
  settings: DeepSettings,
  { seed, random, engine, reportEngine, onProgress, signal }: RunContext,
): Promise<DeepClustering> {
  const { trainSize, size, pretrainEpochs, threads } = settings;
  const isSample = set.length > trainSize;
  const learnt = isSample ? set.select(random.split("train").sample(set.length, trainSize).sort()) : set;
  const total = pretrainEpochs + settings.selfTrainEpochs;
  const fitted = await fit(learnt, {
    k,
    seed,
    size,
    // A day's track goes through more cells than the 512 that are the default.
    tokens: { maxTokens: 4096 },
    engine: engine as NonNullable<FitOptions["engine"]>,
    ...(threads === undefined ? {} : { threads }),
    pretrain: { ...settings.pretrain, epochs: pretrainEpochs },
    signal,
    onProgress: ({ phase, epochs, done, total: steps }) => {
      if (phase !== "pretrain" && phase !== "selfTrain") return;
      onProgress({ done: (phase === "pretrain" ? 0 : pretrainEpochs) + (epochs * done) / steps, total });
    },
  });
  const { model, history } = fitted;
  reportEngine(fitted.engine);
  const { labels, embeddings } = isSample ? await model.predict(set, { signal }) : fitted;
  const columns = model.info.hidden;
  await model.dispose();
  return { labels, embeddings: { data: embeddings, rows: set.length, columns }, history };
}

/** Runs a deep system on a dataset. */
export async function runDeep(
  context: RunContext,
  { set, labels, k }: LabelledTrips,
  system: DeepSystem,
  settings: DeepSettings,
): Promise<ClusteringRaw> {
  const { labels: labelsPredicted, embeddings, history } = await system(set, k, settings, context);
  const { selfTrain, converged } = history;
  return {
    labelsTrue: labels,
    labelsPredicted,
    silhouettes: sampledSilhouettes(embeddings, labelsPredicted, context.seed, settings.silhouetteSample),
    ...(selfTrain.length === 0 ? {} : { selfTraining: { epochs: [...selfTrain], converged } }),
  };
}

/** E2DTC's own choice of a start, of the trips' mean positions and without a network: what careful seeding alone is worth. */
export async function runSeededCentroids(
  { seed, signal }: RunContext,
  { set, labels, k }: LabelledTrips,
): Promise<ClusteringRaw> {
  const features = centroidFeatures(set);
  const { placeLabels } = await seedClusters(set, features, { seeding: "places", k, seed, signal });
  const labelsPredicted = placeLabels!;
  return {
    labelsTrue: labels,
    labelsPredicted,
    silhouettes: sampledSilhouettes(features, labelsPredicted, seed),
  };
}

/** What E2DTC (ours) starts from, over all trips: no network. */
export async function runClusterTrips(
  { seed, signal }: RunContext,
  { set, labels, k }: LabelledTrips,
): Promise<ClusteringRaw> {
  const { labels: found } = await clusterTrips(set, { k, seed, signal });
  const labelsPredicted = Uint32Array.from(found);
  return {
    labelsTrue: labels,
    labelsPredicted,
    silhouettes: sampledSilhouettes(centroidFeatures(set), labelsPredicted, seed),
  };
}
