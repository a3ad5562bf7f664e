import { Random } from "@wayweave/geo-core";
import {
  adam,
  dropout,
  type GruWeights,
  gradientReversal,
  gru,
  type HostTensor,
  type Loss,
  l2Normalize,
  type PhasedOptions,
  type SingleLossOptions,
  sgd,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  type TensorMap,
  tf,
} from "../../src/train/index.js";
import { floats, integers } from "./parity.js";

export type Batch = Record<string, HostTensor["data"]>;

export interface SmallModel<Options = SingleLossOptions> {
  readonly options: Options;
  readonly batch: Batch;
}

function weights(shapes: Readonly<Record<string, readonly number[]>>, seed = 1): Record<string, HostTensor> {
  const random = new Random(seed);
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      floats(shape, random.split(name).uint32(), -0.5, 0.5),
    ]),
  );
}

/** Two towers of convolutions and pools, InfoNCE over the batch. */
export function cnnTwoTower(): SmallModel {
  const [pairs, side] = [6, 8];
  const tower = (name: string) => ({
    [`${name}/filter1`]: [3, 3, 1, 4],
    [`${name}/bias1`]: [4],
    [`${name}/filter2`]: [3, 3, 4, 6],
    [`${name}/bias2`]: [6],
    [`${name}/projection`]: [6, 5],
  });
  const embed = (params: TensorMap, name: string, images: Tensor): Tensor2D => {
    let x = tf.conv2d(images as Tensor4D, params[`${name}/filter1`] as Tensor4D, 1, "same"); // [pairs, 8, 8, 4]
    x = tf.maxPool(x.add(params[`${name}/bias1`]!).relu() as Tensor4D, 2, 2, "valid"); // [pairs, 4, 4, 4]
    x = tf
      .conv2d(x, params[`${name}/filter2`] as Tensor4D, 1, "same")
      .add(params[`${name}/bias2`]!)
      .relu();
    return l2Normalize(tf.matMul(x.mean([1, 2]) as Tensor2D, params[`${name}/projection`] as Tensor2D));
  };
  const loss: Loss = (params, { left, right }) => {
    const a = embed(params, "a", left!);
    const b = embed(params, "b", right!);
    const similarity = tf.matMul(a, b, false, true).div(0.2) as Tensor2D; // [pairs, pairs]
    const matched = a.mul(b).sum(1).div(0.2);
    const accuracy = similarity
      .argMax(1)
      .equal(tf.range(0, pairs, 1, "int32"))
      .mean();
    return { loss: similarity.logSumExp(1).sub(matched).mean(), accuracy };
  };
  const image = { type: "float32", shape: [pairs, side, side, 1] } as const;
  return {
    options: {
      loss,
      params: weights({ ...tower("a"), ...tower("b") }),
      batchSpec: { left: image, right: image },
      optimizer: adam({ learningRate: 0.01 }),
    },
    batch: { left: floats(image.shape, 1).data, right: floats(image.shape, 2).data },
  };
}

function gruShapes(name: string, inputs: number, hidden: number): Record<string, number[]> {
  return {
    [`${name}/kernel`]: [inputs, 3 * hidden],
    [`${name}/recurrent`]: [hidden, 3 * hidden],
    [`${name}/bias`]: [3 * hidden],
    [`${name}/recurrentBias`]: [3 * hidden],
  };
}

function gruOf(params: TensorMap, name: string): GruWeights {
  return {
    kernel: params[`${name}/kernel`]!,
    recurrent: params[`${name}/recurrent`]!,
    bias: params[`${name}/bias`]!,
    recurrentBias: params[`${name}/recurrentBias`]!,
  };
}

/** Encoder and decoder with a mask and dropout; sequences of any length. */
export function gruSeq2Seq(time = 5): SmallModel {
  const [rows, words, features, hidden] = [4, 11, 6, 8];
  const loss: Loss = (params, { source, target, mask }, context) => {
    const length = source!.shape[1]!;
    const embed = (ids: Tensor) =>
      dropout(tf.gather(params.words!, ids.transpose() as Tensor2D), 0.2, context);
    const states = gru(embed(source!), tf.zeros([rows, hidden]), gruOf(params, "encoder"), mask!.transpose());
    const [, last] = tf.split(states, [length - 1, 1], 0);
    const decoded = gru(embed(target!), last!.reshape([rows, hidden]), gruOf(params, "decoder"));
    const logits = tf.matMul(decoded.reshape([length * rows, hidden]), params.out as Tensor2D);
    const wanted = target!.transpose().reshape([length * rows]) as Tensor1D;
    return tf.logSoftmax(logits).mul(tf.oneHot(wanted, words)).sum(1).mean().neg();
  };
  const open = [rows, null] as const;
  return {
    options: {
      loss,
      params: weights({
        words: [words, features],
        out: [hidden, words],
        ...gruShapes("encoder", features, hidden),
        ...gruShapes("decoder", features, hidden),
      }),
      batchSpec: {
        source: { type: "int32", shape: open },
        target: { type: "int32", shape: open },
        mask: { type: "float32", shape: open },
      },
      optimizer: adam({ learningRate: 0.02, clipNorm: 0.5 }),
    },
    batch: sequenceBatch(time),
  };
}

/** 4 sequences of the given length over 11 words; every second one stops two steps before the end. */
export function sequenceBatch(time: number): Batch {
  const ids = (seed: number) => integers([4, time], seed, 11).data;
  const mask = Float32Array.from({ length: 4 * time }, (_, i) =>
    Math.floor(i / time) % 2 === 0 || i % time < time - 2 ? 1 : 0,
  );
  return { source: ids(3), target: ids(4), mask };
}

/** Two encoders that a modality classifier must not tell apart: it and they take turns, and a reversal joins in. */
export function adversarialPair(): SmallModel<PhasedOptions> {
  const rows = 6;
  const encode = (params: TensorMap, { images, texts }: TensorMap) => {
    const a = tf.matMul(images as Tensor2D, params["encoder/image"] as Tensor2D).tanh() as Tensor2D;
    const b = tf.matMul(texts as Tensor2D, params["encoder/text"] as Tensor2D).tanh() as Tensor2D;
    return { a, b, both: tf.concat2d([a, b], 0) };
  };
  const modalityLoss = (params: TensorMap, features: Tensor): Tensor => {
    const hidden = tf
      .matMul(features as Tensor2D, params["classifier/hidden"] as Tensor2D)
      .relu() as Tensor2D;
    const logits = tf.matMul(hidden, params["classifier/out"] as Tensor2D).reshape([2 * rows]);
    const isText = tf.concat([tf.zeros([rows]), tf.ones([rows])]);
    return tf.losses.sigmoidCrossEntropy(isText, logits);
  };
  const match: Loss = (params, batch, { step }) => {
    const { a, b, both } = encode(params, batch);
    const modality = modalityLoss(params, gradientReversal(both, step.mul(0.1).add(0.5)));
    const distance = a.squaredDifference(b).sum(1).mean();
    return { loss: distance.add(modality), distance, modality };
  };
  const classify: Loss = (params, batch) => modalityLoss(params, encode(params, batch).both);
  return {
    options: {
      phases: {
        encoders: {
          loss: match,
          optimizer: adam({ learningRate: 0.01 }),
          trainable: (name) => name.startsWith("encoder/"),
        },
        classifier: {
          loss: classify,
          optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
          trainable: (name) => name.startsWith("classifier/"),
        },
      },
      params: weights({
        "encoder/image": [7, 4],
        "encoder/text": [5, 4],
        "classifier/hidden": [4, 6],
        "classifier/out": [6, 1],
      }),
      batchSpec: {
        images: { type: "float32", shape: [rows, 7] },
        texts: { type: "float32", shape: [rows, 5] },
      },
    },
    batch: { images: floats([rows, 7], 5).data, texts: floats([rows, 5], 6).data },
  };
}
