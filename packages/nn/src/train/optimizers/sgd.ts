import { checkGiven, checkInRange, checkOptions, checkPositive } from "@wayweave/geo-core";
import type { Optimizer, OptimizerOptions, UpdateInputs, UpdateResult } from "./optimizer.js";

/** Options of {@link sgd}. */
export interface SgdOptions extends OptimizerOptions {
  /** Decay of the velocity, in [0, 1). Default 0: plain gradient descent, without state. */
  readonly momentum?: number;
  /** λ·θ is added to the gradient. Default 0. */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent with momentum: u ← μu + g + λθ, θ ← θ − αu (PyTorch's form, Sutskever et al. 2013 with
 * the learning rate outside the velocity).
 *
 * @throws {ValueError} an option out of its range
 */
export function sgd(options: SgdOptions): Optimizer {
  checkGiven("sgd", "options", options);
  checkOptions("sgd", options, ["learningRate", "clipNorm", "momentum", "weightDecay"]);
  const { learningRate, clipNorm, momentum = 0, weightDecay = 0 } = options;
  checkPositive("sgd", "learningRate", learningRate);
  if (clipNorm !== undefined) checkPositive("sgd", "clipNorm", clipNorm);
  checkInRange("sgd", "momentum", momentum, 0, 1 - Number.EPSILON);
  checkInRange("sgd", "weightDecay", weightDecay, 0, Number.MAX_VALUE);
  return {
    name: "sgd",
    learningRate,
    clipNorm,
    slots: momentum > 0 ? ["velocity"] : [],
    scalars: (_step, rate) => ({ learningRate: rate }),
    update: (inputs) => updateSgd(inputs, momentum, weightDecay),
  };
}

function updateSgd(
  { parameter, gradient, gradientScale, slots, scalars }: UpdateInputs,
  momentum: number,
  weightDecay: number,
): UpdateResult {
  const clipped = gradientScale === undefined ? gradient : gradient.mul(gradientScale);
  const slope = weightDecay > 0 ? clipped.add(parameter.mul(weightDecay)) : clipped;
  const velocity = slots.velocity === undefined ? undefined : slots.velocity.mul(momentum).add(slope);
  const change = (velocity ?? slope).mul(scalars.learningRate!);
  return { parameter: parameter.sub(change), slots: velocity === undefined ? {} : { velocity } };
}
