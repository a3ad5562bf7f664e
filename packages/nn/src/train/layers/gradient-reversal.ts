import { type Tensor, tf } from "../tfjs.js";

/**
 * Gradient reversal (Ganin and Lempitsky 2015, eq. 12–13): the identity forward, the gradient times −λ backward. A
 * classifier above it learns; what is below unlearns what the classifier uses.
 *
 * @param strength λ ≥ 0, a number or a scalar tensor (to follow a schedule)
 */
export function gradientReversal<T extends Tensor>(x: T, strength: number | Tensor = 1): T {
  const reverse = tf.customGrad((...all) => {
    const save = all.pop() as unknown as (tensors: Tensor[]) => void;
    // A factor computed inside the loss lives on only if it is saved.
    save(typeof strength === "number" ? [] : [strength]);
    const gradFunc = (dy: Tensor | Tensor[], saved: Tensor[]) =>
      (dy as Tensor).mul(tf.neg(saved[0] ?? (strength as number)));
    return { value: (all[0] as Tensor).clone(), gradFunc };
  });
  return reverse(x) as T;
}
