import type { Random } from "@wayweave/geo-core";
import { type HostTensor, type Loss, type Tensor, type TensorMap, tf } from "@wayweave/nn/train";
import { unitLength } from "../model/layers.js";
import type { MocoConfig } from "./config.js";
import type { DeepBaseline, TrainingData } from "./deep-baseline.js";
import { encodePicture, pictureEncoderParams } from "./picture-encoder.js";
import { imageViewOf, type Picture, trajectoryViewOf } from "./views.js";

/**
 * MoCo (He, Fan, Wu, Xie, Girshick: Momentum Contrast for Unsupervised Visual Representation Learning, CVPR 2020).
 *
 * As TrajCross compares with it, a trajectory is turned into a picture first; a pair's two pictures take the place of two
 * augmentations of one photograph. The drawing, with the box it shows as its location vector, is the query and the image
 * the key, and the other way round; each kind of key has its queue. One encoder, as in MoCo. Momentum 0.99 instead of
 * 0.999, since training takes hundreds of steps and not hundreds of thousands; AdamW instead of SGD.
 */
export function moco(config: MocoConfig, data: TrainingData): DeepBaseline {
  const { imageSize, normalization, random } = data;
  const query = pictureEncoderParams(random, "query", imageSize, config.embeddingSize);
  const averages = Object.keys(query).map((source) => ({
    source,
    target: keyName(source),
    decay: config.momentum,
  }));
  // The key encoder starts as a copy of the query encoder.
  const key = Object.fromEntries(Object.entries(query).map(([name, value]) => [keyName(name), value]));
  const queues = Object.fromEntries(queueNames.map((name) => [name, randomKeys(config, random.split(name))]));
  const encode = (params: TensorMap, encoder: "query" | "key", picture: Picture) =>
    unitLength(encodePicture(params, encoder, picture, normalization));
  const loss: Loss = (params, batch) => {
    const drawing = trajectoryViewOf(batch).drawing;
    const image = imageViewOf(batch);
    const imageKeys = encode(params, "key", image);
    const drawingKeys = encode(params, "key", drawing);
    const findImage = contrast(
      encode(params, "query", drawing),
      imageKeys,
      params["queue/images"]!,
      config.temperature,
    );
    const findTrajectory = contrast(
      encode(params, "query", image),
      drawingKeys,
      params["queue/drawings"]!,
      config.temperature,
    );
    return {
      loss: findImage.add(findTrajectory).div(2),
      updates: {
        "queue/images": enqueue(params["queue/images"]!, imageKeys),
        "queue/drawings": enqueue(params["queue/drawings"]!, drawingKeys),
      },
    };
  };
  return {
    params: { ...query, ...key, ...queues },
    frozen: queueNames,
    averages,
    loss,
    encodeTrajectories: (params, { drawing }) => encode(params, "query", drawing),
    encodeImages: (params, image) => encode(params, "query", image),
  };
}

const queueNames = ["queue/images", "queue/drawings"] as const;

function keyName(queryName: string): string {
  return queryName.replace(/^query/, "key");
}

/** A queue starts with random directions. */
function randomKeys({ queueSize, embeddingSize }: MocoConfig, random: Random): HostTensor {
  const data = new Float32Array(queueSize * embeddingSize);
  for (let start = 0; start < data.length; start += embeddingSize) {
    const key = Float64Array.from({ length: embeddingSize }, () => random.normal());
    const length = Math.hypot(...key);
    for (let i = 0; i < embeddingSize; i++) data[start + i] = key[i]! / length;
  }
  return { type: "float32", shape: [queueSize, embeddingSize], data };
}

/**
 * Eq. 1 of MoCo, the mean over the batch of −log( exp(q·k₊/τ) / Σᵢ exp(q·kᵢ/τ) ), over the own key and all keys of the queue.
 *
 * @param queries of length 1, `[batch, n]`
 * @param keys of the same pairs, of length 1, `[batch, n]`
 * @param queue `[keys, n]`
 * @returns nats, a scalar
 */
export function contrast(queries: Tensor, keys: Tensor, queue: Tensor, temperature: number): Tensor {
  const own = queries.mul(keys).sum(1, true); // [batch, 1]
  const others = tf.matMul(queries, queue, false, true); // [batch, queue]
  const logits = tf.concat([own, others], 1).div(temperature);
  return logits
    .logSumExp(1)
    .sub(own.div(temperature).squeeze([1]))
    .mean();
}

/** The newest keys first; as many of the oldest leave. */
export function enqueue(queue: Tensor, keys: Tensor): Tensor {
  const kept = queue.shape[0]! - keys.shape[0]!;
  return tf.concat([keys, queue.slice([0, 0], [kept, -1])], 0);
}
