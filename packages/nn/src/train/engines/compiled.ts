import { type InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { openSession, type Provider } from "../../inference/providers.js";
import { copyOf, elementCount, type HostTensor } from "../host-tensor.js";
import type { ResolvedPhase } from "../step-function.js";
import { drawKey, fillDraw } from "../step-random.js";
import type { CompileInfo, Engine, StepCall, StepRunner } from "./engine.js";
import { gruOperatorOf } from "./gru-operator.js";
import { type CompiledStep, inputName, outputName, recordStep } from "./record-step.js";

export interface CompiledOptions {
  readonly engine: Exclude<Engine, "auto">;
  readonly provider: Provider;
  readonly threads: number | undefined;
  readonly phases: readonly ResolvedPhase[];
  readonly values: Readonly<Record<string, HostTensor>>;
  readonly parameterNames: readonly string[];
  readonly seed: number;
}

/** A recorded step with the session that runs it. */
interface Loaded extends CompiledStep {
  readonly session: InferenceSession;
  /** Buffers for the random numbers, by input name. */
  readonly draws: readonly { readonly name: string; readonly tensor: OrtTensor }[];
}

/**
 * Runs each step as one ONNX graph: parameters and state go in as feeds and come out into a second set of
 * buffers, which then change places with the first. Graphs of other phases and batch shapes share the buffers.
 */
export class CompiledRunner implements StepRunner {
  readonly engine: Exclude<Engine, "auto">;
  readonly #options: CompiledOptions;
  readonly #current = new Map<string, OrtTensor>();
  readonly #next = new Map<string, OrtTensor>();
  readonly #loaded = new Map<string, Promise<Loaded>>();
  #compileInfo: CompileInfo = { compileMs: 0, nodeCount: 0, modelBytes: 0, graphCount: 0 };

  constructor(options: CompiledOptions) {
    this.engine = options.engine;
    this.#options = options;
    this.write(options.values);
  }

  get compileInfo(): CompileInfo {
    return this.#compileInfo;
  }

  async prepare({ phase, batch }: Pick<StepCall, "phase" | "batch">): Promise<void> {
    await this.#load(phase, batch);
  }

  async run(call: StepCall): Promise<Record<string, number>> {
    const step = await this.#load(call.phase, call.batch);
    const feeds = this.#feeds(step, call);
    const fetches: Record<string, OrtTensor | null> = {};
    for (const name of step.metrics) fetches[outputName.metric(name)] = null;
    for (const name of step.changed) fetches[outputName.value(name)] = this.#buffer(name);
    const results = await step.session.run(feeds, fetches);
    for (const name of step.changed) {
      const spare = this.#current.get(name)!;
      this.#current.set(name, this.#next.get(name)!);
      this.#next.set(name, spare);
    }
    const metrics: Record<string, number> = {};
    for (const name of step.metrics) {
      metrics[name] = Number((results[outputName.metric(name)]!.data as Float32Array)[0]);
    }
    return metrics;
  }

  #feeds(step: Loaded, call: StepCall): Record<string, OrtTensor> {
    const feeds: Record<string, OrtTensor> = {};
    const feed = (name: string, make: () => OrtTensor) => {
      if (step.inputNames.has(name)) feeds[name] = make();
    };
    for (const [name, tensor] of this.#current) feed(inputName.value(name), () => tensor);
    for (const [name, tensor] of Object.entries(call.batch)) feed(inputName.batch(name), () => toOrt(tensor));
    for (const [name, value] of Object.entries(call.scalars))
      feed(inputName.scalar(name), () => scalar(value));
    feed(inputName.step, () => scalar(call.step));
    step.draws.forEach(({ name, tensor }, index) => {
      if (!step.inputNames.has(name)) return;
      const key = drawKey(this.#options.seed, call.phase, call.step, index);
      fillDraw(tensor.data as Float32Array, step.randomDraws[index]!, key);
      feeds[name] = tensor;
    });
    return feeds;
  }

  /** The buffer that a changed value is written to while the old one is read. */
  #buffer(name: string): OrtTensor {
    const known = this.#next.get(name);
    if (known !== undefined) return known;
    const { type, shape, data } = this.#options.values[name]!;
    const buffer = toOrt({
      type,
      shape,
      data: new (data.constructor as Float32ArrayConstructor)(data.length),
    });
    this.#next.set(name, buffer);
    return buffer;
  }

  #load(phase: string, batch: StepCall["batch"]): Promise<Loaded> {
    const shapes = Object.entries(batch).map(([name, { shape }]) => `${name}[${shape}]`);
    const key = `${phase} ${shapes.join(" ")}`;
    const known = this.#loaded.get(key);
    if (known !== undefined) return known;
    const loading = this.#compile(phase, batch);
    this.#loaded.set(key, loading);
    // A failed compilation is told to this caller and tried again by the next.
    loading.catch(() => this.#loaded.delete(key));
    return loading;
  }

  async #compile(phaseName: string, batch: StepCall["batch"]): Promise<Loaded> {
    const started = performance.now();
    const { phases, values, parameterNames, provider, threads } = this.#options;
    const phase = phases.find(({ name }) => name === phaseName)!;
    const onnxGru = gruOperatorOf(provider);
    const step = recordStep({ phase, batch, values, parameterNames, onnxGru });
    const { session } = await openSession("createTrainStep", step.bytes, {
      providers: [provider],
      ...(threads === undefined ? {} : { threads }),
    });
    const draws = step.randomDraws.map(({ shape }, index) => ({
      name: inputName.random(index),
      tensor: new OrtTensor("float32", new Float32Array(elementCount(shape)), shape),
    }));
    const info = this.#compileInfo;
    this.#compileInfo = {
      compileMs: info.compileMs + (performance.now() - started),
      nodeCount: info.nodeCount + step.nodeCount,
      modelBytes: info.modelBytes + step.bytes.byteLength,
      graphCount: info.graphCount + 1,
    };
    // The model's bytes are ONNX Runtime's from here on.
    return { ...step, bytes: new Uint8Array(0), session, draws };
  }

  read(names: readonly string[] = [...this.#current.keys()]): Record<string, HostTensor> {
    const values: Record<string, HostTensor> = {};
    for (const name of names) {
      const { type, shape } = this.#options.values[name]!;
      values[name] = { type, shape, data: (this.#current.get(name)!.data as HostTensor["data"]).slice() };
    }
    return values;
  }

  write(values: Readonly<Record<string, HostTensor>>): void {
    for (const [name, value] of Object.entries(values)) {
      this.#current.set(name, toOrt(copyOf(value)));
    }
  }

  async dispose(): Promise<void> {
    for (const loading of this.#loaded.values()) {
      const loaded = await loading.catch(() => undefined);
      await loaded?.session.release();
    }
    this.#loaded.clear();
    this.#current.clear();
    this.#next.clear();
  }
}

function toOrt({ type, shape, data }: HostTensor): OrtTensor {
  if (type === "bool") return new OrtTensor("bool", data as Uint8Array, shape);
  return type === "int32"
    ? new OrtTensor("int32", data as Int32Array, shape)
    : new OrtTensor("float32", data as Float32Array, shape);
}

function scalar(value: number): OrtTensor {
  return new OrtTensor("float32", Float32Array.of(value), []);
}
