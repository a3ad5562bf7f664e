import path from "node:path";
import { checkNonNegativeInteger, distort, Random, type TrajectorySet, ValueError } from "@wayweave/geo-core";
import {
  adamW,
  createTrainStep,
  digestOf,
  type Engine,
  type EpochBatch,
  gradientReversal,
  type HostTensor,
  halfCosine,
  type Loss,
  runEpochs,
  type Tensor,
  type TensorSpec,
  type TrainProgress,
  type TrainStep,
  tf,
} from "@wayweave/nn/train";
import { type ImageSet, renderImages } from "../data/images.js";
import type { PairSet } from "../data/pairs.js";
import { type ConfigOverrides, resolveConfig, type TrajCrossConfig } from "../model/config.js";
import { encodeImages, encodeTrajectories, placeInImages } from "../model/forward.js";
import {
  type EncodedTrajectories,
  imageBatch,
  prepareImages,
  prepareTrajectories,
  trajectoryBatch,
  usesShapes,
} from "../model/inputs.js";
import { infoNce, modalityLoss, traceLoss } from "../model/loss.js";
import { fitNormalization, type Normalization, type Origin } from "../model/normalization.js";
import { initParams } from "../model/params.js";
import { epochBatches } from "./batches.js";
import { checkPairs } from "./check-pairs.js";

/** The public function that the user calls. */
const where = "trainTrajCross";

/** What to change in a preset, and how the training runs. */
export interface TrainOptions extends ConfigOverrides {
  /** @defaultValue 0 */
  readonly seed?: number;
  /** @defaultValue "auto" */
  readonly engine?: Engine;
  /** Threads of one operator, for compiled engines. */
  readonly threads?: number;
  /** Called after each step. */
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Heard before each step; the promise is rejected with its reason. What `checkpointDir` holds of earlier epochs stays. */
  readonly signal?: AbortSignal;
  /** Where the run is saved after each epoch. A run that finds its own save there continues it, bit for bit. */
  readonly checkpointDir?: string;
}

/** What training leaves: everything that the towers need. */
export interface TrainedTowers {
  /** The preset with the changes that were asked for. */
  readonly config: TrajCrossConfig;
  /** How metres become the numbers that the towers compute with, from the training trajectories. */
  readonly normalization: Normalization;
  /** Both towers' parameters by name, after the last epoch. */
  readonly params: Readonly<Record<string, HostTensor>>;
  /** Mean loss of each epoch, in nats. */
  readonly losses: readonly number[];
  /** Of everything random. */
  readonly seed: number;
  /** The engine that trained. */
  readonly engine: string;
}

/** Every option of {@link trainTowers}. */
export const trainOptionNames = [
  "preset",
  "model",
  "train",
  "seed",
  "engine",
  "threads",
  "onProgress",
  "signal",
  "checkpointDir",
] as const;

/**
 * Trains both towers on pairs. Deterministic by seed on one machine and engine.
 *
 * @throws {ShapeError} pixels or extents that do not fit each other, an `alikeOrder` of another length
 * @throws {ValueError} fewer pairs than a batch, images of another size or other channels than the configuration's, an extent that
 *   is not finite, an `alikeOrder` that does not hold each pair once, options out of range, a `checkpointDir` that holds a run of other
 *   pairs or another configuration
 * @throws {StateError} a loss that is no longer finite
 */
export async function trainTowers(pairs: PairSet, options: TrainOptions = {}): Promise<TrainedTowers> {
  const { preset, model, train, seed = 0 } = options;
  const config = resolveConfig({
    ...(preset && { preset }),
    ...(model && { model }),
    ...(train && { train }),
  });
  checkNonNegativeInteger(where, "seed", seed);
  const { imageSize, channels } = config.model;
  checkPairs(where, pairs, { imageSize, channels, batchSize: config.train.batchSize });
  checkRendering(pairs, config);
  const normalization = fitNormalization(pairs.trajectories);
  const step = await createTrainStep({
    params: initParams(config.model, config.train, seed),
    loss: pairLoss(config, normalization),
    optimizer: adamW({ learningRate: config.train.learningRate, weightDecay: config.train.weightDecay }),
    batchSpec: batchSpec(config),
    seed,
    ...(options.engine === undefined ? {} : { engine: options.engine }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  });
  try {
    const { params, losses } = await trainEpochs(step, pairs, config, normalization, options);
    return { config, normalization, params, losses, seed, engine: step.engine };
  } finally {
    await step.dispose();
  }
}

/**
 * The training loss of a batch of pairs: InfoNCE; for key points, their distance from the line; the modality classifier's
 * loss through a reversed gradient. Points and extents of the batch are metres from the normalization's origin.
 */
export function pairLoss({ model, train }: TrajCrossConfig, normalization: Normalization): Loss {
  return (params, batch) => {
    const { points, shapes, pixels, extents, line } = batch;
    const trajectories = encodeTrajectories(
      params,
      { points: points!, ...(shapes ? { shapes } : {}) },
      model,
      normalization,
    );
    const images = encodeImages(params, { pixels: pixels!, extents: extents! }, model, normalization);
    const contrastive = infoNce(params, trajectories, images.embeddings);
    const weighted: [name: string, weight: number, part: Tensor][] = [];
    if (images.traced !== undefined && line !== undefined) {
      weighted.push(["trace", train.traceWeight, traceLoss(images.traced, placeInImages(line, extents!))]);
    }
    if (train.adversarialWeight > 0) {
      const reversed = gradientReversal(tf.concat([images.embeddings, trajectories]));
      weighted.push(["modality", train.adversarialWeight, modalityLoss(params, reversed)]);
    }
    if (weighted.length === 0) return { loss: contrastive };
    return {
      loss: weighted.reduce((sum, [, weight, part]) => sum.add(part.mul(weight)), contrastive),
      contrastive,
      ...Object.fromEntries(weighted.map(([name, , part]) => [name, part])),
    };
  };
}

async function trainEpochs(
  step: TrainStep,
  pairs: PairSet,
  config: TrajCrossConfig,
  origin: Origin,
  options: TrainOptions,
): Promise<Pick<TrainedTowers, "params" | "losses">> {
  const { epochs, learningRate, warmUp } = config.train;
  const random = new Random(options.seed ?? 0).split("train");
  const data: EpochData = {
    pairs,
    origin,
    undisturbed: prepareTrajectories(pairs.trajectories, config.model, origin),
    alikeOrder: pairs.alikeOrder ?? random.split("order").permutation(pairs.trajectories.length),
  };
  const folder = options.checkpointDir;
  const { params, history } = await runEpochs(step, {
    where,
    epochs,
    random,
    epoch: ({ random: own }) => planEpoch(data, config, own),
    learningRate: halfCosine({ learningRate, warmUp }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    signal: options.signal,
    ...(folder === undefined
      ? {}
      : { file: path.join(folder, "train.safetensors"), identity: identityOf(pairs, config) }),
  });
  return { params, losses: history.map(({ means }) => means.loss!) };
}

/** What every epoch draws its batches from. */
interface EpochData {
  readonly pairs: PairSet;
  readonly origin: Origin;
  /** The trajectories as the images show them. */
  readonly undisturbed: EncodedTrajectories;
  readonly alikeOrder: Uint32Array;
}

function planEpoch(
  { pairs, origin, undisturbed, alikeOrder }: EpochData,
  config: TrajCrossConfig,
  random: Random,
): { readonly steps: number; readonly batches: Iterable<EpochBatch> } {
  const { batchSize, alikeRun, noiseMeters } = config.train;
  const images = prepareImages(imagesOfEpoch(pairs, config, random), origin);
  const disturbed = () => disturb(pairs.trajectories, noiseMeters, random.split("noise"));
  const trajectories =
    noiseMeters === 0 ? undisturbed : prepareTrajectories(disturbed(), config.model, origin);
  const batches = epochBatches(alikeOrder, batchSize, alikeRun, random.split("batches"));
  return { steps: batches.length, batches: batchesOf(batches) };

  function* batchesOf(chosen: readonly Uint32Array[]): Generator<EpochBatch> {
    for (const indices of chosen) {
      const entries = {
        ...trajectoryBatch(trajectories, indices, config.model),
        ...imageBatch(images, indices),
        ...(isTraced(config) ? { line: trajectoryBatch(undisturbed, indices, config.model).points! } : {}),
      };
      yield { entries };
    }
  }
}

/** The given images, or the same trajectories drawn anew: other extents, other thicknesses. */
function imagesOfEpoch(pairs: PairSet, config: TrajCrossConfig, random: Random): ImageSet {
  const { images, rendering, trajectories } = pairs;
  if (!config.train.redraw) return images;
  return renderImages(trajectories, random.split("images"), { ...rendering, size: config.model.imageSize });
}

/** Moves all points of a trajectory by normal noise of one deviation, drawn from 0 … `noiseMeters`. */
function disturb(set: TrajectorySet, noiseMeters: number, random: Random): TrajectorySet {
  const sigmaMeters = Float64Array.from(set, () => random.uniform(0, noiseMeters));
  return distort(set, { rate: 1, sigmaMeters, random });
}

/** What a resumed run must share with the one it continues. */
function identityOf(
  { trajectories, images, alikeOrder, rendering }: PairSet,
  config: TrajCrossConfig,
): string {
  const { pixels, extents } = images;
  const data = [
    trajectories.coordinates,
    trajectories.offsets,
    pixels,
    extents,
    ...(alikeOrder ? [alikeOrder] : []),
  ];
  return JSON.stringify({ config, rendering, pairs: digestOf(...data) });
}

/** Whether the image tower is told where the line's points are. */
function isTraced({ model, train }: TrajCrossConfig): boolean {
  return model.architecture === "keypoints" && train.traceWeight > 0;
}

function batchSpec(config: TrajCrossConfig): Record<string, TensorSpec> {
  const { model, train } = config;
  const float = (...shape: number[]): TensorSpec => ({ type: "float32", shape: [train.batchSize, ...shape] });
  const square = [model.imageSize, model.imageSize];
  return {
    points: float(model.points, 2),
    pixels: float(...square, model.channels),
    extents: float(4),
    ...(usesShapes(model) ? { shapes: float(...square, 1) } : {}),
    // What the image shows, even where `points` is disturbed.
    ...(isTraced(config) ? { line: float(model.points, 2) } : {}),
  };
}

/** @throws {ValueError} images to be drawn anew that nothing says how to draw, or that are not the model's kind */
function checkRendering({ rendering }: PairSet, { model, train }: TrajCrossConfig): void {
  if (!train.redraw) return;
  if (rendering === undefined) {
    throw new ValueError(
      `${where}: pairs.rendering must say how the images were drawn, since train.redraw draws them anew, got none; train: { redraw: false } uses the images as they are`,
    );
  }
  const { channels: drawn = 1 } = rendering;
  if (drawn !== model.channels) {
    throw new ValueError(
      `${where}: pairs.rendering.channels must be ${model.channels}, the model's, got ${drawn}`,
    );
  }
}
