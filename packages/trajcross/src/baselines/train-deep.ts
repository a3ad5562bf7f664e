import type { Random } from "@wayweave/geo-core";
import { adamW, createTrainStep, type HostTensor, type TrainStep } from "@wayweave/nn/train";
import { type ImageSet, type RenderOptions, renderImages } from "../data/images.js";
import type { PairSet } from "../data/pairs.js";
import { imageBatch, prepareImages } from "../model/inputs.js";
import { epochBatches } from "../training/batches.js";
import { checkLoss } from "../training/check-loss.js";
import type { BaselineConfigs } from "./config.js";
import type { DeepBaseline, TrainingData } from "./deep-baseline.js";
import type { EngineOptions } from "./encode.js";
import { imageSpec, trajectorySpec, trajectoryViewBatch } from "./views.js";

/** The loss and its parts, mean over an epoch's steps. */
export type EpochLosses = { readonly loss: number } & Readonly<Record<string, number>>;

export interface BaselineProgress {
  /** Epochs done, and of the run. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done, and of the run. */
  readonly done: number;
  readonly total: number;
  /** Of the last step. */
  readonly loss: number;
}

export interface DeepTrainOptions {
  readonly seed: number;
  readonly engine: EngineOptions;
  readonly rendering?: RenderOptions;
  readonly onProgress?: (progress: BaselineProgress) => void;
  readonly signal?: AbortSignal;
}

type DeepConfig = Exclude<BaselineConfigs[keyof BaselineConfigs], BaselineConfigs["cca"]>;

export interface TrainedParams {
  readonly params: Readonly<Record<string, HostTensor>>;
  readonly history: readonly EpochLosses[];
  readonly engine: string;
}

/** Steps that training takes on some pairs. */
export function stepCount({ epochs, batchSize }: DeepConfig, pairs: number): number {
  return epochs * Math.floor(pairs / batchSize);
}

/** Trains a method's parameters on pairs, with AdamW and a learning rate that falls along half a cosine. */
export async function trainDeep(
  method: DeepBaseline,
  pairs: PairSet,
  data: TrainingData,
  config: DeepConfig,
  options: DeepTrainOptions,
): Promise<TrainedParams> {
  const { batchSize, learningRate, weightDecay, points } = config;
  const step = await createTrainStep({
    params: method.params,
    loss: method.loss,
    optimizer: adamW({ learningRate, weightDecay }),
    frozen: method.frozen,
    ...(method.averages === undefined ? {} : { averages: method.averages }),
    batchSpec: {
      ...trajectorySpec(batchSize, points, data.imageSize),
      ...imageSpec(batchSize, data.imageSize),
      pairs: { type: "int32", shape: [batchSize] },
    },
    seed: options.seed,
    ...options.engine,
  });
  try {
    const history = await runEpochs(step, pairs, data, config, options);
    return { params: step.params(), history, engine: step.engine };
  } finally {
    await step.dispose();
  }
}

async function runEpochs(
  step: TrainStep,
  pairs: PairSet,
  data: TrainingData,
  config: DeepConfig,
  { rendering, onProgress, signal }: DeepTrainOptions,
): Promise<EpochLosses[]> {
  const { epochs, batchSize, learningRate } = config;
  const order = Uint32Array.from({ length: data.pairs }, (_, i) => i);
  const history: EpochLosses[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const random = data.random.split("epochs").split(epoch);
    const drawn = config.redraw ? redrawn(pairs, rendering, random.split("images")) : pairs.images;
    const images = prepareImages(drawn, data.normalization);
    const sums: Record<string, number> = {};
    const batches = epochBatches(order, batchSize, 1, random.split("batches"));
    for (const indices of batches) {
      signal?.throwIfAborted();
      const batch = {
        ...trajectoryViewBatch(data.trajectories, indices),
        ...imageBatch(images, indices),
        pairs: Int32Array.from(indices),
      };
      const rate = (learningRate / 2) * (1 + Math.cos((Math.PI * step.stepCount()) / data.steps));
      const losses = await step.step(batch, { learningRate: rate });
      checkLoss("trainBaseline", losses.loss!, epoch, step.stepCount());
      for (const [name, value] of Object.entries(losses)) sums[name] = (sums[name] ?? 0) + value;
      onProgress?.({ epoch, epochs, done: step.stepCount(), total: data.steps, loss: losses.loss! });
    }
    const means = Object.entries(sums).map(([name, sum]) => [name, sum / batches.length]);
    history.push(Object.fromEntries(means) as EpochLosses);
  }
  return history;
}

/** The same trajectories drawn anew, with other extents and thicknesses, where it is known how. */
function redrawn(
  { trajectories, images }: PairSet,
  rendering: RenderOptions | undefined,
  random: Random,
): ImageSet {
  if (rendering === undefined) return images;
  return renderImages(trajectories, random, { ...rendering, size: images.size, channels: 1 });
}
