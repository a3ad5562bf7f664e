import { type Loss, type Tensor, type TensorSpec, tf } from "@wayweave/nn/train";
import { decode, type Encoded, encode, softAssign } from "../model/forward.js";
import { decoderSpec, encoderSpec, shareSpec } from "./entries.js";
import { clusterLoss, tripletLoss } from "./loss.js";
import type { TrainingData } from "./training-data.js";

/** The parameter that holds the clusters' centres while they learn. */
export const CENTERS = "centers";

/** The name of an entry of the damaged variants: `tokens` → `noisyTokens`. */
export function noisyName(name: string): string {
  return `noisy${name[0]!.toUpperCase()}${name.slice(1)}`;
}

/** What a batch of self-training holds. */
export function selfTrainSpec(
  k: number,
  { config, reconstruction }: TrainingData,
): Record<string, TensorSpec> {
  const spec = encoderSpec(config.network);
  return {
    ...spec,
    ...Object.fromEntries(Object.entries(spec).map(([name, each]) => [noisyName(name), each])),
    ...decoderSpec,
    ...reconstruction.spec,
    rows: { type: "float32", shape: [null] },
    share: shareSpec,
    target: { type: "float32", shape: [null, k] },
    others: { type: "int32", shape: [null] },
    otherWeights: { type: "float32", shape: [null] },
  };
}

/** Eq. 12 or 14; with `clusterDamaged` eq. 11 is the mean of trips' and damaged variants'. */
export function selfTrainLoss({ config, reconstruction }: TrainingData): Loss {
  const { loss: kind, reconstructionWeight, clusterWeight, tripletWeight, clusterDamaged } = config.selfTrain;
  return (params, batch) => {
    const rows = batch.rows!.shape[0]!;
    // Trajectories and their damaged variants go through the encoder together.
    const both = {
      tokens: tf.concat([batch.tokens!, batch.noisyTokens!], 1),
      lengths: tf.concat([batch.lengths!, batch.noisyLengths!]),
      ...(config.network.offsets ? { within: tf.concat([batch.within!, batch.noisyWithin!], 1) } : {}),
      ...(config.network.timeOfDay
        ? { timeOfDay: tf.concat([batch.timeOfDay!, batch.noisyTimeOfDay!], 1) }
        : {}),
    };
    const encoded = encode(params, both, config.network);
    const [anchors, positives] = tf.split(encoded.embedding, 2) as [Tensor, Tensor]; // [rows, hidden] each
    // Without weight the decoder, which costs the most, is not run at all.
    const reconstructed =
      reconstructionWeight === 0
        ? tf.scalar(0)
        : reconstruction.loss(
            params,
            decode(params, batch.before!, secondHalf(encoded, rows), config.network),
            batch,
          );
    const clusterOf = (embeddings: Tensor) =>
      clusterLoss(softAssign(embeddings, params[CENTERS]!), batch.target!, batch.rows!);
    const cluster = clusterDamaged
      ? clusterOf(anchors).add(clusterOf(positives)).mul(0.5)
      : clusterOf(anchors);
    const l1 = reconstructed.mul(reconstructionWeight).add(cluster.mul(clusterWeight));
    const shared = (total: Tensor) => ({ loss: total.mul(batch.share!), total });
    if (kind === "L1") return { ...shared(l1), reconstruction: reconstructed, cluster };
    const negatives = tf.gather(anchors, batch.others!);
    const triplet = tripletLoss(anchors, positives, negatives, batch.otherWeights!, config.selfTrain);
    const l2 = l1.add(triplet.mul(tripletWeight));
    return { ...shared(l2), reconstruction: reconstructed, cluster, triplet };
  };
}

/** What the encoder made of the damaged variants, which follow the trajectories in a batch. */
function secondHalf({ embedding, last, states, lengths }: Encoded, rows: number): Encoded {
  const half = (of: Tensor) => of.slice([rows, 0], [rows, -1]);
  return {
    embedding: half(embedding),
    last: last.map(half),
    states: states.slice([0, rows, 0], [-1, rows, -1]),
    lengths: lengths.slice([rows], [rows]),
  };
}
