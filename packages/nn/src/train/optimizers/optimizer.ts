import type { Scalar, Tensor } from "../tfjs.js";

/** What an optimizer needs to update one parameter. */
export interface UpdateInputs {
  /** Its value before the update. */
  readonly parameter: Tensor;
  /** Of the loss by the parameter, in its shape, not clipped yet. */
  readonly gradient: Tensor;
  /** The factor of global-norm clipping; absent without clipping. */
  readonly gradientScale: Scalar | undefined;
  /** The optimizer's state for this parameter, by slot. */
  readonly slots: Readonly<Record<string, Tensor>>;
  /** The numbers of {@link Optimizer.scalars}, as tensors. */
  readonly scalars: Readonly<Record<string, Scalar>>;
}

/** What an update gives for one parameter. */
export interface UpdateResult {
  /** Its new value. */
  readonly parameter: Tensor;
  /** Its new state; a slot that is left out stays as it is. */
  readonly slots: Readonly<Record<string, Tensor>>;
}

/** An update rule as a pure function over tfjs tensors, so that it can be computed or recorded like any loss. */
export interface Optimizer {
  /** The rule, such as `adam`; for people, nothing depends on it. */
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
  /** The new value and state of one parameter. Recorded once by compiled engines: it must not read values. */
  update(inputs: UpdateInputs): UpdateResult;
}

/** Options that every optimizer takes. */
export interface OptimizerOptions {
  /** A positive number, for steps that give none of their own. */
  readonly learningRate: number;
  /** Scales the gradients of all parameters together down to this Euclidean norm. Default: no clipping. */
  readonly clipNorm?: number;
}
