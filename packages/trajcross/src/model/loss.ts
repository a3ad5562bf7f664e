import { type Tensor, type TensorMap, tf } from "@wayweave/nn/train";

/** The learned inverse temperature stays below this, as in CLIP. */
const largestInverseTemperature = 100;

/**
 * Mean InfoNCE loss of both directions: each trajectory finds its image among the batch's, each image its trajectory.
 *
 * Source: TrajCross eq. (10)–(11). As printed they take logarithms of raw dot products, undefined for negative ones; this is
 * the estimator they cite, −1/n Σᵢ log( exp(sᵢᵢ/τ) / Σⱼ exp(sᵢⱼ/τ) ) with s the cosine.
 *
 * @param trajectories embeddings of length 1, `[n, embedding]`
 * @param images embeddings of length 1, `[n, embedding]`; row i belongs to trajectory i
 * @returns nats, a scalar
 */
export function infoNce(params: TensorMap, trajectories: Tensor, images: Tensor): Tensor {
  const inverseTemperature = tf.minimum(params.logInverseTemperature!.exp(), largestInverseTemperature);
  const logits = tf.matMul(trajectories, images, false, true).mul(inverseTemperature); // [n, n]
  const n = logits.shape[0]!;
  const own = tf.eye(n);
  const findImage = tf.logSoftmax(logits).mul(own).sum();
  const findTrajectory = tf.logSoftmax(logits.transpose()).mul(own).sum();
  return findImage.add(findTrajectory).div(-2 * n);
}

/**
 * How far the points that an image tower finds are from where the trajectory's points lie in the image, in image sides; in
 * whichever direction of travel fits better, since an image does not tell it. A scalar, the mean over points and images.
 *
 * @param traced `[n, points, 2]`
 * @param points the trajectory's own in the same coordinates, `[n, points, 2]`
 */
export function traceLoss(traced: Tensor, points: Tensor): Tensor {
  // A thousandth of a side in the root keeps the gradient finite where a point is met.
  const distance = (target: Tensor) => traced.sub(target).square().sum(2).add(1e-6).sqrt().mean(1); // [n]
  return tf.minimum(distance(points), distance(points.reverse(1))).mean();
}

/**
 * Cross-entropy of the modality classifier S (image 0, trajectory 1), in nats. Its input's gradient is to be reversed, so
 * that the towers learn what the classifier cannot tell apart (section III-D, "Adversarial loss").
 *
 * @param embeddings `[2n, embedding]`, the images' rows first
 */
export function modalityLoss(params: TensorMap, embeddings: Tensor): Tensor {
  const hidden = tf
    .matMul(embeddings, params["modality/hidden/weight"]!)
    .add(params["modality/hidden/bias"]!)
    .relu();
  const logits = tf.matMul(hidden, params["modality/out/weight"]!).add(params["modality/out/bias"]!); // [2n, 1]
  const [images, trajectories] = tf.split(logits, 2) as [Tensor, Tensor];
  // −log σ(−z) for images, −log σ(z) for trajectories
  return images.softplus().mean().add(trajectories.neg().softplus().mean()).div(2);
}
