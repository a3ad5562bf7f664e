import type { Random } from "@wayweave/geo-core";
import { type HostTensor, type Tensor, type TensorMap, tf } from "@wayweave/nn/train";
import { convolution, dense as denseParams } from "../model/initializers.js";
import { convolve, dense, flatten, relu } from "../model/layers.js";
import type { Normalization } from "../model/normalization.js";
import { locationVector } from "./features.js";
import type { Picture } from "./views.js";

const sizes = { channels: [16, 32, 64], location: 32, hidden: 256 } as const;

/** Parameters of a {@link encodePicture}: a CNN of the size of the paper's ImgCNN, then fully connected layers. */
export function pictureEncoderParams(
  random: Random,
  name: string,
  imageSize: number,
  embeddingSize: number,
): Record<string, HostTensor> {
  const [first, second, third] = sizes.channels;
  const side = Math.ceil(imageSize / 8);
  return {
    ...convolution(random, `${name}/convolution1`, 5, 5, 1, first),
    ...convolution(random, `${name}/convolution2`, 3, 3, first, second),
    ...convolution(random, `${name}/convolution3`, 3, 3, second, third),
    ...denseParams(random, `${name}/shape`, side ** 2 * third, sizes.hidden),
    ...denseParams(random, `${name}/location`, 4, sizes.location),
    ...denseParams(random, `${name}/hidden`, sizes.hidden + sizes.location, sizes.hidden),
    ...denseParams(random, `${name}/out`, sizes.hidden, embeddingSize),
  };
}

/** A picture and its location vector: `[batch, embedding]`. */
export function encodePicture(
  params: TensorMap,
  name: string,
  { pixels, extents }: Picture,
  normalization: Normalization,
): Tensor {
  let x: Tensor = pixels.div(255);
  for (const layer of [1, 2, 3]) x = relu(convolve(params, `${name}/convolution${layer}`, x, 2, "same"));
  const shape = relu(dense(params, `${name}/shape`, flatten(x)));
  const location = relu(dense(params, `${name}/location`, locationVector(extents, normalization)));
  return dense(params, `${name}/out`, relu(dense(params, `${name}/hidden`, tf.concat([shape, location], 1))));
}
