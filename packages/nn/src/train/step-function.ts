import { ShapeError, ValueError } from "@wayweave/geo-core";
import { gradientsOf } from "./engines/tf-engine.js";
import { globalNormScale } from "./optimizers/clip.js";
import type { Loss, LossContext, MovingAverage, TensorMap, TrainPhase } from "./step-definition.js";
import { type Scalar, type Tensor, tf } from "./tfjs.js";

/** A phase with its choice of parameters resolved to names. */
export interface ResolvedPhase extends TrainPhase {
  readonly name: string;
  readonly trained: readonly string[];
  readonly averages: readonly MovingAverage[];
}

export interface StepInputs {
  readonly params: TensorMap;
  /** Optimizer state by {@link slotName}. */
  readonly state: TensorMap;
  readonly batch: TensorMap;
  readonly scalars: Readonly<Record<string, Scalar>>;
  readonly context: LossContext;
}

export interface StepOutputs {
  /** Scalars, the loss among them. */
  readonly metrics: Record<string, Tensor>;
  /** The parameters and state that the step changes. */
  readonly changed: Record<string, Tensor>;
}

export function slotName(phase: string, slot: string, parameter: string): string {
  return `${phase}:${slot}:${parameter}`;
}

/**
 * One training step as a pure function of tensors: the loss, its gradients by tfjs's own tape, clipping, the update
 * rule, moving averages. The eager engines compute it; the compiled ones record it once.
 *
 * Call inside a tidy: every tensor of the result is new and belongs to the caller's scope.
 *
 * @throws {ValueError} a parameter that the loss does not depend on, or an update of a trained parameter
 * @throws {ShapeError} a loss or metric that is not a scalar, an update of another shape than its parameter
 */
export function computeStep(phase: ResolvedPhase, inputs: StepInputs): StepOutputs {
  const { metrics, updates, gradients } = differentiate(phase, inputs);
  const clipping =
    phase.optimizer.clipNorm === undefined ? undefined : globalNormScale(gradients, phase.optimizer.clipNorm);
  if (clipping !== undefined) metrics.gradientNorm = clipping.norm;
  const changed: Record<string, Tensor> = { ...updates };
  phase.trained.forEach((name, i) => {
    const slots: Record<string, Tensor> = {};
    for (const slot of phase.optimizer.slots) slots[slot] = inputs.state[slotName(phase.name, slot, name)]!;
    const result = phase.optimizer.update({
      parameter: inputs.params[name]!,
      gradient: gradients[i]!,
      gradientScale: clipping?.scale,
      slots,
      scalars: inputs.scalars,
    });
    changed[name] = result.parameter;
    for (const [slot, value] of Object.entries(result.slots))
      changed[slotName(phase.name, slot, name)] = value;
  });
  for (const { source, target, decay } of phase.averages) {
    const current = changed[source] ?? inputs.params[source]!;
    changed[target] = inputs.params[target]!.mul(decay).add(current.mul(1 - decay));
  }
  return { metrics, changed };
}

interface Differentiated {
  readonly metrics: Record<string, Tensor>;
  readonly updates: Record<string, Tensor>;
  readonly gradients: Tensor[];
}

/** The loss and its gradients. What the loss returns besides has to outlive the tape's own scope. */
function differentiate(phase: ResolvedPhase, inputs: StepInputs): Differentiated {
  const kept: Record<string, Tensor> = {};
  const keptUpdates: Record<string, Tensor> = {};
  const trained = phase.trained.map((name) => inputs.params[name]!);
  const evaluate = (): Scalar => {
    const { loss, metrics, updates } = readLoss(phase.loss, inputs);
    for (const [name, tensor] of Object.entries(metrics)) kept[name] = tf.keep(tensor.clone());
    for (const [name, tensor] of Object.entries(updates)) keptUpdates[name] = tf.keep(tensor.clone());
    return loss as Scalar;
  };
  try {
    const { value, gradients } = gradientsOf(evaluate, trained);
    const unused = phase.trained.filter((_, i) => gradients[i] === null);
    if (unused.length > 0) {
      throw new ValueError(
        `trainStep: the loss of ${phase.name} does not depend on ${unused.join(", ")}; freeze what it does not train`,
      );
    }
    // Clones belong to the caller's scope; the kept originals are disposed below.
    const metrics: Record<string, Tensor> = { loss: value };
    for (const [name, tensor] of Object.entries(kept)) metrics[name] = tensor.clone();
    const updates: Record<string, Tensor> = {};
    for (const [name, tensor] of Object.entries(keptUpdates)) updates[name] = tensor.clone();
    checkUpdates(phase, inputs.params, updates);
    return { metrics, updates, gradients: gradients as Tensor[] };
  } finally {
    for (const tensor of [...Object.values(kept), ...Object.values(keptUpdates)]) tensor.dispose();
  }
}

/** What a loss returned, in one form. */
export function readLoss(
  lossFunction: Loss,
  { params, batch, context }: Pick<StepInputs, "params" | "batch" | "context">,
): { loss: Tensor; metrics: Record<string, Tensor>; updates: Record<string, Tensor> } {
  const result = lossFunction(params, batch, context);
  if (isTensor(result)) {
    checkScalar("loss", result);
    return { loss: result, metrics: {}, updates: {} };
  }
  const { loss, updates = {}, ...rest } = result;
  checkScalar("loss", loss);
  const metrics: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(rest)) {
    checkScalar(name, value);
    metrics[name] = value as Tensor;
  }
  return { loss, metrics, updates: { ...updates } };
}

function isTensor(value: unknown): value is Tensor {
  return value instanceof tf.Tensor;
}

function checkScalar(name: string, value: unknown): void {
  if (!isTensor(value)) {
    throw new ValueError(`trainStep: ${name} of the loss must be a tensor, got ${typeof value}`);
  }
  if (value.shape.length !== 0) {
    throw new ShapeError(`trainStep: ${name} of the loss must be a scalar, got shape [${value.shape}]`);
  }
}

function checkUpdates(phase: ResolvedPhase, params: TensorMap, updates: TensorMap): void {
  for (const [name, value] of Object.entries(updates)) {
    const parameter = params[name];
    if (parameter === undefined)
      throw new ValueError(`trainStep: updates of the loss name no parameter ${name}`);
    if (phase.trained.includes(name)) {
      throw new ValueError(
        `trainStep: updates of the loss must name parameters that are not trained, got ${name}`,
      );
    }
    if (!tf.util.arraysEqual(value.shape, parameter.shape)) {
      throw new ShapeError(
        `trainStep: the update of ${name} must have shape [${parameter.shape}], got [${value.shape}]`,
      );
    }
  }
}
