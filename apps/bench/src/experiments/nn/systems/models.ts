import type { Random } from "@wayweave/geo-core";
import {
  adam,
  type GruWeights,
  gru,
  type HostTensor,
  type Loss,
  l2Normalize,
  type SingleLossOptions,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  type TensorMap,
  tf,
} from "@wayweave/nn/train";

/** A model with one batch of random data, and what a training step of it costs. */
export interface BenchModel {
  readonly options: SingleLossOptions;
  readonly batch: Readonly<Record<string, HostTensor["data"]>>;
  readonly examples: number;
  /** Multiplications and additions of the products in one forward and backward pass; what is elementwise is left out. */
  readonly flops: number;
}

function uniform(shape: readonly number[], spread: number, random: Random): HostTensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return {
    type: "float32",
    shape,
    data: Float32Array.from({ length: size }, () => random.uniform(-spread, spread)),
  };
}

const SIDE = 32;
const CHANNELS = [1, 32, 64, 128] as const;
const EMBEDDING = 64;
const TEMPERATURE = 0.07;

/** Two towers of 3×3 convolutions (1–32–64–128 channels, 32×32 images), InfoNCE over the batch. */
export function twoTowerCnn(pairs: number, random: Random): BenchModel {
  const params: Record<string, HostTensor> = {};
  for (const tower of ["left", "right"]) {
    for (let i = 1; i < CHANNELS.length; i++) {
      const [from, to] = [CHANNELS[i - 1]!, CHANNELS[i]!];
      params[`${tower}/filter${i}`] = uniform([3, 3, from, to], Math.sqrt(3 / (9 * from)), random);
      params[`${tower}/bias${i}`] = uniform([to], 0.01, random);
    }
    params[`${tower}/projection`] = uniform([CHANNELS[3], EMBEDDING], 0.15, random);
  }
  const loss: Loss = (weights, { left, right }) => {
    const a = embedImages(weights, "left", left!);
    const b = embedImages(weights, "right", right!);
    const similarity = tf.matMul(a, b, false, true).div(TEMPERATURE); // [pairs, pairs]
    return similarity.logSumExp(1).sub(a.mul(b).sum(1).div(TEMPERATURE)).mean();
  };
  const image = { type: "float32", shape: [pairs, SIDE, SIDE, 1] } as const;
  const batch = {
    left: uniform(image.shape, 0.5, random).data,
    right: uniform(image.shape, 0.5, random).data,
  };
  const batchSpec = { left: image, right: image };
  return {
    options: { loss, params, batchSpec, optimizer: adam({ learningRate: 1e-3 }) },
    batch,
    examples: pairs,
    flops: 2 * pairs * convolutionFlops(),
  };
}

function embedImages(weights: TensorMap, tower: string, images: Tensor): Tensor2D {
  let x = images as Tensor4D;
  for (let i = 1; i < CHANNELS.length; i++) {
    x = tf.conv2d(x, weights[`${tower}/filter${i}`] as Tensor4D, 1, "same");
    x = tf.maxPool(x.add(weights[`${tower}/bias${i}`]!).relu() as Tensor4D, 2, 2, "valid");
  }
  return l2Normalize(tf.matMul(x.mean([1, 2]) as Tensor2D, weights[`${tower}/projection`] as Tensor2D));
}

/** Of one image through one tower: forward, filter gradient and (but for the first layer) input gradient. */
function convolutionFlops(): number {
  let flops = 0;
  for (let i = 1; i < CHANNELS.length; i++) {
    const pixels = (SIDE / 2 ** (i - 1)) ** 2;
    flops += (i === 1 ? 2 : 3) * 2 * 9 * pixels * CHANNELS[i - 1]! * CHANNELS[i]!;
  }
  return flops;
}

export interface SequenceSizes {
  readonly layers: number;
  readonly hidden: number;
  readonly time: number;
}

const VOCABULARY = 1000;

/** A GRU encoder and decoder over words, cross entropy of the next word, gradient norm 5. */
export function gruSeq2Seq(sequences: number, sizes: SequenceSizes, random: Random): BenchModel {
  const { layers, hidden, time } = sizes;
  const spread = 1 / Math.sqrt(hidden);
  const params: Record<string, HostTensor> = {
    words: uniform([VOCABULARY, hidden], 0.1, random),
    out: uniform([hidden, VOCABULARY], spread, random),
  };
  for (const side of ["encoder", "decoder"]) {
    for (let layer = 0; layer < layers; layer++) {
      params[`${side}${layer}/kernel`] = uniform([hidden, 3 * hidden], spread, random);
      params[`${side}${layer}/recurrent`] = uniform([hidden, 3 * hidden], spread, random);
      params[`${side}${layer}/bias`] = uniform([3 * hidden], spread, random);
      params[`${side}${layer}/recurrentBias`] = uniform([3 * hidden], spread, random);
    }
  }
  const words = () => Int32Array.from({ length: sequences * time }, () => random.integer(VOCABULARY));
  const spec = { type: "int32", shape: [sequences, time] } as const;
  return {
    options: {
      loss: translationLoss(sequences, sizes),
      params,
      batchSpec: { source: spec, target: spec, next: spec },
      optimizer: adam({ learningRate: 1e-3, clipNorm: 5 }),
    },
    batch: { source: words(), target: words(), next: words() },
    examples: sequences,
    // Per token 6·hidden² multiplications a layer and hidden·vocabulary at the end; backward costs twice forward.
    flops: 3 * 2 * sequences * time * (2 * layers * 6 * hidden ** 2 + hidden * VOCABULARY),
  };
}

function translationLoss(sequences: number, { layers, hidden, time }: SequenceSizes): Loss {
  return (weights, { source, target, next }) => {
    const embed = (ids: Tensor) => tf.gather(weights.words!, ids.transpose() as Tensor2D); // [time, sequences, hidden]
    let x: Tensor = embed(source!);
    const states: Tensor[] = [];
    for (let layer = 0; layer < layers; layer++) {
      x = gru(x, tf.zeros([sequences, hidden]), layerOf(weights, `encoder${layer}`));
      states.push(tf.split(x, [time - 1, 1], 0)[1]!.reshape([sequences, hidden]));
    }
    let y: Tensor = embed(target!);
    for (let layer = 0; layer < layers; layer++)
      y = gru(y, states[layer]!, layerOf(weights, `decoder${layer}`));
    const tokens = time * sequences;
    const logits = tf.matMul(y.reshape([tokens, hidden]) as Tensor2D, weights.out as Tensor2D);
    const wanted = tf.oneHot(next!.transpose().reshape([tokens]) as Tensor1D, VOCABULARY);
    return tf.logSoftmax(logits).mul(wanted).sum(1).mean().neg();
  };
}

function layerOf(weights: TensorMap, name: string): GruWeights {
  return {
    kernel: weights[`${name}/kernel`]!,
    recurrent: weights[`${name}/recurrent`]!,
    bias: weights[`${name}/bias`]!,
    recurrentBias: weights[`${name}/recurrentBias`]!,
  };
}
