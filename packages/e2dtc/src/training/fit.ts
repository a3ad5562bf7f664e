import { Pace, Random, type TrajectorySet, ValueError } from "@wayweave/geo-core";
import { chooseK, type Matrix } from "@wayweave/numeric";
import { chooseStart, type StartHistory } from "../clustering/choose-start.js";
import { closedUp, type FitClusters, finished, setAside } from "../clustering/finish.js";
import { sampleOf } from "../clustering/sample.js";
import { checkGivenOptions, checkTrips } from "../inputs/check-trips.js";
import { inReach } from "../inputs/in-reach.js";
import { changedShare, likeliest } from "../model/assignment.js";
import { configKeys, type E2DTCConfig, resolveConfig } from "../model/config.js";
import { E2DTC } from "../model/e2dtc.js";
import { exportModel } from "../model/export.js";
import { initParams, type Params } from "../model/params.js";
import type { Prediction, RunOptions } from "../model/trip-model.js";
import { chooseSeeds, type Seeds, seedsOf } from "../starts/seeding.js";
import { cellSizeFor } from "../tokens/cell-size.js";
import { type TokenSequences, TokenSource } from "../tokens/tokens.js";
import { buildVocabulary, type Vocabulary } from "../tokens/vocabulary.js";
import { Evaluator } from "./evaluator.js";
import { checkFit, engineOptions, FIT, identitiesOf } from "./fit-checks.js";
import { type FitHistory, summaryOfTokens, warningsOf } from "./fit-history.js";
import { type FitOptions, fitKeys } from "./fit-options.js";
import { type Pretrained, pretrain } from "./pretrain.js";
import { reconstructionOf } from "./reconstruction.js";
import { selfTrain } from "./self-train.js";
import { skipGram } from "./skip-gram.js";
import type { FitPhase, TrainingData } from "./training-data.js";

export type { FitHistory, TokenSummary } from "./fit-history.js";
export type { FitOptions } from "./fit-options.js";

/** Trips whose distances decide about the start; the others follow their nearest ones. */
const START_SAMPLE = 500;

/** A trained model, what it says of the trajectories, and how it came about. */
export interface FitResult extends Prediction {
  /** Call its `dispose` when done. */
  readonly model: E2DTC;
  /** What `labels` say, with −1 for outliers where asked, and without empty clusters or with refilled ones. */
  readonly clusters: FitClusters;
  /** How the fit went, epoch by epoch. */
  readonly history: FitHistory;
  /** The configuration in full. */
  readonly config: E2DTCConfig;
  /** The engine that trained. */
  readonly engine: string;
  /** What another fit of the same trajectories can go on from. */
  readonly pretrained: Pretrained;
}

/**
 * Clusters trajectories: trains E2DTC on them and predicts with it. Deterministic by seed on one machine and engine to the
 * last bit with `threads: 1`; several threads may add up gradients in another order.
 *
 * No labels go in. The epoch returned is the last of self-training, not one that some label likes best.
 *
 * @throws {ValueError} k or `kRange` above the number of trajectories, neither or both of them, a trajectory without points or with
 *   too many tokens, a point without time with `network.timeOfDay`, `mostVisited` with fewer than k places, `pretrained` of other
 *   trajectories or another configuration, options out of range
 * @throws {StateError} a loss that is not finite
 * @example
 * const { model, labels } = await fitE2DTC(trips, { k: 12, onProgress: console.log });
 * await model.save("clusters.onnx");
 */
export async function fitE2DTC(trajectories: TrajectorySet, options: FitOptions): Promise<FitResult> {
  checkTrips(FIT, "trajectories", trajectories);
  checkGivenOptions(FIT, options, [...configKeys, ...fitKeys]);
  const { onProgress } = options;
  const wanted = resolveConfig(options, FIT);
  checkFit(trajectories, options, wanted);
  options.signal?.throwIfAborted();
  const tell = (phase: FitPhase, done: number, total: number) =>
    onProgress?.({ phase, epoch: 0, epochs: 1, done, total, loss: null });
  // Rows that nothing can fill would only cost time.
  const config = {
    ...wanted,
    tokens: { ...wanted.tokens, cellSizeMeters: wanted.tokens.cellSizeMeters ?? cellSizeFor(trajectories) },
    batchSize: Math.min(wanted.batchSize, trajectories.length),
  };
  const { seed = 0, signal, session } = options;
  const random = new Random(seed);
  tell("vocabulary", 0, 1);
  const vocabulary = buildVocabulary(trajectories, {
    cellSizeMeters: config.tokens.cellSizeMeters!,
    ...(config.tokens.minFrequency === null ? {} : { minFrequency: config.tokens.minFrequency }),
  });
  const { timeOfDay } = config.network;
  const source = new TokenSource(trajectories, vocabulary, { ...config.tokens, timeOfDay });
  const clean = source.clean();
  tell("vocabulary", 1, 1);
  const initial = await startingParams(clean, vocabulary, config, random, signal, tell);
  const engine = engineOptions(options);
  const reconstruction = reconstructionOf(vocabulary, config.pretrain, random.split("negatives"));
  const evaluator = await Evaluator.create(initial, config, reconstruction, engine);
  try {
    const data: TrainingData = {
      where: FIT,
      source,
      clean,
      config,
      reconstruction,
      evaluator,
      ...identitiesOf(trajectories, config, options),
      seed,
      engine,
      checkpointDir: options.checkpointDir,
      signal,
    };
    const trained = await train(trajectories, data, initial, options, tell);
    const bytes = await exportModel({
      config,
      vocabulary,
      params: trained.params,
      centers: trained.centers,
      provenance: {
        config,
        seed,
        engine: trained.engine,
        trajectories: trajectories.length,
        pretrainEpochs: trained.history.pretrain.length,
        selfTrainEpochs: trained.history.selfTrain.length,
      },
    });
    const model = await E2DTC.load(
      bytes,
      session ?? (options.engine === undefined ? {} : { engine: options.engine }),
    );
    const prediction = await predictOrDispose(model, trajectories, {
      onProgress: ({ done, total }) => tell("predict", done, total),
      ...(signal === undefined ? {} : { signal }),
    });
    const { startLabels, engine: trainedBy, pretrained } = trained;
    const labels = setAside(prediction.labels, trained.strays);
    const clusters = await clustersOf(trajectories, labels, model.k, options);
    const tokens = summaryOfTokens(clean, vocabulary);
    const { selfTrain: epochs } = trained.history;
    const history: FitHistory = {
      ...trained.history,
      imitated: epochs.filter(({ warmUp }) => warmUp).length / Math.max(1, epochs.length),
      startAgreement: startLabels === undefined ? null : 1 - changedShare(startLabels, prediction.labels),
      tokens,
      warnings: warningsOf(tokens, trajectories.length, model.k, clusters.emptied, config.network),
    };
    return { model, ...prediction, clusters, history, config, engine: trainedBy, pretrained };
  } finally {
    await evaluator.dispose();
  }
}

/** The network's labels as a clustering. Elastic distances of a sample say what is far, and what a refilled cluster gets. */
async function clustersOf(
  trajectories: TrajectorySet,
  labels: Int32Array,
  k: number,
  { seed = 0, outliers = false, emptyClusters = "drop", signal }: FitOptions,
): Promise<FitClusters> {
  const isAnyEmpty = new Set(labels.filter((label) => label >= 0)).size < k;
  if (!outliers && !(isAnyEmpty && emptyClusters === "refill")) return closedUp(labels, k);
  const options = {
    where: FIT,
    seed,
    clusterBy: "auto",
    sampleSize: START_SAMPLE,
    signal,
    only: "dtw",
  } as const;
  const { set } = inReach(trajectories);
  const sample = await sampleOf(set, options);
  return finished(sample, labels, k, { outliers, emptyClusters, signal });
}

/** Predicts, and disposes of the model if that fails. */
async function predictOrDispose(
  model: E2DTC,
  trajectories: TrajectorySet,
  options: RunOptions,
): Promise<Prediction> {
  try {
    return await model.predict(trajectories, options);
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

interface Trained {
  readonly params: Params;
  readonly centers: Float32Array;
  readonly history: Omit<FitHistory, "imitated" | "startAgreement" | "tokens" | "warnings">;
  readonly engine: string;
  readonly pretrained: Pretrained;
  /** The clusters that were started from, where they are labels. */
  readonly startLabels: Uint32Array | undefined;
  /** Trips that the choice of the start took for outliers. */
  readonly strays: readonly number[];
}

async function train(
  trajectories: TrajectorySet,
  data: TrainingData,
  initial: Params,
  options: FitOptions,
  tell: (phase: FitPhase, done: number, total: number) => void,
): Promise<Trained> {
  const { config, seed, signal } = data;
  const { onProgress } = options;
  const pretrained = await pretrainOrReuse(data, initial, options);
  const embeddings: Matrix = {
    data: await data.evaluator.embed(pretrained.params, data.clean, signal),
    rows: trajectories.length,
    columns: config.network.hidden,
  };
  const abortable = signal === undefined ? {} : { signal };
  const chosenK =
    options.kRange === undefined
      ? undefined
      : await chooseK(embeddings, options.kRange, { seed, ...abortable });
  const k = chosenK?.k ?? options.k!;
  const { loss } = config.selfTrain;
  const { seeds, start, strays } = await startOf(trajectories, data, embeddings, k, options, tell);
  tell("start", 1, 1);
  const past = { pretrain: pretrained.history, bestPretrainEpoch: pretrained.bestEpoch, chosenK, start };
  if (loss === "L0") {
    return {
      params: pretrained.params,
      centers: Float32Array.from(seeds.centers),
      history: { ...past, selfTrain: [], converged: false },
      engine: pretrained.engine,
      pretrained,
      startLabels: seeds.placeLabels,
      strays,
    };
  }
  const {
    params,
    centers: learned,
    history,
    converged,
    engine,
  } = await selfTrain(data, pretrained.params, seeds, onProgress);
  return {
    params,
    centers: learned,
    history: { ...past, selfTrain: history, converged },
    engine,
    pretrained,
    startLabels: seeds.placeLabels,
    strays,
  };
}

/** Where self-training starts: given labels, the clustering of the lines that holds best, or another seeding. */
async function startOf(
  trajectories: TrajectorySet,
  { config, seed, signal }: TrainingData,
  embeddings: Matrix,
  k: number,
  { startLabels, startProbabilities, outliers = false }: FitOptions,
  tell: (phase: FitPhase, done: number, total: number) => void,
): Promise<{ seeds: Seeds; start: StartHistory | undefined; strays: readonly number[] }> {
  tell("start", 0, 1);
  const { seeding } = config.selfTrain;
  if (startLabels !== undefined) {
    return { seeds: seedsOf(embeddings, Uint32Array.from(startLabels), k), start: undefined, strays: [] };
  }
  if (startProbabilities !== undefined) {
    const placeShares = Float32Array.from(startProbabilities);
    const seeds = { ...seedsOf(embeddings, likeliest(placeShares, k), k), placeShares };
    return { seeds, start: undefined, strays: [] };
  }
  if (seeding !== "auto") {
    const cellSizeMeters = config.tokens.cellSizeMeters!;
    const options = { seeding, k, seed, cellSizeMeters, signal };
    const { seeds } = await chooseSeeds(trajectories, embeddings, options);
    return { seeds, start: undefined, strays: [] };
  }
  const { labels, history, strays } = await chooseStart(trajectories, {
    where: FIT,
    k,
    seed,
    outliers,
    clusterBy: "auto",
    sampleSize: Math.max(k, START_SAMPLE),
    signal,
    onProgress: (_, done, total) => tell("start", done, total),
  });
  return { seeds: seedsOf(embeddings, labels, k), start: history, strays };
}

async function pretrainOrReuse(
  data: TrainingData,
  initial: Params,
  { pretrained, onProgress }: FitOptions,
): Promise<Pretrained> {
  if (pretrained === undefined) return pretrain(data, initial, onProgress);
  if (pretrained.identity !== data.pretrainIdentity) {
    throw new ValueError(
      "fitE2DTC: pretrained must be of these trajectories, seed and configuration, got it of another fit",
    );
  }
  return pretrained;
}

/** Skip-gram vectors for the cells (§V-B), scaled to unit variance, and a network drawn at random. */
async function startingParams(
  clean: TokenSequences,
  vocabulary: Vocabulary,
  { network, pretrain: { skipGramEpochs } }: E2DTCConfig,
  random: Random,
  signal: AbortSignal | undefined,
  tell: (phase: FitPhase, done: number, total: number) => void,
): Promise<Params> {
  const onProgress = (done: number, total: number) => tell("skipGram", done, total);
  const vectors = await skipGram(
    clean,
    vocabulary.size,
    { dimensions: network.hidden, epochs: skipGramEpochs, onProgress },
    random.split("skip-gram"),
    new Pace(signal),
  );
  return initParams(network, vocabulary, withUnitVariance(vectors), random.split("params"));
}

function withUnitVariance(vectors: Float32Array): Float32Array {
  let sum = 0;
  for (let i = 0; i < vectors.length; i++) sum += vectors[i]! ** 2;
  const scale = 1 / Math.sqrt(sum / vectors.length);
  return vectors.map((value) => value * scale);
}
