import type { Random } from "@wayweave/geo-core";
import { type HostTensor, type Tensor, type TensorMap, tf } from "@wayweave/nn/train";
import { type Matrix, pca } from "@wayweave/numeric";
import { imageCount } from "../data/images.js";
import { scalePositions } from "../model/forward.js";
import type { PreparedImages } from "../model/inputs.js";
import { flatten } from "../model/layers.js";
import type { Normalization } from "../model/normalization.js";
import type { Picture, TrajectoryView } from "./views.js";

/**
 * CCA, ACMR and the correspondence autoencoders learn on top of fixed features; their papers take them from networks
 * trained on photographs, or from hand-made descriptors, neither of which knows line drawings. Here they are principal
 * components of the pixels, with the location vector:
 *
 * image → [components of its pixels; its extent], trajectory → [its points; components of its drawing; the drawing's extent].
 */
export interface FeatureSizes {
  readonly image: number;
  readonly trajectory: number;
}

export function featureSizes(config: {
  readonly points: number;
  readonly imageComponents: number;
  readonly drawingComponents: number;
}): FeatureSizes {
  return {
    image: config.imageComponents + 4,
    trajectory: 2 * config.points + config.drawingComponents + 4,
  };
}

/** The names of the parameters that features are computed with; nothing trains them. */
export const featureParamNames: readonly string[] = [
  "features/image/mean",
  "features/image/axes",
  "features/drawing/mean",
  "features/drawing/axes",
];

/**
 * Fits the principal components of images and of trajectories' drawings.
 *
 * @throws {ValueError} as many components as pictures, or more
 */
export function fitFeatures(
  images: PreparedImages,
  drawings: PreparedImages,
  config: {
    readonly imageComponents: number;
    readonly drawingComponents: number;
    readonly componentSample: number;
  },
  random: Random,
): Record<string, HostTensor> {
  const chosen = random.permutation(imageCount(images)).subarray(0, config.componentSample);
  return {
    ...components("features/image", sample(images, chosen), config.imageComponents),
    ...components("features/drawing", sample(drawings, chosen), config.drawingComponents),
  };
}

/** Ink from 0 to 1, a picture a row. */
function sample({ pixels, size }: PreparedImages, chosen: Uint32Array): Matrix {
  const columns = size ** 2;
  const data = new Float32Array(chosen.length * columns);
  for (let i = 0; i < chosen.length; i++) {
    const start = chosen[i]! * columns;
    for (let j = 0; j < columns; j++) data[i * columns + j] = pixels[start + j]! / 255;
  }
  return { rows: chosen.length, columns, data };
}

/** Mean and axes, scaled by one factor so that a component's variance is 1 on average, the size of normalised positions. */
function components(name: string, pictures: Matrix, count: number): Record<string, HostTensor> {
  const { mean, axes, explainedVariance } = pca(pictures, count);
  const variance = explainedVariance.reduce((sum, value) => sum + value, 0) / count;
  const factor = variance > 0 ? 1 / Math.sqrt(variance) : 1;
  const columns = pictures.columns;
  const transposed = new Float32Array(columns * count);
  for (let k = 0; k < count; k++) {
    for (let j = 0; j < columns; j++) transposed[j * count + k] = factor * axes.data[k * columns + j]!;
  }
  return {
    [`${name}/mean`]: { type: "float32", shape: [columns], data: Float32Array.from(mean) },
    [`${name}/axes`]: { type: "float32", shape: [columns, count], data: transposed },
  };
}

/** `[batch, imageComponents + 4]` */
export function imageFeatures(params: TensorMap, image: Picture, normalization: Normalization): Tensor {
  return pictureFeatures(params, "features/image", image, normalization);
}

/** `[batch, 2 × points + drawingComponents + 4]` */
export function trajectoryFeatures(
  params: TensorMap,
  { points, drawing }: TrajectoryView,
  normalization: Normalization,
): Tensor {
  const positions = flatten(scalePositions(points, normalization));
  return tf.concat([positions, pictureFeatures(params, "features/drawing", drawing, normalization)], 1);
}

function pictureFeatures(
  params: TensorMap,
  name: string,
  { pixels, extents }: Picture,
  normalization: Normalization,
): Tensor {
  const ink = flatten(pixels.div(255)).sub(params[`${name}/mean`]!);
  return tf.concat([tf.matMul(ink, params[`${name}/axes`]!), locationVector(extents, normalization)], 1);
}

/** An extent's corners, normalised, `[batch, 4]`. */
export function locationVector(extents: Tensor, normalization: Normalization): Tensor {
  return flatten(scalePositions(extents.reshape([-1, 2, 2]), normalization));
}
