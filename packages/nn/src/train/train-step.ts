import { checkOptions, FormatError, StateError, ValueError } from "@wayweave/geo-core";
import { loadCheckpoint, saveCheckpoint } from "../checkpoint/checkpoint.js";
import type { Engine } from "../inference/engine.js";
import type { CompileInfo, StepRunner, StepTraffic } from "./engines/engine.js";
import {
  type BatchEntry,
  checkHostTensor,
  type HostTensor,
  resolveBatch,
  type TensorSpec,
} from "./host-tensor.js";
import type { ResolvedPhase } from "./step-function.js";

/** Which loss {@link TrainStep.step} minimises, and by which rate. */
export interface StepOptions {
  /** Which phase to run; needed when there is more than one. */
  readonly phase?: string;
  /** In place of the optimizer's own, for schedules; ≥ 0. */
  readonly learningRate?: number;
}

/** What {@link TrainStep.save} stores besides the training step. */
export interface SaveOptions {
  /** Anything JSON can hold: configuration, epoch, provenance. Given back by `load`. */
  readonly metadata?: unknown;
  /** Tensors besides those of the training step, such as the best parameters so far. */
  readonly tensors?: Readonly<Record<string, HostTensor>>;
}

/** In the file, before the names of tensors that are not the training step's. */
const FURTHER = "further:";

/** What a checkpoint of a training step holds besides tensors. */
interface StepMetadata {
  readonly format: "wayweave-train-step";
  readonly steps: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly metadata: unknown;
}

interface TrainStepParts {
  readonly runner: StepRunner;
  readonly phases: readonly ResolvedPhase[];
  readonly batchSpec: Readonly<Record<string, TensorSpec>>;
  readonly parameterNames: readonly string[];
  readonly valueSpecs: Readonly<Record<string, HostTensor>>;
  readonly seed: number;
}

/**
 * A model in training: its parameters, optimizer state and compiled steps. Made by `createTrainStep`.
 *
 * Steps run one at a time; a second call waits for the first.
 */
export class TrainStep {
  readonly #parts: TrainStepParts;
  readonly #steps = new Map<string, number>();
  #queue: Promise<unknown> = Promise.resolve();
  #isDisposed = false;

  constructor(parts: TrainStepParts) {
    this.#parts = parts;
    for (const { name } of parts.phases) this.#steps.set(name, 0);
  }

  /** The engine that runs the steps: never `"auto"`. */
  get engine(): Exclude<Engine, "auto"> {
    return this.#parts.runner.engine;
  }

  /** What compiling has cost so far; zero for eager engines. */
  get compileInfo(): CompileInfo {
    return this.#parts.runner.compileInfo;
  }

  /** Updates done, of one phase or of all together. */
  stepCount(phase?: string): number {
    if (phase !== undefined) return this.#steps.get(this.#phase("stepCount", phase).name)!;
    return [...this.#steps.values()].reduce((sum, count) => sum + count, 0);
  }

  /**
   * Computes loss and gradients on a batch and updates the parameters. The first batch of a new shape compiles.
   *
   * @returns the loss and whatever scalars it reports, before the update
   * @throws {ShapeError | ValueError} a batch that does not fit the batchSpec, an unknown phase, a learning rate that
   *   is negative or not finite
   * @throws {StateError} disposed
   */
  async step(
    batch: Readonly<Record<string, BatchEntry>>,
    options: StepOptions = {},
  ): Promise<Record<string, number>> {
    checkOptions("TrainStep.step", options, ["phase", "learningRate"]);
    const phase = this.#phase("step", options.phase);
    const resolved = resolveBatch("TrainStep.step", this.#parts.batchSpec, batch);
    const rate = options.learningRate ?? phase.optimizer.learningRate;
    if (!(rate >= 0 && Number.isFinite(rate))) {
      throw new ValueError(`TrainStep.step: learningRate must be a number ≥ 0, got ${rate}`);
    }
    return this.#inTurn("step", async () => {
      const step = this.#steps.get(phase.name)!;
      const scalars = phase.optimizer.scalars(step + 1, rate);
      const metrics = await this.#parts.runner.run({ phase: phase.name, batch: resolved, scalars, step });
      this.#steps.set(phase.name, step + 1);
      return metrics;
    });
  }

  /**
   * Compiles a phase for the shapes of a batch, so that no step has to. The batch's values are not used.
   *
   * @throws as {@link step}
   */
  async prepare(
    batch: Readonly<Record<string, BatchEntry>>,
    options: Pick<StepOptions, "phase"> = {},
  ): Promise<void> {
    const phase = this.#phase("prepare", options.phase);
    const resolved = resolveBatch("TrainStep.prepare", this.#parts.batchSpec, batch);
    await this.#inTurn("prepare", () => this.#parts.runner.prepare({ phase: phase.name, batch: resolved }));
  }

  /** What the last step read from host memory and wrote to it. */
  get traffic(): StepTraffic {
    return this.#parts.runner.traffic;
  }

  /** Copies of the parameters, as the steps before leave them. */
  async params(): Promise<Record<string, HostTensor>> {
    return this.#inTurn("params", () => this.#parts.runner.read(this.#parts.parameterNames));
  }

  /**
   * Replaces parameters: all or some. Optimizer state stays.
   *
   * @throws {ValueError | ShapeError} an unknown name, or values that do not fit
   */
  setParams(values: Readonly<Record<string, HostTensor>>): void {
    this.#checkAlive("setParams");
    for (const [name, value] of Object.entries(values)) {
      if (!this.#parts.parameterNames.includes(name)) {
        throw new ValueError(`TrainStep.setParams: ${name} is not a parameter`);
      }
      this.#checkValue("TrainStep.setParams", name, value);
    }
    this.#parts.runner.write(values);
  }

  /** Saves parameters, optimizer state and step counts, atomically. A run that loads them continues bit for bit. */
  async save(file: string, options: SaveOptions = {}): Promise<void> {
    checkOptions("TrainStep.save", options, ["metadata", "tensors"]);
    await this.#inTurn("save", async () => {
      const metadata: StepMetadata = {
        format: "wayweave-train-step",
        steps: Object.fromEntries(this.#steps),
        seed: this.#parts.seed,
        metadata: options.metadata ?? null,
      };
      const further = Object.entries(options.tensors ?? {}).map(([name, tensor]) => [FURTHER + name, tensor]);
      const tensors = { ...(await this.#parts.runner.read()), ...Object.fromEntries(further) };
      await saveCheckpoint(file, { tensors, metadata });
    });
  }

  /**
   * Continues from a saved state.
   *
   * @param check is given the metadata and the further tensors before anything else is looked at: what it throws leaves the training
   *   step as it was
   * @param where the function that errors name
   * @returns the metadata given to `save`
   * @throws {FormatError} the file is damaged, or not written by `save`
   * @throws {ValueError} the file is of another model, optimizer or seed
   */
  async load(
    file: string,
    check: (metadata: unknown, tensors: Readonly<Record<string, HostTensor>>) => void = () => {},
    where = "TrainStep.load",
  ): Promise<unknown> {
    return this.#inTurn("load", async () => {
      const { tensors, metadata } = await loadCheckpoint(file);
      const saved = readStepMetadata(file, metadata);
      const values: Record<string, HostTensor> = {};
      const further: Record<string, HostTensor> = {};
      for (const [name, tensor] of tensors as ReadonlyMap<string, HostTensor>) {
        if (name.startsWith(FURTHER)) further[name.slice(FURTHER.length)] = tensor;
        else values[name] = tensor;
      }
      check(saved.metadata, further);
      if (saved.seed !== this.#parts.seed) {
        throw new ValueError(`${where}: seed must be ${saved.seed} as when saved, got ${this.#parts.seed}`);
      }
      for (const name of Object.keys(this.#parts.valueSpecs)) {
        if (values[name] === undefined) throw new ValueError(`${where}: ${file} has no tensor ${name}`);
        this.#checkValue(where, name, values[name]);
      }
      for (const name of Object.keys(values)) {
        if (this.#parts.valueSpecs[name] === undefined)
          throw new ValueError(`${where}: ${file} has an unknown tensor ${name}`);
      }
      this.#parts.runner.write(values);
      for (const name of this.#steps.keys()) this.#steps.set(name, saved.steps[name] ?? 0);
      return saved.metadata;
    });
  }

  /** Frees everything. Further calls throw a StateError. */
  async dispose(): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    await this.#queue.catch(() => undefined);
    await this.#parts.runner.dispose();
  }

  #checkValue(where: string, name: string, value: HostTensor): void {
    const spec = this.#parts.valueSpecs[name]!;
    checkHostTensor(where, name, value);
    if (value.type !== spec.type || value.shape.join() !== spec.shape.join()) {
      throw new ValueError(
        `${where}: ${name} must be ${spec.type} [${spec.shape}], got ${value.type} [${value.shape}]`,
      );
    }
  }

  #phase(method: string, name: string | undefined): ResolvedPhase {
    const { phases } = this.#parts;
    const phase =
      name === undefined && phases.length === 1 ? phases[0] : phases.find((other) => other.name === name);
    if (phase === undefined) {
      const names = phases.map((other) => other.name).join(", ");
      throw new ValueError(`TrainStep.${method}: phase must be one of ${names}, got ${name}`);
    }
    return phase;
  }

  #checkAlive(method: string): void {
    if (this.#isDisposed) throw new StateError(`TrainStep.${method}: the training step is disposed`);
  }

  async #inTurn<Result>(method: string, run: () => Promise<Result>): Promise<Result> {
    this.#checkAlive(method);
    const turn = this.#queue.catch(() => undefined).then(run);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}

/** @throws {FormatError} metadata that {@link TrainStep.save} did not write */
function readStepMetadata(file: string, metadata: unknown): StepMetadata {
  const { format, seed, steps } = (metadata ?? {}) as Partial<Record<keyof StepMetadata, unknown>>;
  if (format !== "wayweave-train-step") {
    throw new FormatError("not a checkpoint of a training step", { file });
  }
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!isCount(seed) || typeof steps !== "object" || !Object.values(steps ?? {}).every(isCount)) {
    throw new FormatError("the checkpoint's seed and step counts must be counts", { file });
  }
  return metadata as StepMetadata;
}
