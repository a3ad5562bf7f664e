import { ValueError } from "@wayweave/geo-core";
import { type Tensor, tf } from "../tfjs.js";

/**
 * Einstein summation of two tensors with a gradient, which tfjs's own `einsum` lacks:
 * `einsum("bqd,bkd->bqk", queries, keys)`.
 *
 * Every index of an operand must also stand in the result or in the other operand, once each: then each gradient is an
 * einsum too, with the result's slope in place of the operand.
 *
 * @throws {ValueError} an equation of another form
 */
export function einsum(equation: string, a: Tensor, b: Tensor): Tensor {
  const match = /^([a-z]+),([a-z]+)->([a-z]*)$/.exec(equation.replace(/\s/g, ""));
  if (match === null) {
    throw new ValueError(`einsum: equation must have the form "ij,jk->ik", got ${JSON.stringify(equation)}`);
  }
  const [, first, second, result] = match as unknown as [string, string, string, string];
  checkIndices(equation, first, second + result);
  checkIndices(equation, second, first + result);
  const apply = tf.customGrad((...all) => {
    const save = all.pop() as unknown as (tensors: Tensor[]) => void;
    const [x, y] = all as Tensor[];
    save([x!, y!]);
    return {
      value: tf.einsum(`${first},${second}->${result}`, x!, y!),
      gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => [
        tf.einsum(`${result},${second}->${first}`, dy as Tensor, saved[1]!),
        tf.einsum(`${result},${first}->${second}`, dy as Tensor, saved[0]!),
      ],
    };
  });
  return apply(a, b);
}

function checkIndices(equation: string, operand: string, others: string): void {
  const isRepeated = new Set(operand).size !== operand.length;
  if (isRepeated || [...operand].some((index) => !others.includes(index))) {
    throw new ValueError(
      `einsum: an index of "${operand}" is repeated or summed alone in ${JSON.stringify(equation)}`,
    );
  }
}
