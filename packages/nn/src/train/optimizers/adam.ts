import { checkGiven, checkInRange, checkOptions, checkPositive } from "@wayweave/geo-core";
import { tf } from "../tfjs.js";
import type { Optimizer, OptimizerOptions, UpdateInputs, UpdateResult } from "./optimizer.js";

/** Options of {@link adam}. */
export interface AdamOptions extends OptimizerOptions {
  /** Decay of the mean of gradients, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients, in [0, 1). Default 0.999. */
  readonly beta2?: number;
  /** Added to the root. Default 1e-8. */
  readonly epsilon?: number;
}

/** Options of {@link adamW}. */
export interface AdamWOptions extends AdamOptions {
  /** Each step shrinks parameters by learningRate·weightDecay. Default 0.01. */
  readonly weightDecay?: number;
}

const ADAM_OPTIONS = ["learningRate", "clipNorm", "beta1", "beta2", "epsilon"] as const;

/**
 * Adam (Kingma and Ba 2015, algorithm 1): m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g²,
 * θ ← θ − α/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε).
 *
 * @throws {ValueError} an option out of its range
 */
export function adam(options: AdamOptions): Optimizer {
  checkGiven("adam", "options", options);
  checkOptions("adam", options, ADAM_OPTIONS);
  return adamRule("adam", options, 0);
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2): θ also loses α·λ·θ.
 *
 * @throws {ValueError} an option out of its range
 */
export function adamW(options: AdamWOptions): Optimizer {
  checkGiven("adamW", "options", options);
  checkOptions("adamW", options, [...ADAM_OPTIONS, "weightDecay"]);
  return adamRule("adamW", options, options.weightDecay ?? 0.01);
}

function adamRule(name: string, options: AdamOptions, weightDecay: number): Optimizer {
  const { learningRate, clipNorm, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  checkPositive(name, "learningRate", learningRate);
  if (clipNorm !== undefined) checkPositive(name, "clipNorm", clipNorm);
  checkInRange(name, "beta1", beta1, 0, 1 - Number.EPSILON);
  checkInRange(name, "beta2", beta2, 0, 1 - Number.EPSILON);
  checkPositive(name, "epsilon", epsilon);
  checkInRange(name, "weightDecay", weightDecay, 0, Number.MAX_VALUE);
  return {
    name,
    learningRate,
    clipNorm,
    slots: ["mean", "square"],
    scalars(step, rate) {
      // θ − a·m/(√v/c + ε) = θ − (a·c)·m/(√v + ε·c): one division and one factor fewer a parameter.
      const c = Math.sqrt(1 - beta2 ** step);
      return {
        stepSize: (rate / (1 - beta1 ** step)) * c,
        epsilon: epsilon * c,
        ...(weightDecay > 0 ? { kept: 1 - rate * weightDecay } : {}),
      };
    },
    update: (inputs) => updateAdam(inputs, beta1, beta2),
  };
}

function updateAdam(
  { parameter, gradient, gradientScale, slots, scalars }: UpdateInputs,
  beta1: number,
  beta2: number,
): UpdateResult {
  const meanShare = gradientScale === undefined ? tf.scalar(1 - beta1) : gradientScale.mul(1 - beta1);
  const squareShare =
    gradientScale === undefined ? tf.scalar(1 - beta2) : gradientScale.square().mul(1 - beta2);
  const mean = slots.mean!.mul(beta1).add(gradient.mul(meanShare));
  const square = slots.square!.mul(beta2).add(gradient.square().mul(squareShare));
  const change = mean.mul(scalars.stepSize!).div(square.sqrt().add(scalars.epsilon!));
  const kept = scalars.kept === undefined ? parameter : parameter.mul(scalars.kept);
  return { parameter: kept.sub(change), slots: { mean, square } };
}
