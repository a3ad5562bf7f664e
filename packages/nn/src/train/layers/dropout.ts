import { ValueError } from "@wayweave/geo-core";
import type { LossContext } from "../step-definition.js";
import type { Tensor } from "../tfjs.js";

/**
 * Inverted dropout (Srivastava et al. 2014): in training, each element is zero with probability `rate` and scaled by
 * 1/(1 − rate) otherwise, with another mask each step; outside training, the identity.
 *
 * @throws {ValueError} rate outside [0, 1)
 */
export function dropout<T extends Tensor>(x: T, rate: number, context: LossContext): T {
  if (!(rate >= 0 && rate < 1)) throw new ValueError(`dropout: rate must be in [0, 1), got ${rate}`);
  if (!context.training || rate === 0) return x;
  return x.mul(context.random.mask(x.shape, 1 - rate));
}
