import { type Tensor, type Tensor2D, type TensorMap, tf } from "@wayweave/nn/train";
import type { CellNeighbors } from "./vocabulary.js";

/**
 * Eq. 8, the spatial-proximity loss, over the whole vocabulary: −Σ w log softmax(W h) over the target's nearest cells,
 * averaged over the tokens that count.
 *
 * @param states h, `[tokens, hidden]`
 * @param targets `[tokens]`, int32
 * @param weights 1 for tokens that count, 0 for filling, `[tokens]`
 * @returns nats a token, a scalar
 */
export function reconstructionLoss(
  params: TensorMap,
  states: Tensor,
  targets: Tensor,
  weights: Tensor,
  neighbors: CellNeighbors,
): Tensor {
  const weight = params["output/weight"]!; // [vocabulary, hidden]
  const bias = params["output/bias"]!;
  const [size, hidden] = weight.shape as [number, number];
  const { count } = neighbors;
  const around = tf.tensor1d(neighbors.tokens, "int32"); // [vocabulary × count]
  const shares = tf.tensor3d(neighbors.weights, [size, 1, count]);
  // Σ w (W_g·h + b_g) = (Σ w W_g)·h + Σ w b_g: one mixed row a target instead of `count`.
  const mixedWeight = tf
    .matMul(shares, tf.gather(weight, around).reshape([size, count, hidden]))
    .reshape([size, hidden]);
  const mixedBias = tf.matMul(shares, tf.gather(bias, around).reshape([size, count, 1])).reshape([size]);
  const right = states.mul(tf.gather(mixedWeight, targets)).sum(1).add(tf.gather(mixedBias, targets)); // [tokens]
  const logits = tf.matMul(states, weight, false, true).add(bias); // [tokens, vocabulary]
  return weightedMean(logSumExp(logits).sub(right), weights);
}

/**
 * Eq. 8 with the softmax's sum over a large vocabulary estimated from a sample: the target's nearest cells in full, and
 * drawn tokens that stand for all others.
 *
 * @param negatives tokens drawn for the batch, uniformly, `[drawn]`, int32
 */
export function sampledReconstructionLoss(
  params: TensorMap,
  states: Tensor,
  targets: Tensor,
  weights: Tensor,
  neighbors: CellNeighbors,
  negatives: Tensor,
): Tensor {
  const weight = params["output/weight"]!;
  const bias = params["output/bias"]!;
  const [size, hidden] = weight.shape as [number, number];
  const [tokens, drawn] = [states.shape[0]!, negatives.shape[0]!];
  const { count } = neighbors;
  const table = tf.tensor2d(neighbors.tokens, [size, count], "int32");
  const around = tf.gather(table, targets).reshape([tokens * count]); // [tokens × count]
  const shares = tf.gather(tf.tensor2d(neighbors.weights, [size, count]), targets); // [tokens, count]
  const near = tf
    .matMul(tf.gather(weight, around).reshape([tokens, count, hidden]), states.expandDims(2))
    .reshape([tokens, count])
    .add(tf.gather(bias, around).reshape([tokens, count]));
  // Each drawn token stands for (size − count) / drawn others.
  const far = tf
    .matMul(states, tf.gather(weight, negatives), false, true)
    .add(tf.gather(bias, negatives))
    .add(Math.log(Math.max(1, size - count) / drawn)); // [tokens, drawn]
  const right = near.mul(shares).sum(1);
  return weightedMean(logSumExp(tf.concat([near, far], 1)).sub(right), weights);
}

/**
 * Eq. 11: KL(P ‖ Q) a trajectory, in nats.
 *
 * @param assignment Q, `[batch, k]`
 * @param target P, `[batch, k]`
 * @param weights 1 for rows that count, `[batch]`
 */
export function clusterLoss(assignment: Tensor, target: Tensor, weights: Tensor): Tensor {
  // p log p is 0 at 0, where the logarithm is not.
  const ratio = target.add(1e-12).log().sub(assignment.add(1e-12).log());
  return weightedMean(target.mul(ratio).sum(1), weights);
}

/**
 * Eq. 13: [‖a − p‖² − ‖a − n‖² + α]₊, averaged over the rows that count.
 *
 * @param anchors a, `[batch, hidden]`
 * @param positives p, embeddings of damaged variants of the same trajectories
 * @param negatives n, embeddings of trajectories of other clusters
 */
export function tripletLoss(
  anchors: Tensor,
  positives: Tensor,
  negatives: Tensor,
  weights: Tensor,
  margin: number,
): Tensor {
  const near = anchors.sub(positives).square().sum(1);
  const far = anchors.sub(negatives).square().sum(1);
  return weightedMean(near.sub(far).add(margin).relu(), weights);
}

/** Σ w x / Σ w, and 0 where nothing counts. */
function weightedMean(values: Tensor, weights: Tensor): Tensor {
  return values.mul(weights).sum().div(weights.sum().maximum(1));
}

/** log Σ exp over each row, `[rows, columns]` → `[rows]`; its gradient is the softmax. */
function logSumExp(logits: Tensor): Tensor {
  const forward = tf.customGrad((...all) => {
    const [x, save] = all as unknown as [Tensor2D, (tensors: Tensor[]) => void];
    const largest = x.max(1, true);
    const value = x.sub(largest).exp().sum(1, true).log().add(largest) as Tensor2D; // [rows, 1]
    save([x, value]);
    const gradFunc = (dy: Tensor | Tensor[], saved: Tensor[]) =>
      saved[0]!
        .sub(saved[1]!)
        .exp()
        .mul(dy as Tensor);
    return { value, gradFunc };
  });
  return forward(logits).reshape([logits.shape[0]!]);
}
