import { Random } from "@wayweave/geo-core";
import type { HostTensor } from "@wayweave/nn/train";
import type { ModelConfig, TrainConfig } from "./config.js";
import { convolution, dense, scalar } from "./initializers.js";
import { keypointFeatures, keypointSizes, paperConvolutionHeights, paperSizes } from "./sizes.js";

/** Initial parameters by name, deterministic by seed. Weights are He-normal, biases zero. */
export function initParams(model: ModelConfig, train: TrainConfig, seed: number): Record<string, HostTensor> {
  const random = new Random(seed).split("params");
  const params: Record<string, HostTensor> = {
    // The inverse temperature is learned as its logarithm, as in CLIP.
    logInverseTemperature: scalar(Math.log(1 / train.temperature)),
    ...(model.architecture === "paper" ? paperParams(model, random) : keypointParams(model, random)),
  };
  if (train.adversarialWeight > 0) {
    Object.assign(
      params,
      dense(random, "modality/hidden", model.embeddingSize, 64),
      dense(random, "modality/out", 64, 1),
    );
  }
  return params;
}

function paperParams(model: ModelConfig, random: Random): Record<string, HostTensor> {
  const { pointSize, filters, locationSize, hidden } = paperSizes;
  const half = model.embeddingSize / 2;
  const positionSize = model.shapeSource === "none" ? model.embeddingSize : half;
  const params: Record<string, HostTensor> = {
    ...dense(random, "trajectory/point", 2, pointSize), // eq. 1
    ...dense(random, "trajectory/hidden", filters * paperConvolutionHeights.length, hidden), // eq. 2
    ...dense(random, "trajectory/position", hidden, positionSize),
    ...convolution(random, "image/wcnn", 3, model.imageSize, model.channels, filters),
    ...dense(random, "image/relative", (model.imageSize - 2) * filters, hidden), // eq. 5
    ...dense(random, "image/position", hidden, half), // eq. 7, or 5 without a location vector
    ...cnn(random, "image/shape", model, model.channels, half), // eq. 8
  };
  for (const height of paperConvolutionHeights) {
    Object.assign(
      params,
      convolution(random, `trajectory/convolution${height}`, height, pointSize, 1, filters),
    );
  }
  if (model.shapeSource === "image") {
    Object.assign(params, cnn(random, "trajectory/shape", model, 1, half)); // eq. 3
  }
  if (model.shapeSource === "points") Object.assign(params, pointsCnn(random, model.points, filters, half));
  if (model.locationVector) {
    Object.assign(params, dense(random, "image/location", 4, locationSize)); // eq. 6
    Object.assign(params, dense(random, "image/fused", hidden + locationSize, hidden)); // eq. 7
  }
  return params;
}

function keypointParams(model: ModelConfig, random: Random): Record<string, HostTensor> {
  const { channels, hidden } = keypointSizes;
  const [first, second, third] = channels;
  return {
    ...convolution(random, "image/convolution1", 5, 5, model.channels, first),
    ...convolution(random, "image/convolution2", 3, 3, first, second),
    ...convolution(random, "image/convolution3", 3, 3, second, third),
    ...convolution(random, "image/context1", 3, 3, third, third),
    ...convolution(random, "image/context2", 3, 3, third, third),
    ...dense(random, "image/context", (model.imageSize / 16) ** 2 * third, third),
    ...convolution(random, "image/convolution4", 3, 3, third, third),
    ...convolution(random, "image/heat", 1, 1, third, model.points),
    ...dense(random, "line/hidden1", keypointFeatures(model.points), hidden),
    ...dense(random, "line/hidden2", hidden, hidden),
    ...dense(random, "line/out", hidden, model.embeddingSize),
  };
}

/** Three 3×3 convolutions of stride 2, then a fully connected layer. */
function cnn(random: Random, name: string, { imageSize }: ModelConfig, inputs: number, out: number) {
  const [first, second, third] = paperSizes.channels;
  return {
    ...convolution(random, `${name}/convolution1`, 3, 3, inputs, first),
    ...convolution(random, `${name}/convolution2`, 3, 3, first, second),
    ...convolution(random, `${name}/convolution3`, 3, 3, second, third),
    ...dense(random, `${name}/out`, (imageSize / 8) ** 2 * third, out),
  };
}

/** Two convolutions along the points, then a fully connected layer: TrajCNN's shape branch. */
function pointsCnn(random: Random, points: number, filters: number, out: number) {
  return {
    ...convolution(random, "trajectory/shape/convolution1", 3, 1, 2, filters),
    ...convolution(random, "trajectory/shape/convolution2", 3, 1, filters, filters),
    ...dense(random, "trajectory/shape/out", points * filters, out),
  };
}
