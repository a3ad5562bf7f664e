import path from "node:path";
import type { Random } from "@wayweave/geo-core";
import {
  adamW,
  createTrainStep,
  type EpochBatch,
  type HostTensor,
  halfCosine,
  runEpochs,
  type TrainProgress,
} from "@wayweave/nn/train";
import { type ImageSet, renderImages } from "../data/images.js";
import type { PairSet } from "../data/pairs.js";
import { imageBatch, prepareImages } from "../model/inputs.js";
import { epochBatches } from "../training/batches.js";
import type { BaselineConfigs } from "./config.js";
import type { DeepBaseline, TrainingData } from "./deep-baseline.js";
import type { EngineOptions } from "./encode.js";
import { imageSpec, trajectorySpec, trajectoryViewBatch } from "./views.js";

/** The loss and its parts, mean over an epoch's steps. */
export type EpochLosses = { readonly loss: number } & Readonly<Record<string, number>>;

/** How far a baseline's training has come. */
export type BaselineProgress = TrainProgress;

export interface DeepTrainOptions {
  readonly seed: number;
  readonly engine: EngineOptions;
  readonly onProgress?: (progress: BaselineProgress) => void;
  readonly signal?: AbortSignal;
  readonly checkpointDir?: string;
  /** What a resumed run must share with the one it continues; needed with `checkpointDir`. */
  readonly identity?: string;
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
    const { params, history } = await runEpochs(step, {
      where: "trainBaseline",
      epochs: config.epochs,
      random: data.random.split("epochs"),
      epoch: ({ random }) => planEpoch(pairs, data, config, random),
      learningRate: halfCosine({ learningRate }),
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
      signal: options.signal,
      ...(options.checkpointDir === undefined
        ? {}
        : { file: path.join(options.checkpointDir, "train.safetensors"), identity: options.identity! }),
    });
    return { params, history: history.map(({ means }) => means as EpochLosses), engine: step.engine };
  } finally {
    await step.dispose();
  }
}

function planEpoch(
  pairs: PairSet,
  data: TrainingData,
  config: DeepConfig,
  random: Random,
): { readonly steps: number; readonly batches: Iterable<EpochBatch> } {
  const order = Uint32Array.from({ length: data.pairs }, (_, i) => i);
  const drawn = config.redraw ? redrawn(pairs, random.split("images")) : pairs.images;
  const images = prepareImages(drawn, data.normalization);
  const batches = epochBatches(order, config.batchSize, 1, random.split("batches"));
  return { steps: batches.length, batches: batchesOf(batches) };

  function* batchesOf(chosen: readonly Uint32Array[]): Generator<EpochBatch> {
    for (const indices of chosen) {
      const entries = {
        ...trajectoryViewBatch(data.trajectories, indices),
        ...imageBatch(images, indices),
        pairs: Int32Array.from(indices),
      };
      yield { entries };
    }
  }
}

/** The same trajectories drawn anew, with other extents and thicknesses. */
function redrawn({ trajectories, images, rendering }: PairSet, random: Random): ImageSet {
  return renderImages(trajectories, random, { ...rendering, size: images.size, channels: 1 });
}
