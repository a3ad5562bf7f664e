import { type Tensor, type Tensor2D, tf } from "../tfjs.js";

/**
 * The k largest entries of each row, largest first, differentiable where no two are equal: the slope of a value goes
 * to the entry that it was. (tfjs's own `topk` has no gradient.)
 *
 * @param x [rows, columns]
 * @returns values and column indices, each [rows, k]
 */
export function topK(x: Tensor, k: number): { values: Tensor2D; indices: Tensor2D } {
  const [rows, columns] = x.shape as [number, number];
  let chosen: Tensor2D | undefined;
  const select = tf.customGrad((...all) => {
    const save = all.pop() as unknown as (tensors: Tensor[]) => void;
    const { values, indices } = tf.topk(all[0] as Tensor, k);
    chosen = tf.keep(indices.clone()) as Tensor2D;
    save([indices]);
    const gradFunc = (dy: Tensor | Tensor[], saved: Tensor[]) => {
      // Entry (row, column) is number row·columns + column.
      const starts = tf.range(0, rows, 1, "int32").mul(tf.scalar(columns, "int32")).reshape([rows, 1]);
      const places = saved[0]!.add(starts).reshape([rows * k, 1]);
      return tf
        .scatterND(places, (dy as Tensor).reshape([rows * k]), [rows * columns])
        .reshape([rows, columns]);
    };
    return { value: values, gradFunc };
  });
  const values = select(x) as Tensor2D;
  // Made outside the tape, so that what is gathered by these indices does not look differentiable through them.
  const indices = chosen!.clone();
  chosen!.dispose();
  return { values, indices };
}
