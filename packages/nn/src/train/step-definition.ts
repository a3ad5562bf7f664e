import type { Optimizer } from "./optimizers/optimizer.js";
import type { StepRandom } from "./step-random.js";
import type { Scalar, Tensor } from "./tfjs.js";

/** Tensors by name. */
export type TensorMap = Readonly<Record<string, Tensor>>;

/** What a loss may use besides parameters and batch. */
export interface LossContext {
  /** True in a training step. */
  readonly training: boolean;
  /** Random numbers, other ones each step. */
  readonly random: StepRandom;
  /** The number of updates done before this one (of this phase). */
  readonly step: Scalar;
}

/**
 * What a loss returns: the number to minimise, other scalars to report, and in `updates` new values of parameters
 * that are not trained (running statistics, a queue of keys).
 */
export type LossResult = Tensor | LossAndMetrics;

/** A loss with what is to be reported or set beside it. */
export interface LossAndMetrics {
  /** The scalar to minimise. */
  readonly loss: Tensor;
  /** New values of parameters that are not trained, by name, each of its parameter's type and shape. */
  readonly updates?: Readonly<Record<string, Tensor>>;
  readonly [metric: string]: Tensor | Readonly<Record<string, Tensor>> | undefined;
}

/** A pure function over tfjs tensors: it must not read values, keep tensors or draw randomness elsewhere. */
export type Loss = (params: TensorMap, batch: TensorMap, context: LossContext) => LossResult;

/** Which parameters a phase trains: names, or a test of a name. */
export type ParameterChoice = readonly string[] | ((name: string) => boolean);

/** One loss with the parameters it trains and how. */
export interface TrainPhase {
  /** What is minimised in this phase. */
  readonly loss: Loss;
  /** How its gradients become updates; its state is the phase's own. */
  readonly optimizer: Optimizer;
  /** Default: every float32 parameter that is not frozen. */
  readonly trainable?: ParameterChoice;
}

/** An exponential moving average: after each update, target ← decay·target + (1 − decay)·source. */
export interface MovingAverage {
  /** The name of the parameter that is followed. */
  readonly source: string;
  /** The name of the parameter that holds the average, of the same shape. */
  readonly target: string;
  /** In [0, 1]. */
  readonly decay: number;
}
