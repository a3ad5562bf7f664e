import type { Random } from "@wayweave/geo-core";
import { type HostTensor, type Tensor, type TensorMap, tf } from "@wayweave/nn/train";
import { scalePositions } from "../model/forward.js";
import { convolution, dense as denseParams, scalar } from "../model/initializers.js";
import { convolve, dense, relu, unitLength } from "../model/layers.js";
import type { Normalization } from "../model/normalization.js";
import type { DbrlmConfig } from "./config.js";
import type { DeepBaseline, TrainingData } from "./deep-baseline.js";
import { encodePicture, pictureEncoderParams } from "./picture-encoder.js";
import { imageViewOf, trajectoryViewOf } from "./views.js";

const sizes = { point: 32, heights: [2, 3, 4, 5], filters: 64, hidden: 256 } as const;

/**
 * Deep and bidirectional representation learning (He, Xiang, Kang, Wang, Pan: Cross-Modal Retrieval via Deep and
 * Bidirectional Representation Learning, IEEE Transactions on Multimedia 18(7), 2016).
 *
 * Two convolutional networks, one of images and one of sequences (words there, points here), meet in a space where
 * similarity is the cosine; training maximises the likelihood of matched and unmatched pairs, searched both ways. The
 * likelihood that two items match is a logistic function of their cosine here, with a learned factor and offset, and all
 * pairs of a batch take part: each image with every trajectory, each trajectory with every image.
 */
export function dbrlm(config: DbrlmConfig, data: TrainingData): DeepBaseline {
  const { imageSize, normalization, random } = data;
  const encodeTrajectories: DeepBaseline["encodeTrajectories"] = (params, { points }) =>
    unitLength(encodePoints(params, points, normalization));
  const encodeImages: DeepBaseline["encodeImages"] = (params, image) =>
    unitLength(encodePicture(params, "image", image, normalization));
  return {
    params: {
      ...pictureEncoderParams(random, "image", imageSize, config.embeddingSize),
      ...pointEncoderParams(random, config.embeddingSize),
      logScale: scalar(Math.log(config.scale)),
      offset: scalar(config.offset),
    },
    frozen: [],
    loss(params, batch) {
      const trajectories = encodeTrajectories(params, trajectoryViewOf(batch));
      const images = encodeImages(params, imageViewOf(batch));
      const cosines = tf.matMul(trajectories, images, false, true); // [batch, batch]
      return matchLoss(cosines.mul(params.logScale!.exp()).add(params.offset!));
    },
    encodeTrajectories,
    encodeImages,
  };
}

/**
 * Minus the log-likelihood of a batch's pairs, for each matched one: 1/n (Σᵢ −log σ(zᵢᵢ) + Σ_{i≠j} −log σ(−zᵢⱼ)).
 *
 * @param logits z of trajectory i and image j, `[n, n]`; the diagonal holds the matched pairs
 * @returns nats, a scalar
 */
export function matchLoss(logits: Tensor): Tensor {
  const n = logits.shape[0]!;
  // softplus(−z) = softplus(z) − z
  const matched = logits.mul(tf.eye(n)).sum();
  return logits.softplus().sum().sub(matched).div(n);
}

function pointEncoderParams(random: Random, embeddingSize: number): Record<string, HostTensor> {
  const { point, heights, filters, hidden } = sizes;
  const params = {
    ...denseParams(random, "trajectory/point", 2, point),
    ...denseParams(random, "trajectory/hidden", heights.length * filters, hidden),
    ...denseParams(random, "trajectory/out", hidden, embeddingSize),
  };
  for (const height of heights) {
    Object.assign(params, convolution(random, `trajectory/convolution${height}`, height, point, 1, filters));
  }
  return params;
}

/** Convolutions of several heights over embedded points, the largest over time, fully connected layers. */
function encodePoints(params: TensorMap, points: Tensor, normalization: Normalization): Tensor {
  const embedded = relu(dense(params, "trajectory/point", scalePositions(points, normalization)));
  const rows = embedded.expandDims(3); // [batch, points, point, 1]
  const pooled = sizes.heights.map((height) =>
    relu(convolve(params, `trajectory/convolution${height}`, rows, 1, "valid")).max([1, 2]),
  ); // [batch, filters] each
  return dense(params, "trajectory/out", relu(dense(params, "trajectory/hidden", tf.concat(pooled, 1))));
}
