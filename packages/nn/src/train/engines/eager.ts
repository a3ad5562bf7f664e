import type { Engine } from "../../inference/engine.js";
import type { HostTensor } from "../host-tensor.js";
import { copyOf, toTfTensor } from "../host-tensor.js";
import { computeStep, type ResolvedPhase } from "../step-function.js";
import { drawKey, fillDraw, stepRandom } from "../step-random.js";
import { type Scalar, type Tensor, tf } from "../tfjs.js";
import type { StepCall, StepRunner } from "./engine.js";
import { NO_TRAFFIC, NOTHING_COMPILED } from "./engine.js";
import { withTfBackend } from "./tf-engine.js";

export interface EagerOptions {
  readonly engine: Exclude<Engine, "auto">;
  /** tfjs's name of the backend: `cpu` or `tensorflow`. */
  readonly backend: string;
  readonly phases: readonly ResolvedPhase[];
  readonly values: Readonly<Record<string, HostTensor>>;
  readonly parameterNames: readonly string[];
  readonly seed: number;
}

/** Computes each step with a tfjs backend, op by op. */
export class EagerRunner implements StepRunner {
  readonly engine: Exclude<Engine, "auto">;
  readonly compileInfo = NOTHING_COMPILED;
  readonly traffic = NO_TRAFFIC;
  readonly #options: EagerOptions;
  readonly #values = new Map<string, Tensor>();

  constructor(options: EagerOptions) {
    this.engine = options.engine;
    this.#options = options;
    this.write(options.values);
  }

  async prepare(): Promise<void> {}

  async run(call: StepCall): Promise<Record<string, number>> {
    const phase = this.#options.phases.find(({ name }) => name === call.phase)!;
    return withTfBackend(this.#options.backend, () => {
      const metrics: Record<string, number> = {};
      tf.tidy(() => {
        const outputs = computeStep(phase, this.#inputs(call));
        for (const [name, tensor] of Object.entries(outputs.metrics)) metrics[name] = tensor.dataSync()[0]!;
        for (const [name, tensor] of Object.entries(outputs.changed)) this.#replace(name, tensor);
      });
      return metrics;
    });
  }

  #inputs(call: StepCall) {
    const batch: Record<string, Tensor> = {};
    for (const [name, tensor] of Object.entries(call.batch)) batch[name] = toTfTensor(tensor);
    const scalars: Record<string, Scalar> = {};
    for (const [name, value] of Object.entries(call.scalars)) scalars[name] = tf.scalar(value);
    const random = stepRandom((draw, index) => {
      const data = new Float32Array(draw.shape.reduce((product, extent) => product * extent, 1));
      fillDraw(data, draw, drawKey(this.#options.seed, call.phase, call.step, index));
      return tf.tensor(data, [...draw.shape]);
    });
    const context = { training: true, random, step: tf.scalar(call.step) };
    const all = Object.fromEntries(this.#values);
    const params: Record<string, Tensor> = {};
    for (const name of this.#options.parameterNames) params[name] = all[name]!;
    return { params, state: all, batch, scalars, context };
  }

  /** A clone, so that a tensor which the loss returned in two places has two lives. */
  #replace(name: string, tensor: Tensor): void {
    const kept = tf.keep(tensor.clone());
    this.#values.get(name)?.dispose();
    this.#values.set(name, kept);
  }

  async read(names: readonly string[] = [...this.#values.keys()]): Promise<Record<string, HostTensor>> {
    return withTfBackend(this.#options.backend, () => {
      const values: Record<string, HostTensor> = {};
      for (const name of names) {
        const tensor = this.#values.get(name)!;
        const { type } = this.#options.values[name]!;
        values[name] = copyOf({ type, shape: tensor.shape, data: tensor.dataSync() as HostTensor["data"] });
      }
      return values;
    });
  }

  write(values: Readonly<Record<string, HostTensor>>): void {
    withTfBackend(this.#options.backend, () => {
      for (const [name, value] of Object.entries(values)) {
        this.#values.get(name)?.dispose();
        // tfjs's cpu backend keeps the array it is given.
        this.#values.set(name, tf.keep(toTfTensor(copyOf(value))));
      }
    });
  }

  async dispose(): Promise<void> {
    for (const tensor of this.#values.values()) tensor.dispose();
    this.#values.clear();
  }
}
