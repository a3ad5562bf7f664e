import type { Random } from "@wayweave/geo-core";
import type { HostTensor, Loss, MovingAverage, Tensor, TensorMap } from "@wayweave/nn/train";
import type { PairSet } from "../data/pairs.js";
import { type PreparedImages, prepareImages } from "../model/inputs.js";
import { fitNormalization, type Normalization } from "../model/normalization.js";
import { type Picture, type PreparedTrajectories, prepareViews, type TrajectoryView } from "./views.js";

/** What a method may look at before training starts. */
export interface TrainingData {
  readonly trajectories: PreparedTrajectories;
  readonly images: PreparedImages;
  readonly imageSize: number;
  /** Number of training pairs. */
  readonly pairs: number;
  /** Steps that training will take. */
  readonly steps: number;
  readonly normalization: Normalization;
  readonly random: Random;
}

/** @param steps that training will take */
export function trainingData(
  { trajectories, images }: PairSet,
  { points, steps, random }: { readonly points: number; readonly steps: number; readonly random: Random },
): TrainingData {
  const normalization = fitNormalization(trajectories);
  return {
    trajectories: prepareViews(trajectories, points, images.size, normalization),
    images: prepareImages(images, normalization),
    imageSize: images.size,
    pairs: trajectories.length,
    steps,
    normalization,
    random,
  };
}

/** Parameters, and the two pure functions that embed with them. */
export interface BaselineTowers {
  readonly params: Readonly<Record<string, HostTensor>>;
  /** Rows whose dot products with the images' rows say how well they fit, `[batch, width]`. */
  encodeTrajectories(params: TensorMap, view: TrajectoryView): Tensor;
  encodeImages(params: TensorMap, view: Picture): Tensor;
}

/** A method that is trained by gradients: everything by which one differs from another. `params` are the initial ones. */
export interface DeepBaseline extends BaselineTowers {
  /** Parameters that no gradient trains. */
  readonly frozen: readonly string[];
  readonly averages?: readonly MovingAverage[];
  /** Of a batch of pairs: trajectories, images, and in `pairs` their indices. */
  readonly loss: Loss;
}
