import { type Tensor, tf } from "@wayweave/nn/train";

/**
 * Rows for comparison by Euclidean distance: the dot product of a trajectory's row [a, −‖a‖²/2, 1] and an image's row
 * [b, 1, −‖b‖²/2] is −‖a − b‖²/2, so the nearest has the largest.
 *
 * @param codes `[batch, n]`
 * @returns `[batch, n + 2]`
 */
export function euclideanRows(codes: Tensor, side: "trajectory" | "image"): Tensor {
  const halfSquares = codes.square().sum(1, true).div(-2); // [batch, 1]
  const ones = tf.onesLike(halfSquares);
  return tf.concat(side === "trajectory" ? [codes, halfSquares, ones] : [codes, ones, halfSquares], 1);
}

/** All distances between the rows of two batches, `[n, n]`: entry (i, j) is ‖aᵢ − bⱼ‖. */
export function pairwiseDistances(a: Tensor, b: Tensor): Tensor {
  const products = tf.matMul(a, b, false, true);
  const squares = a.square().sum(1, true).add(b.square().sum(1, true).transpose()).sub(products.mul(2));
  // Rounding may leave a distance of 0 slightly negative, and the root has no slope there.
  return tf.maximum(squares, 1e-8).sqrt();
}
