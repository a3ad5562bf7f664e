import { type Scalar, type Tensor, tf } from "../tfjs.js";

/** Added to the norm so that a zero gradient divides by something. */
const NORM_EPSILON = 1e-6;

/**
 * The Euclidean norm of all gradients together, and the factor that brings it down to `clipNorm` (1 where it is
 * already smaller), as PyTorch's `clip_grad_norm_` (Pascanu et al. 2013).
 */
export function globalNormScale(
  gradients: readonly Tensor[],
  clipNorm: number,
): { norm: Scalar; scale: Scalar } {
  const squares = gradients.map((gradient) => gradient.square().sum());
  const norm = (squares.length === 1 ? squares[0]! : tf.addN(squares)).sqrt() as Scalar;
  const scale = tf.minimum(tf.scalar(clipNorm).div(norm.add(NORM_EPSILON)), 1) as Scalar;
  return { norm, scale };
}
