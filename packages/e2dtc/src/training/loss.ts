import { type Tensor, type Tensor2D, type TensorMap, tf } from "@wayweave/nn/train";
import { type CellNeighbors, FIRST_CELL_TOKEN } from "../tokens/vocabulary.js";

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

/** Cells drawn for a batch, for {@link sampledReconstructionLoss}. */
export interface DrawnCells {
  /** Uniformly, with replacement, `[drawn]`, int32. */
  readonly tokens: Tensor;
  /** How often each token of the vocabulary is among them, `[vocabulary]`. */
  readonly times: Tensor;
}

/**
 * Eq. 8 with the softmax's sum over a large vocabulary estimated from a sample: the target's nearest cells and the two special
 * tokens in full, and the drawn cells, but for those nearest ones, for all others. With every cell drawn once it is
 * {@link reconstructionLoss}.
 */
export function sampledReconstructionLoss(
  params: TensorMap,
  states: Tensor,
  targets: Tensor,
  weights: Tensor,
  neighbors: CellNeighbors,
  { tokens: cells, times }: DrawnCells,
): Tensor {
  const weight = params["output/weight"]!;
  const bias = params["output/bias"]!;
  const [size, hidden] = weight.shape as [number, number];
  const [tokens, drawn] = [states.shape[0]!, cells.shape[0]!];
  const { tokens: table, shares, isIn, width } = inFull(neighbors, size);
  const ofTargets = (values: Float32Array) => tf.gather(tf.tensor2d(values, [size, width]), targets);
  const around = tf.gather(tf.tensor2d(table, [size, width], "int32"), targets).reshape([tokens * width]);
  const counts = ofTargets(isIn); // [tokens, width]
  const full = tf
    .matMul(tf.gather(weight, around).reshape([tokens, width, hidden]), states.expandDims(2))
    .reshape([tokens, width])
    .add(tf.gather(bias, around).reshape([tokens, width]));
  const sampled = tf.matMul(states, tf.gather(weight, cells), false, true).add(tf.gather(bias, cells)); // [tokens, drawn]
  const drawnAgain = tf.gather(times, around).reshape([tokens, width]).mul(counts);
  // Each drawn cell that is not among the full ones stands for so many that are not: [tokens, 1].
  const standsFor = tf
    .scalar(size)
    .sub(counts.sum(1, true))
    .div(tf.scalar(drawn).sub(drawnAgain.sum(1, true)).maximum(1));
  const logits = full.add(counts.sub(1).mul(UNCOUNTED));
  const right = full.mul(ofTargets(shares)).sum(1);
  return weightedMean(logPartition(logits, sampled, drawnAgain, standsFor).sub(right), weights);
}

/** Subtracted from a logit that does not count: its exponential is then 0. (With −∞ in its place, 0 · ∞ would be NaN.) */
const UNCOUNTED = 1e30;

/** The tokens that each target counts in full, `[size × width]` each. */
interface FullTokens {
  readonly tokens: Int32Array;
  /** Eq. 8's weights. */
  readonly shares: Float32Array;
  /** 1 where a token counts, 0 where it only fills the row up. */
  readonly isIn: Float32Array;
  readonly width: number;
}

/** The neighbours that have a weight, and the special tokens: END is too frequent a target to be pushed down by chance. */
function inFull({ tokens: near, weights, count }: CellNeighbors, size: number): FullTokens {
  const width = count + FIRST_CELL_TOKEN;
  const tokens = new Int32Array(size * width);
  const shares = new Float32Array(size * width);
  const isIn = new Float32Array(size * width);
  for (let target = 0; target < size; target++) {
    const row = target * width;
    const own = weights.subarray(target * count, (target + 1) * count);
    tokens.set(near.subarray(target * count, (target + 1) * count), row);
    shares.set(own, row);
    own.forEach((share, j) => {
      isIn[row + j] = share > 0 ? 1 : 0;
    });
    for (let special = 0; special < FIRST_CELL_TOKEN; special++) {
      const isThere = own.some((share, j) => share > 0 && tokens[row + j] === special);
      tokens[row + count + special] = special;
      isIn[row + count + special] = isThere ? 0 : 1;
    }
  }
  return { tokens, shares, isIn, width };
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
 * With `relativeMargin` distances count in the batch's mean ‖a − n‖², which is taken as it is: nothing is learnt from it.
 *
 * @param anchors a, `[batch, hidden]`
 * @param positives p, embeddings of damaged variants of the same trajectories
 * @param negatives n, embeddings of trajectories of other clusters
 * @param weights 1 for rows that count, `[batch]`
 * @returns a scalar
 */
export function tripletLoss(
  anchors: Tensor,
  positives: Tensor,
  negatives: Tensor,
  weights: Tensor,
  { margin, relativeMargin }: { readonly margin: number; readonly relativeMargin: boolean },
): Tensor {
  const near = anchors.sub(positives).square().sum(1);
  const far = anchors.sub(negatives).square().sum(1);
  if (!relativeMargin) return weightedMean(near.sub(far).add(margin).relu(), weights);
  // In units of the margin's scale, so that γ means the same whatever the embeddings' scale: [near/s − far/s + α]₊.
  const scale = unlearnt(weightedMean(far, weights)).maximum(1e-6);
  return weightedMean(near.sub(far).div(scale).add(margin).relu(), weights);
}

/** The same value, of which nothing is learnt. */
function unlearnt(value: Tensor): Tensor {
  return tf.customGrad((x) => ({
    value: (x as Tensor).clone(),
    gradFunc: (dy) => (dy as Tensor).mul(0),
  }))(value);
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

/**
 * log( Σ exp(full) + standsFor · (Σ exp(sampled) − Σ drawnAgain · exp(full)) ) of each row: what was drawn although it counts in full
 * is taken out again.
 *
 * @param full `[rows, width]`
 * @param sampled `[rows, drawn]`
 * @param drawnAgain how often each of `full` is among the drawn, `[rows, width]`
 * @param standsFor `[rows, 1]`
 * @returns `[rows]`
 */
function logPartition(full: Tensor, sampled: Tensor, drawnAgain: Tensor, standsFor: Tensor): Tensor {
  const forward = tf.customGrad((...all) => {
    const [x, y, save] = all as unknown as [Tensor2D, Tensor2D, (tensors: Tensor[]) => void];
    const largest = x.max(1, true).maximum(y.max(1, true));
    const ofFull = x.sub(largest).exp();
    // Rounding may leave a little less than nothing.
    const rest = y.sub(largest).exp().sum(1, true).sub(ofFull.mul(drawnAgain).sum(1, true)).relu();
    const value = ofFull.sum(1, true).add(rest.mul(standsFor)).log().add(largest) as Tensor2D; // [rows, 1]
    save([x, y, value, drawnAgain, standsFor]);
    const gradFunc = (dy: Tensor | Tensor[], saved: Tensor[]) => {
      const [kept, drawn, total, again, each] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor];
      const own = tf.scalar(1).sub(again.mul(each));
      return [
        kept
          .sub(total)
          .exp()
          .mul(own)
          .mul(dy as Tensor),
        drawn
          .sub(total)
          .exp()
          .mul(each)
          .mul(dy as Tensor),
      ];
    };
    return { value, gradFunc };
  });
  return forward(full, sampled).reshape([full.shape[0]!]);
}
