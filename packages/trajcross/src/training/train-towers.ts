import path from "node:path";
import { distort, Random, type TrajectorySet, ValueError } from "@wayweave/geo-core";
import {
  adamW,
  createTrainStep,
  digestOf,
  type Engine,
  gradientReversal,
  type HostTensor,
  type Loss,
  openRun,
  type Tensor,
  type TensorSpec,
  type TrainStep,
  tf,
} from "@wayweave/nn/train";
import { type ImageSet, type RenderOptions, renderImages } from "../data/images.js";
import type { PairSet } from "../data/pairs.js";
import {
  type ConfigOverrides,
  resolveConfig,
  type TrainConfig,
  type TrajCrossConfig,
} from "../model/config.js";
import { encodeImages, encodeTrajectories, placeInImages } from "../model/forward.js";
import {
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
import { checkLoss } from "./check-loss.js";
import { checkPairs } from "./check-pairs.js";

const where = "trainTowers";

export interface TrainProgress {
  /** Epochs done, and of the run. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done, and of the run. */
  readonly done: number;
  readonly total: number;
  /** Of the last step, in nats. */
  readonly loss: number;
}

export interface TrainOptions extends ConfigOverrides {
  /** @defaultValue 0 */
  readonly seed?: number;
  /**
   * How the training images were drawn, for drawing them anew. Without it the given images are used throughout. Its `channels` must
   * be the model's. With `protocol: "scene"` give the `extent` too (that of the training images), or those drawn anew show the square
   * around the training trajectories alone.
   */
  readonly rendering?: RenderOptions;
  /** @defaultValue "auto" */
  readonly engine?: Engine;
  /** Threads of one operator, for compiled engines. */
  readonly threads?: number;
  readonly onProgress?: (progress: TrainProgress) => void;
  readonly signal?: AbortSignal;
  /** Where the run is saved after each epoch. A run that finds its own save there continues it, bit for bit. */
  readonly checkpointDir?: string;
}

/** What training leaves: everything that the towers need. */
export interface TrainedTowers {
  readonly config: TrajCrossConfig;
  readonly normalization: Normalization;
  readonly params: Readonly<Record<string, HostTensor>>;
  /** Mean loss of each epoch, in nats. */
  readonly losses: readonly number[];
  readonly seed: number;
  /** The engine that trained. */
  readonly engine: string;
}

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
  const config = resolveConfig(options);
  const { seed = 0 } = options;
  const { imageSize, channels } = config.model;
  checkPairs(where, pairs, { imageSize, channels, batchSize: config.train.batchSize });
  checkRendering(options.rendering, channels);
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
    const losses = await runEpochs(step, pairs, config, normalization, options);
    return { config, normalization, params: await step.params(), losses, seed, engine: step.engine };
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

async function runEpochs(
  step: TrainStep,
  pairs: PairSet,
  config: TrajCrossConfig,
  origin: Origin,
  options: TrainOptions,
): Promise<number[]> {
  const { epochs, batchSize, alikeRun, noiseMeters } = config.train;
  const random = new Random(options.seed ?? 0).split("train");
  const undisturbed = prepareTrajectories(pairs.trajectories, config.model, origin);
  const alikeOrder = pairs.alikeOrder ?? random.split("order").permutation(pairs.trajectories.length);
  const folder = options.checkpointDir;
  const run = await openRun<number[]>(step, {
    file: folder === undefined ? undefined : path.join(folder, "train.safetensors"),
    identity: folder === undefined ? "" : identityOf(pairs, config, options.rendering),
    where,
  });
  const losses = [...(run.state ?? [])];
  const total = epochs * Math.floor((Math.floor(alikeOrder.length / alikeRun) * alikeRun) / batchSize);
  for (let epoch = losses.length; epoch < epochs; epoch++) {
    const own = random.split(epoch);
    const images = prepareImages(imagesOfEpoch(pairs, config, options.rendering, own), origin);
    const trajectories =
      noiseMeters === 0
        ? undisturbed
        : prepareTrajectories(
            disturb(pairs.trajectories, noiseMeters, own.split("noise")),
            config.model,
            origin,
          );
    const batches = epochBatches(alikeOrder, batchSize, alikeRun, own.split("batches"));
    let sum = 0;
    for (const indices of batches) {
      options.signal?.throwIfAborted();
      const batch = {
        ...trajectoryBatch(trajectories, indices, config.model),
        ...imageBatch(images, indices),
        ...(isTraced(config) ? { line: trajectoryBatch(undisturbed, indices, config.model).points! } : {}),
      };
      const learningRate = scheduledRate(config.train, step.stepCount(), total);
      const { loss } = await step.step(batch, { learningRate });
      checkLoss(where, loss!, epoch, step.stepCount());
      sum += loss!;
      options.onProgress?.({ epoch, epochs, done: step.stepCount(), total, loss: loss! });
    }
    losses.push(sum / batches.length);
    await run.save(losses);
  }
  return losses;
}

/** The given images, or the same trajectories drawn anew: other extents, other thicknesses. */
function imagesOfEpoch(
  pairs: PairSet,
  config: TrajCrossConfig,
  rendering: RenderOptions | undefined,
  random: Random,
): ImageSet {
  if (!config.train.redraw || rendering === undefined) return pairs.images;
  return renderImages(pairs.trajectories, random.split("images"), {
    ...rendering,
    size: config.model.imageSize,
  });
}

/** Moves all points of a trajectory by normal noise of one deviation, drawn from 0 … `noiseMeters`. */
function disturb(set: TrajectorySet, noiseMeters: number, random: Random): TrajectorySet {
  const sigmaMeters = Float64Array.from(set, () => random.uniform(0, noiseMeters));
  return distort(set, { rate: 1, sigmaMeters, random });
}

/** Half a cosine from `learningRate` down to 0, reached in equal steps over the first part. */
function scheduledRate({ learningRate, warmUp }: TrainConfig, step: number, steps: number): number {
  const risen = warmUp === 0 ? 1 : Math.min(1, (step + 1) / (warmUp * steps));
  return (risen * learningRate * (1 + Math.cos((Math.PI * step) / steps))) / 2;
}

/** What a resumed run must share with the one it continues. */
function identityOf(
  { trajectories, images, alikeOrder }: PairSet,
  config: TrajCrossConfig,
  rendering: RenderOptions | undefined,
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

function checkRendering(rendering: RenderOptions | undefined, channels: number): void {
  if (rendering === undefined) return;
  const { channels: drawn = 1 } = rendering;
  if (drawn !== channels) {
    throw new ValueError(`${where}: rendering.channels must be ${channels}, the model's, got ${drawn}`);
  }
}
