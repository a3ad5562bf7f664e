import type { HostTensor } from "../host-tensor.js";
import { record } from "../record/backend.js";
import { type OnnxGruUse, withOnnxGru } from "../record/kernels/gru.js";
import { lowerGraph, type NamedValue } from "../record/lower.js";
import { computeStep, type ResolvedPhase } from "../step-function.js";
import { type RandomDraw, stepRandom } from "../step-random.js";
import type { Scalar, Tensor } from "../tfjs.js";

/** Names of a training graph's inputs. */
export const inputName = {
  value: (name: string) => `value/${name}`,
  batch: (name: string) => `batch/${name}`,
  scalar: (name: string) => `optimizer/${name}`,
  random: (index: number) => `random/${index}`,
  step: "step",
};

/** Names of its outputs. */
export const outputName = {
  metric: (name: string) => `metric/${name}`,
  value: (name: string) => `next/${name}`,
};

export interface RecordStepOptions {
  readonly phase: ResolvedPhase;
  /** Only types and shapes are read. */
  readonly batch: Readonly<Record<string, HostTensor>>;
  /** Parameters and optimizer state; only types and shapes are read. */
  readonly values: Readonly<Record<string, HostTensor>>;
  readonly parameterNames: readonly string[];
  /** Where `gru` is recorded as one operator. */
  readonly onnxGru: OnnxGruUse;
}

/** One phase, for one set of batch shapes, as an ONNX training graph. */
export interface CompiledStep {
  readonly bytes: Uint8Array;
  readonly nodeCount: number;
  readonly inputNames: ReadonlySet<string>;
  readonly indexedPools: readonly string[];
  readonly metrics: readonly string[];
  readonly changed: readonly string[];
  readonly randomDraws: readonly RandomDraw[];
}

/**
 * Records loss, gradients and update of a phase as one ONNX graph
 * `(parameters, state, batch, numbers of the step) → (metrics, parameters', state')`.
 *
 * @throws {StateError} something in the loss cannot be recorded; the message names it
 */
export function recordStep(options: RecordStepOptions): CompiledStep {
  return withOnnxGru(options.onnxGru, () => recordSteps(options));
}

function recordSteps({ phase, batch, values, parameterNames }: RecordStepOptions): CompiledStep {
  return record((session) => {
    const state: Record<string, Tensor> = {};
    for (const [name, { shape, type }] of Object.entries(values)) {
      state[name] = session.input(inputName.value(name), shape, type);
    }
    const params: Record<string, Tensor> = {};
    for (const name of parameterNames) params[name] = state[name]!;
    const batchTensors: Record<string, Tensor> = {};
    for (const [name, { shape, type }] of Object.entries(batch)) {
      batchTensors[name] = session.input(inputName.batch(name), shape, type);
    }
    const scalars: Record<string, Scalar> = {};
    for (const name of Object.keys(phase.optimizer.scalars(1, phase.optimizer.learningRate))) {
      scalars[name] = session.input(inputName.scalar(name), [], "float32") as Scalar;
    }
    const randomDraws: RandomDraw[] = [];
    const random = stepRandom((draw, index) => {
      randomDraws.push(draw);
      return session.input(inputName.random(index), draw.shape, "float32");
    });
    const step = session.input(inputName.step, [], "float32") as Scalar;
    const context = { training: true, random, step };
    const outputs = computeStep(phase, { params, state, batch: batchTensors, scalars, context });
    const named: NamedValue[] = [];
    const collect = (prefix: (name: string) => string, tensors: Readonly<Record<string, Tensor>>) => {
      for (const [name, tensor] of Object.entries(tensors)) {
        named.push({ name: prefix(name), value: session.recorder.full(session.recorded(tensor)) });
      }
    };
    collect(outputName.metric, outputs.metrics);
    collect(outputName.value, outputs.changed);
    const lowered = lowerGraph(`${phase.name} step`, session.recorder.graph, named);
    return {
      ...lowered,
      metrics: Object.keys(outputs.metrics),
      changed: Object.keys(outputs.changed),
      randomDraws,
    };
  });
}
