import { type InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { Engine } from "../../inference/engine.js";
import { openSession, type Provider } from "../../inference/providers.js";
import { elementCount, type HostTensor } from "../host-tensor.js";
import type { ResolvedPhase } from "../step-function.js";
import { drawKey, fillDraw } from "../step-random.js";
import { DeviceValues } from "./device-values.js";
import type { CompileInfo, StepCall, StepRunner, StepTraffic } from "./engine.js";
import { gruOperatorOf } from "./gru-operator.js";
import { HostValues } from "./host-values.js";
import { type CompiledStep, inputName, outputName, recordStep } from "./record-step.js";
import { toOrt, type ValueStore } from "./value-store.js";

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

/** Runs each step as one ONNX graph. Graphs of other phases and batch shapes share the values. */
export class CompiledRunner implements StepRunner {
  readonly engine: Exclude<Engine, "auto">;
  readonly #options: CompiledOptions;
  readonly #values: ValueStore;
  readonly #loaded = new Map<string, Promise<Loaded>>();
  #compileInfo: CompileInfo = { compileMs: 0, nodeCount: 0, modelBytes: 0, graphCount: 0 };
  #traffic: StepTraffic = { fedBytes: 0, fetchedBytes: 0 };

  constructor(options: CompiledOptions) {
    this.engine = options.engine;
    this.#options = options;
    this.#values = options.provider === "webgpu" ? new DeviceValues(options.provider) : new HostValues();
    this.#values.write(options.values);
  }

  get compileInfo(): CompileInfo {
    return this.#compileInfo;
  }

  get traffic(): StepTraffic {
    return this.#traffic;
  }

  async prepare({ phase, batch }: Pick<StepCall, "phase" | "batch">): Promise<void> {
    await this.#load(phase, batch);
  }

  async run(call: StepCall): Promise<Record<string, number>> {
    const step = await this.#load(call.phase, call.batch);
    const feeds = this.#feeds(step, call);
    const fetches: Record<string, OrtTensor | null> = {};
    for (const name of step.metrics) fetches[outputName.metric(name)] = null;
    for (const name of step.changed) fetches[outputName.value(name)] = this.#values.target(name);
    const results = await step.session.run(feeds, fetches);
    this.#traffic = { fedBytes: hostBytes(feeds), fetchedBytes: hostBytes(results) };
    this.#values.accept(new Map(step.changed.map((name) => [name, results[outputName.value(name)]!])));
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
    for (const name of this.#values.names()) feed(inputName.value(name), () => this.#values.current(name));
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
    const locations = this.#values.outputLocations(step.changed.map(outputName.value));
    const { session } = await openSession(
      "createTrainStep",
      step.bytes,
      { providers: [provider], ...(threads === undefined ? {} : { threads }) },
      {
        ...(locations === undefined ? {} : { preferredOutputLocation: locations }),
        // The WebGPU provider takes these nodes and then fails to run them.
        onCpu: step.indexedPools,
      },
    );
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

  async read(names: readonly string[] = this.#values.names()): Promise<Record<string, HostTensor>> {
    return this.#values.read(names);
  }

  write(values: Readonly<Record<string, HostTensor>>): void {
    this.#values.write(values);
  }

  async dispose(): Promise<void> {
    for (const loading of this.#loaded.values()) {
      const loaded = await loading.catch(() => undefined);
      await loaded?.session.release();
    }
    this.#loaded.clear();
    await this.#values.dispose();
  }
}

/** Of the tensors in host memory. */
function hostBytes(tensors: Readonly<Record<string, OrtTensor>>): number {
  let bytes = 0;
  for (const tensor of Object.values(tensors)) {
    if (tensor.location === "cpu") bytes += (tensor.data as Float32Array).byteLength;
  }
  return bytes;
}

function scalar(value: number): OrtTensor {
  return new OrtTensor("float32", Float32Array.of(value), []);
}
