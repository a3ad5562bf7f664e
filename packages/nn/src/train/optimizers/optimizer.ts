import type { Scalar, Tensor } from "../tfjs.js";

/** What an optimizer needs to update one parameter. */
export interface UpdateInputs {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  /** The factor of global-norm clipping; absent without clipping. */
  readonly gradientScale: Scalar | undefined;
  /** The optimizer's state for this parameter, by slot. */
  readonly slots: Readonly<Record<string, Tensor>>;
  /** The numbers of {@link Optimizer.scalars}, as tensors. */
  readonly scalars: Readonly<Record<string, Scalar>>;
}

export interface UpdateResult {
  readonly parameter: Tensor;
  readonly slots: Readonly<Record<string, Tensor>>;
}

/** An update rule as a pure function over tfjs tensors, so that it can be computed or recorded like any loss. */
export interface Optimizer {
  readonly name: string;
  /** Used by steps that give none. */
  readonly learningRate: number;
  /** State kept for each parameter, of its shape, zero at first. */
  readonly slots: readonly string[];
  /** Gradients are scaled down to this global norm; absent: not at all. */
  readonly clipNorm: number | undefined;
  /**
   * Numbers that change from step to step, computed on the host in double precision.
   *
   * @param step 1 for the first update
   */
  scalars(step: number, learningRate: number): Readonly<Record<string, number>>;
  update(inputs: UpdateInputs): UpdateResult;
}

/** Options that every optimizer takes. */
export interface OptimizerOptions {
  /** A positive number; a step may give another. */
  readonly learningRate: number;
  /** Scales the gradients of all parameters together down to this Euclidean norm. Default: no clipping. */
  readonly clipNorm?: number;
}
