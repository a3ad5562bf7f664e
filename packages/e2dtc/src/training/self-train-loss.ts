import { type Loss, type Tensor, type TensorSpec, tf } from "@wayweave/nn/train";
import { decode, type Encoded, encode, softAssign } from "../model/forward.js";
import { decoderSpec, encoderSpec, shareSpec } from "./entries.js";
import { clusterLoss, tripletLoss } from "./loss.js";
import type { TrainingData } from "./training-data.js";

/** The parameter that holds the clusters' centres while they learn. */
export const CENTERS = "centers";

/** What a batch of self-training holds. */
export function selfTrainSpec(k: number, { reconstruction }: TrainingData): Record<string, TensorSpec> {
  return {
    ...encoderSpec,
    noisyTokens: encoderSpec.tokens,
    noisyLengths: encoderSpec.lengths,
    ...decoderSpec,
    ...reconstruction.spec,
    rows: { type: "float32", shape: [null] },
    share: shareSpec,
    target: { type: "float32", shape: [null, k] },
    others: { type: "int32", shape: [null] },
    otherWeights: { type: "float32", shape: [null] },
  };
}

/** Eq. 12 or 14. */
export function selfTrainLoss({ config, reconstruction }: TrainingData): Loss {
  const { loss: kind, clusterWeight, tripletWeight, margin } = config.selfTrain;
  return (params, batch) => {
    const rows = batch.rows!.shape[0]!;
    // Trajectories and their damaged variants go through the encoder together.
    const encoded = encode(
      params,
      tf.concat([batch.tokens!, batch.noisyTokens!], 1),
      tf.concat([batch.lengths!, batch.noisyLengths!]),
      config.network,
    );
    const [anchors, positives] = tf.split(encoded.embedding, 2) as [Tensor, Tensor]; // [rows, hidden] each
    const damaged = secondHalf(encoded, rows);
    const states = decode(params, batch.before!, damaged, config.network);
    const reconstructed = reconstruction.loss(params, states, batch);
    const cluster = clusterLoss(softAssign(anchors, params[CENTERS]!), batch.target!, batch.rows!);
    const l1 = reconstructed.add(cluster.mul(clusterWeight));
    const shared = (total: Tensor) => ({ loss: total.mul(batch.share!), total });
    if (kind === "L1") return { ...shared(l1), reconstruction: reconstructed, cluster };
    const negatives = tf.gather(anchors, batch.others!);
    const triplet = tripletLoss(anchors, positives, negatives, batch.otherWeights!, margin);
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
