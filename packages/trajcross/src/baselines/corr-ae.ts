import type { Random } from "@wayweave/geo-core";
import type { HostTensor, Tensor, TensorMap } from "@wayweave/nn/train";
import { dense as denseParams } from "../model/initializers.js";
import { dense } from "../model/layers.js";
import type { CorrAeConfig } from "./config.js";
import type { DeepBaseline, TrainingData } from "./deep-baseline.js";
import {
  featureParamNames,
  featureSizes,
  fitFeatures,
  imageFeatures,
  trajectoryFeatures,
} from "./features.js";
import { euclideanRows } from "./similarity.js";
import { imageViewOf, trajectoryViewOf } from "./views.js";

type Side = "image" | "trajectory";

/**
 * Correspondence autoencoders (Feng, Wang, Li: Cross-modal Retrieval with Correspondence Autoencoder, ACM Multimedia 2014).
 *
 * One autoencoder a modality, with logistic units; codes of a pair are drawn together while both inputs stay
 * reconstructible: L = (1 − α)(L_image + L_trajectory) + α‖f(image) − g(trajectory)‖². Corr-AE reconstructs each input from
 * its own code, Corr-Cross-AE from its partner's. α = 0.8 and 0.2, the paper's as far as we know. Its lower layers are restricted
 * Boltzmann machines trained one by one beforehand; here all layers train together, by AdamW.
 */
export function corrAe(config: CorrAeConfig, data: TrainingData, cross: boolean): DeepBaseline {
  const { normalization, random } = data;
  const alpha = config.correspondence;
  return {
    params: {
      ...fitFeatures(data.images, data.trajectories.drawings, config, random.split("features")),
      ...corrAeParams(config, random),
    },
    frozen: featureParamNames,
    loss(params, batch) {
      const image = imageFeatures(params, imageViewOf(batch), normalization);
      const trajectory = trajectoryFeatures(params, trajectoryViewOf(batch), normalization);
      const imageCode = encode(params, "image", image);
      const trajectoryCode = encode(params, "trajectory", trajectory);
      const imageError = squaredError(image, decode(params, "image", cross ? trajectoryCode : imageCode));
      const trajectoryError = squaredError(
        trajectory,
        decode(params, "trajectory", cross ? imageCode : trajectoryCode),
      );
      const reconstruction = imageError.add(trajectoryError);
      const correspondence = squaredError(imageCode, trajectoryCode);
      return {
        loss: reconstruction.mul(1 - alpha).add(correspondence.mul(alpha)),
        reconstruction,
        correspondence,
      };
    },
    encodeTrajectories: (params, view) =>
      euclideanRows(
        encode(params, "trajectory", trajectoryFeatures(params, view, normalization)),
        "trajectory",
      ),
    encodeImages: (params, view) =>
      euclideanRows(encode(params, "image", imageFeatures(params, view, normalization)), "image"),
  };
}

function corrAeParams(config: CorrAeConfig, random: Random): Record<string, HostTensor> {
  const { hidden, embeddingSize } = config;
  const sizes = featureSizes(config);
  const autoencoder = (name: Side) => ({
    ...denseParams(random, `${name}/encoder1`, sizes[name], hidden),
    ...denseParams(random, `${name}/encoder2`, hidden, embeddingSize),
    ...denseParams(random, `${name}/decoder1`, embeddingSize, hidden),
    ...denseParams(random, `${name}/decoder2`, hidden, sizes[name]),
  });
  return { ...autoencoder("image"), ...autoencoder("trajectory") };
}

function encode(params: TensorMap, side: Side, features: Tensor): Tensor {
  return dense(params, `${side}/encoder2`, dense(params, `${side}/encoder1`, features).sigmoid()).sigmoid();
}

function decode(params: TensorMap, side: Side, code: Tensor): Tensor {
  return dense(params, `${side}/decoder2`, dense(params, `${side}/decoder1`, code).sigmoid());
}

/** Mean over the batch of ‖a − b‖². */
export function squaredError(a: Tensor, b: Tensor): Tensor {
  return a.sub(b).square().sum(1).mean();
}
