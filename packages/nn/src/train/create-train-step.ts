import {
  checkAnswer,
  checkGiven,
  checkInRange,
  checkNonNegativeInteger,
  checkOptions,
  checkPositiveInteger,
  ValueError,
} from "@wayweave/geo-core";
import type { Engine } from "../inference/engine.js";
import { chooseEngine } from "./engines/choose.js";
import { CompiledRunner } from "./engines/compiled.js";
import { EagerRunner } from "./engines/eager.js";
import { checkHostTensor, copyOf, type HostTensor, type TensorSpec, zeros } from "./host-tensor.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import type { Loss, MovingAverage, ParameterChoice, TrainPhase } from "./step-definition.js";
import { type ResolvedPhase, slotName } from "./step-function.js";
import { TrainStep } from "./train-step.js";

interface CommonOptions {
  /** Initial values by name. They are copied. */
  readonly params: Readonly<Record<string, HostTensor>>;
  /** Types and shapes of the batch's entries; `null` for an extent that differs from batch to batch. */
  readonly batchSpec: Readonly<Record<string, TensorSpec>>;
  /**
   * Default `"auto"`: a GPU where one works, by tfjs-node-gpu before ONNX Runtime's CUDA; else the faster of tfjs-node, where
   * it is installed, and ONNX Runtime's CPU, by a step of a small model that is timed once.
   */
  readonly engine?: Engine;
  /** Threads of one operator, for compiled engines. Default: what `WAYWEAVE_THREADS` says, or ONNX Runtime's choice. */
  readonly threads?: number;
  /** Parameters that no phase trains. */
  readonly frozen?: ParameterChoice;
  /** Moving averages of parameters (MoCo's key encoder); their targets are not trained. */
  readonly averages?: readonly MovingAverage[];
  /** Of the loss's random numbers. Default 0. */
  readonly seed?: number;
  /** Told, in one line each, which engines are passed over; not for `"auto"`. Default: a Node warning. */
  readonly onMessage?: (message: string) => void;
}

/** One loss that trains all parameters but the frozen ones. */
export interface SingleLossOptions extends CommonOptions {
  /** What is minimised, as a function of parameters and batch. */
  readonly loss: Loss;
  /** How gradients become updates: `adam`, `adamW`, `sgd`, or another rule. */
  readonly optimizer: Optimizer;
}

/** Several losses that take turns, each with its own parameters and optimizer. */
export interface PhasedOptions extends CommonOptions {
  /** By name, which `step` and `runEpochs` choose by. */
  readonly phases: Readonly<Record<string, TrainPhase>>;
}

/** Parameters, and the loss or losses that {@link createTrainStep} trains them by. */
export type TrainStepOptions = SingleLossOptions | PhasedOptions;

const WHERE = "createTrainStep";

/**
 * Makes a training step from a loss written as a pure function over tfjs tensors.
 *
 * The compiled engines run the loss once for each shape of batch, record it with its gradients and the update
 * rule as one ONNX graph, and let ONNX Runtime run that.
 *
 * @throws {ValueError | ShapeError} options that do not fit each other
 * @example
 * const step = await createTrainStep({
 *   params: { w: { type: "float32", shape: [2, 1], data: new Float32Array(2) } },
 *   loss: ({ w }, { x, y }) => tf.losses.meanSquaredError(y!, tf.matMul(x!, w!)),
 *   optimizer: adam({ learningRate: 0.01 }),
 *   batchSpec: { x: { type: "float32", shape: [32, 2] }, y: { type: "float32", shape: [32, 1] } },
 * });
 * const { loss } = await step.step({ x, y });
 */
export async function createTrainStep(options: TrainStepOptions): Promise<TrainStep> {
  checkOptions<SingleLossOptions & PhasedOptions>(WHERE, options as SingleLossOptions & PhasedOptions, [
    "params",
    "batchSpec",
    "engine",
    "threads",
    "frozen",
    "averages",
    "seed",
    "onMessage",
    "loss",
    "optimizer",
    "phases",
  ]);
  checkGiven(WHERE, "options", options);
  const { params, batchSpec, threads, seed = 0 } = options;
  checkGiven(WHERE, "params", params);
  checkGiven(WHERE, "batchSpec", batchSpec);
  for (const [name, value] of Object.entries(params)) checkHostTensor(WHERE, name, value);
  if (threads !== undefined) checkPositiveInteger(WHERE, "threads", threads);
  checkNonNegativeInteger(WHERE, "seed", seed);
  const phases = resolvePhases(options);
  const values = initialValues(params, phases);
  const onMessage = options.onMessage ?? ((message) => process.emitWarning(message));
  const chosen = await chooseEngine(WHERE, options.engine ?? "auto", onMessage, threads);
  const parameterNames = Object.keys(params);
  const common = { engine: chosen.engine, phases, values, parameterNames, seed };
  const runner =
    chosen.kind === "eager"
      ? new EagerRunner({ ...common, backend: chosen.backend })
      : new CompiledRunner({ ...common, provider: chosen.provider, threads });
  return new TrainStep({ runner, phases, batchSpec, parameterNames, valueSpecs: values, seed });
}

function resolvePhases(options: TrainStepOptions): ResolvedPhase[] {
  const { params, averages = [] } = options;
  const given: Readonly<Record<string, TrainPhase>> =
    "phases" in options ? options.phases : { train: { loss: options.loss, optimizer: options.optimizer } };
  const fixed = new Set([
    ...chosen("frozen", params, options.frozen ?? []),
    ...averages.map(({ target }) => target),
  ]);
  for (const { source, target, decay } of averages) {
    checkParameter("averages", params, source);
    checkParameter("averages", params, target);
    checkInRange(WHERE, "decay", decay, 0, 1);
  }
  const phases = Object.entries(given).map(([name, phase]) => {
    const trained = chosen(`trainable of ${name}`, params, phase.trainable ?? (() => true)).filter(
      (parameter) => !fixed.has(parameter) && params[parameter]!.type === "float32",
    );
    if (trained.length === 0)
      throw new ValueError(`${WHERE}: phase ${name} must train at least one parameter`);
    // An average follows its source: it moves in the phases that move the source.
    const followed = averages.filter(({ source }) => trained.includes(source));
    return { ...phase, name, trained, averages: followed };
  });
  if (phases.length === 0) throw new ValueError(`${WHERE}: phases must name at least one phase`);
  return phases;
}

function chosen(what: string, params: CommonOptions["params"], choice: ParameterChoice): string[] {
  if (typeof choice === "function") {
    return Object.keys(params).filter((name) => checkAnswer(WHERE, what, choice(name)));
  }
  for (const name of choice) checkParameter(what, params, name);
  return [...choice];
}

function checkParameter(what: string, params: CommonOptions["params"], name: string): void {
  if (!(name in params)) throw new ValueError(`${WHERE}: ${what} names ${name}, which is not a parameter`);
}

function initialValues(
  params: CommonOptions["params"],
  phases: readonly ResolvedPhase[],
): Record<string, HostTensor> {
  const values: Record<string, HostTensor> = {};
  for (const [name, value] of Object.entries(params)) values[name] = copyOf(value);
  for (const { name: phase, optimizer, trained } of phases) {
    for (const parameter of trained) {
      for (const slot of optimizer.slots) {
        values[slotName(phase, slot, parameter)] = zeros("float32", params[parameter]!.shape);
      }
    }
  }
  return values;
}
