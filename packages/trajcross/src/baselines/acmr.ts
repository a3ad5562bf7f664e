import type { Random } from "@wayweave/geo-core";
import { gradientReversal, type HostTensor, type Tensor, type TensorMap, tf } from "@wayweave/nn/train";
import { dense as denseParams } from "../model/initializers.js";
import { dense, relu } from "../model/layers.js";
import type { AcmrConfig } from "./config.js";
import type { DeepBaseline, TrainingData } from "./deep-baseline.js";
import {
  featureParamNames,
  featureSizes,
  fitFeatures,
  imageFeatures,
  trajectoryFeatures,
} from "./features.js";
import { euclideanRows, pairwiseDistances } from "./similarity.js";
import { imageViewOf, trajectoryViewOf } from "./views.js";

/**
 * Adversarial Cross-Modal Retrieval (Wang, Yang, Xu, Hanjalic, Shen, ACM Multimedia 2017).
 *
 * Two projectors of three tanh layers map features into a common space. They minimise L_emb = α·L_imi + β·L_imd + L_reg
 * (triplet constraints across modalities; a label predictor; weight decay) and maximise the loss L_adv of a modality
 * classifier of three layers, by a gradient reversal whose strength grows as 2/(1 + exp(−10p)) − 1 with progress p.
 *
 * Its label predictor tells classes, which pairs do not have: here each training pair is a class of its own, so that
 * "same label, other modality" is the partner and nothing else. `labelWeight: 0` leaves the predictor out.
 */
export function acmr(config: AcmrConfig, data: TrainingData): DeepBaseline {
  const { normalization, random, pairs, steps } = data;
  const projectTrajectories = (params: TensorMap, view: Parameters<DeepBaseline["encodeTrajectories"]>[1]) =>
    project(params, "trajectory", trajectoryFeatures(params, view, normalization));
  const projectImages = (params: TensorMap, view: Parameters<DeepBaseline["encodeImages"]>[1]) =>
    project(params, "image", imageFeatures(params, view, normalization));
  return {
    params: {
      ...fitFeatures(data.images, data.trajectories.drawings, config, random.split("features")),
      ...acmrParams(config, pairs, random),
    },
    frozen: featureParamNames,
    loss(params, batch, { step }) {
      const trajectories = projectTrajectories(params, trajectoryViewOf(batch));
      const images = projectImages(params, imageViewOf(batch));
      const triplet = tripletConstraints(trajectories, images, config.margin, config.unmatchedWeight);
      const progress = step.div(Math.max(1, steps));
      const strength = tf.sigmoid(progress.mul(10)).mul(2).sub(1).mul(config.adversarialWeight);
      const modality = modalityLoss(params, gradientReversal(tf.concat([images, trajectories]), strength));
      const embedding = triplet.mul(config.tripletWeight);
      if (config.labelWeight === 0) return { loss: embedding.add(modality), triplet, modality };
      const label = labelLoss(
        params,
        tf.concat([images, trajectories]),
        tf.concat([batch.pairs!, batch.pairs!]),
      );
      return { loss: embedding.add(label.mul(config.labelWeight)).add(modality), triplet, label, modality };
    },
    encodeTrajectories: (params, view) => euclideanRows(projectTrajectories(params, view), "trajectory"),
    encodeImages: (params, view) => euclideanRows(projectImages(params, view), "image"),
  };
}

function acmrParams(config: AcmrConfig, pairs: number, random: Random): Record<string, HostTensor> {
  const { embeddingSize, hidden, labelWeight } = config;
  const sizes = featureSizes(config);
  const projector = (name: "image" | "trajectory") => ({
    ...denseParams(random, `${name}/projector1`, sizes[name], hidden[0]),
    ...denseParams(random, `${name}/projector2`, hidden[0], hidden[1]),
    ...denseParams(random, `${name}/projector3`, hidden[1], embeddingSize),
  });
  const [half, quarter] = [Math.ceil(embeddingSize / 2), Math.ceil(embeddingSize / 4)];
  return {
    ...projector("image"),
    ...projector("trajectory"),
    ...denseParams(random, "modality/hidden1", embeddingSize, half),
    ...denseParams(random, "modality/hidden2", half, quarter),
    ...denseParams(random, "modality/out", quarter, 1),
    ...(labelWeight === 0 ? {} : denseParams(random, "label", embeddingSize, pairs)),
  };
}

function project(params: TensorMap, name: "image" | "trajectory", features: Tensor): Tensor {
  let x = features;
  for (const layer of [1, 2, 3]) x = dense(params, `${name}/projector${layer}`, x).tanh();
  return x;
}

/**
 * L_imi: for each item of either modality, its distance to its partner, and how much closer than the margin the nearest
 * other item of the other modality is: meanᵢ( d(aᵢ, bᵢ) + λ·max(0, μ − minⱼ d(aᵢ, bⱼ)) ), both ways.
 *
 * @param trajectories `[n, embedding]`
 * @param images `[n, embedding]`; row i belongs to trajectory i
 */
export function tripletConstraints(
  trajectories: Tensor,
  images: Tensor,
  margin: number,
  unmatchedWeight: number,
): Tensor {
  const distances = pairwiseDistances(trajectories, images); // [n, n]
  const own = tf.eye(distances.shape[0]!);
  const matched = distances.mul(own).sum(1).mean();
  const unmatched = distances.add(own.mul(1e6));
  const tooClose = (axis: 0 | 1) => relu(tf.sub(margin, unmatched.min(axis))).mean();
  return matched.mul(2).add(tooClose(1).add(tooClose(0)).mul(unmatchedWeight));
}

/** L_imd: cross-entropy of the label predictor, in nats, added over the two modalities. */
function labelLoss(params: TensorMap, embeddings: Tensor, labels: Tensor): Tensor {
  const logProbabilities = tf.logSoftmax(dense(params, "label", embeddings)); // [2n, classes]
  const own = tf.oneHot(labels.toInt() as never, logProbabilities.shape[1]!);
  return logProbabilities
    .mul(own)
    .sum()
    .div(-embeddings.shape[0]! / 2);
}

/** L_adv: cross-entropy of the modality classifier (image 0, trajectory 1), in nats; the images' rows come first. */
function modalityLoss(params: TensorMap, embeddings: Tensor): Tensor {
  const hidden = relu(dense(params, "modality/hidden1", embeddings));
  const logits = dense(params, "modality/out", relu(dense(params, "modality/hidden2", hidden)));
  const [images, trajectories] = tf.split(logits, 2) as [Tensor, Tensor];
  return images.softplus().mean().add(trajectories.neg().softplus().mean()).div(2);
}
