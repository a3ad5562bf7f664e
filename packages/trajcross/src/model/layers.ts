import type { Tensor4D } from "@tensorflow/tfjs";
import { type Tensor, type TensorMap, tf } from "@wayweave/nn/train";

/** Fully connected: the last axis times `name/weight` plus `name/bias`, whatever axes come before. */
export function dense(params: TensorMap, name: string, x: Tensor): Tensor {
  const weight = params[`${name}/weight`]!;
  const [inputs, outputs] = weight.shape as [number, number];
  const product = tf.matMul(x.reshape([-1, inputs]), weight).add(params[`${name}/bias`]!);
  return product.reshape([...x.shape.slice(0, -1), outputs]);
}

/** Convolution of `[batch, height, width, channels]` by `name/weight`, plus `name/bias`. */
export function convolve(
  params: TensorMap,
  name: string,
  x: Tensor,
  stride: number,
  padding: "same" | "valid",
): Tensor {
  const weight = params[`${name}/weight`]!;
  return tf.conv2d(x as Tensor4D, weight as Tensor4D, stride, padding).add(params[`${name}/bias`]!);
}

export function relu(x: Tensor): Tensor {
  return x.relu();
}

/** `[batch, …]` → `[batch, all the rest]`. */
export function flatten(x: Tensor): Tensor {
  return x.reshape([x.shape[0]!, -1]);
}

/** Rows of mean 0 and variance 1: layer normalisation without weights of its own (Ba et al. 2016). */
export function standardize(x: Tensor): Tensor {
  const centered = x.sub(x.mean(-1, true));
  return centered.div(centered.square().mean(-1, true).add(1e-5).sqrt());
}

/** Rows of Euclidean length 1. */
export function unitLength(x: Tensor): Tensor {
  return x.div(x.square().sum(1, true).add(1e-12).sqrt());
}
