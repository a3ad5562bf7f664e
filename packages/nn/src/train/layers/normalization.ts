import { type Tensor, type Tensor1D, tf } from "../tfjs.js";

/**
 * Layer normalisation over the last axis (Ba et al. 2016): (x − μ)/√(σ² + ε) ⊙ scale + offset.
 *
 * @param scale [features]
 * @param offset [features]
 */
export function layerNorm<T extends Tensor>(x: T, scale: Tensor, offset: Tensor, epsilon = 1e-5): T {
  const centred = x.sub(x.mean(-1, true));
  const variance = centred.square().mean(-1, true);
  return centred.mul(variance.add(epsilon).rsqrt()).mul(scale).add(offset) as T;
}

/** Rows divided by their Euclidean length, or by `epsilon` where that is larger. */
export function l2Normalize<T extends Tensor>(x: T, axis = -1, epsilon = 1e-12): T {
  const squares = x.square().sum(axis, true);
  return x.mul(tf.maximum(squares, epsilon * epsilon).rsqrt()) as T;
}

/** The parameters of {@link batchNorm}, each `[features]`. */
export interface BatchNormWeights {
  /** What normalised features are multiplied by; trained. */
  readonly scale: Tensor;
  /** What is added then; trained. */
  readonly offset: Tensor;
  /** Running mean, a parameter that is not trained. */
  readonly mean: Tensor;
  /** Running variance, likewise. */
  readonly variance: Tensor;
}

/** What {@link batchNorm} returns. */
export interface BatchNormResult<T extends Tensor> {
  /** Normalised, scaled and moved, in the shape of the input. */
  readonly output: T;
  /** New running statistics, for the loss's `updates`. */
  readonly mean: Tensor1D;
  /** New running variance, likewise. */
  readonly variance: Tensor1D;
}

/**
 * Batch normalisation over all axes but the last (Ioffe and Szegedy 2015, algorithm 1). In training the batch's own
 * statistics are used, and the running ones move towards them by `momentum` (the running variance is unbiased).
 */
export function batchNorm<T extends Tensor>(
  x: T,
  weights: BatchNormWeights,
  { training, momentum = 0.1, epsilon = 1e-5 }: { training: boolean; momentum?: number; epsilon?: number },
): BatchNormResult<T> {
  if (!training) {
    const factor = weights.variance.add(epsilon).rsqrt().mul(weights.scale);
    const output = x.sub(weights.mean).mul(factor).add(weights.offset) as T;
    return { output, mean: weights.mean as Tensor1D, variance: weights.variance as Tensor1D };
  }
  const axes = x.shape.map((_, axis) => axis).slice(0, -1);
  const mean = x.mean(axes) as Tensor1D;
  const centred = x.sub(mean);
  const variance = centred.square().mean(axes) as Tensor1D;
  const output = centred.mul(variance.add(epsilon).rsqrt().mul(weights.scale)).add(weights.offset) as T;
  const count = x.size / mean.size;
  const unbiased = variance.mul(count / Math.max(1, count - 1));
  const move = (from: Tensor, to: Tensor) => from.add(to.sub(from).mul(momentum)) as Tensor1D;
  return { output, mean: move(weights.mean, mean), variance: move(weights.variance, unbiased) };
}
