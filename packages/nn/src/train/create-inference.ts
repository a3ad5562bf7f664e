import { checkGiven, checkOptions, checkPositiveInteger, StateError } from "@wayweave/geo-core";
import { type InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { Engine } from "../inference/engine.js";
import { openSession, type Provider } from "../inference/providers.js";
import { chooseEngine } from "./engines/choose.js";
import { type CompileInfo, NOTHING_COMPILED } from "./engines/engine.js";
import { gruOperatorOf } from "./engines/gru-operator.js";
import { withTfBackend } from "./engines/tf-engine.js";
import {
  type BatchEntry,
  checkHostTensor,
  copyOf,
  type HostTensor,
  resolveBatch,
  type TensorSpec,
  toTfTensor,
} from "./host-tensor.js";
import { record } from "./record/backend.js";
import { withOnnxGru } from "./record/kernels/gru.js";
import { type LoweredGraph, lowerGraph } from "./record/lower.js";
import type { TensorMap } from "./step-definition.js";
import { type Tensor, tf } from "./tfjs.js";

/** A pure function of parameters and inputs: one tensor, or several by name. */
export type Forward = (params: TensorMap, inputs: TensorMap) => Tensor | Readonly<Record<string, Tensor>>;

/** A function to run with given parameters, and where. */
export interface InferenceOptions {
  /** Called for every run by eager engines, and once for each set of input shapes by compiled ones. */
  readonly forward: Forward;
  /** Copied; later changes of the arrays change nothing. */
  readonly params: Readonly<Record<string, HostTensor>>;
  /** Types and shapes of the inputs; `null` for an extent that differs from call to call. */
  readonly inputSpec: Readonly<Record<string, TensorSpec>>;
  /** As for `createTrainStep`. */
  readonly engine?: Engine;
  /** As for `createTrainStep`. */
  readonly threads?: number;
  /** As for `createTrainStep`. */
  readonly onMessage?: (message: string) => void;
}

type Outputs = Record<string, HostTensor>;
type Inputs = Readonly<Record<string, HostTensor>>;

/** A forward function ready to run. A single result is named `output`. */
export interface Inference {
  /** The engine that runs it. */
  readonly engine: Exclude<Engine, "auto">;
  /** What compiling has cost so far; zero for eager engines. */
  readonly compileInfo: CompileInfo;
  /**
   * The function's results for inputs as `inputSpec` describes them, by name.
   *
   * @throws {ShapeError | ValueError} inputs that do not fit the `inputSpec`
   * @throws {StateError} disposed
   */
  run(inputs: Readonly<Record<string, BatchEntry>>): Promise<Outputs>;
  /** Frees parameters and compiled graphs. Further runs throw a StateError. */
  dispose(): Promise<void>;
}

interface ForwardRunner {
  readonly compileInfo: CompileInfo;
  run(inputs: Inputs): Promise<Outputs>;
  dispose(): Promise<void>;
}

const WHERE = "createInference";

/**
 * Makes a forward function runnable on any engine, while a model is still in training or being evaluated. (A model
 * that leaves the process is exported to ONNX instead.)
 *
 * @throws {ValueError | ShapeError} options that do not fit each other
 */
export async function createInference(options: InferenceOptions): Promise<Inference> {
  checkOptions(WHERE, options, ["forward", "params", "inputSpec", "engine", "threads", "onMessage"]);
  checkGiven(WHERE, "options", options);
  const { threads, inputSpec } = options;
  checkGiven(WHERE, "params", options.params);
  checkGiven(WHERE, "inputSpec", inputSpec);
  if (threads !== undefined) checkPositiveInteger(WHERE, "threads", threads);
  const params: Record<string, HostTensor> = {};
  for (const [name, value] of Object.entries(options.params)) {
    checkHostTensor(WHERE, name, value);
    params[name] = copyOf(value);
  }
  const onMessage = options.onMessage ?? ((message) => process.emitWarning(message));
  const chosen = await chooseEngine(WHERE, options.engine ?? "auto", onMessage, threads);
  const runner: ForwardRunner =
    chosen.kind === "eager"
      ? new EagerForward(options.forward, params, chosen.backend)
      : new CompiledForward(options.forward, params, chosen.provider, threads);
  let isDisposed = false;
  return {
    engine: chosen.engine,
    get compileInfo() {
      return runner.compileInfo;
    },
    async run(inputs) {
      if (isDisposed) throw new StateError("Inference.run: the inference is disposed");
      return runner.run(resolveBatch("Inference.run", inputSpec, inputs));
    },
    async dispose() {
      isDisposed = true;
      await runner.dispose();
    },
  };
}

function byName(result: Tensor | Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>> {
  return result instanceof tf.Tensor ? { output: result } : result;
}

class EagerForward implements ForwardRunner {
  readonly compileInfo = NOTHING_COMPILED;
  readonly #forward: Forward;
  readonly #backend: string;
  readonly #params: TensorMap;

  constructor(forward: Forward, params: Inputs, backend: string) {
    this.#forward = forward;
    this.#backend = backend;
    this.#params = withTfBackend(backend, () => toTensors(params));
  }

  async run(inputs: Inputs): Promise<Outputs> {
    const outputs: Outputs = {};
    withTfBackend(this.#backend, () =>
      tf.tidy(() => {
        const results = byName(this.#forward(this.#params, toTensors(inputs)));
        for (const [name, tensor] of Object.entries(results)) {
          const data = tensor.dataSync() as HostTensor["data"];
          outputs[name] = copyOf({ type: tensor.dtype as HostTensor["type"], shape: tensor.shape, data });
        }
      }),
    );
    return outputs;
  }

  async dispose(): Promise<void> {
    tf.dispose(this.#params as Record<string, Tensor>);
  }
}

function toTensors(values: Inputs): TensorMap {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toTfTensor(value)]));
}

/** One graph for each set of input shapes; the parameters are constants of it, so that they can be prepacked. */
class CompiledForward implements ForwardRunner {
  compileInfo: CompileInfo = NOTHING_COMPILED;
  readonly #forward: Forward;
  readonly #params: Inputs;
  readonly #provider: Provider;
  readonly #threads: number | undefined;
  readonly #sessions = new Map<string, Promise<InferenceSession>>();

  constructor(forward: Forward, params: Inputs, provider: Provider, threads: number | undefined) {
    this.#forward = forward;
    this.#params = params;
    this.#provider = provider;
    this.#threads = threads;
  }

  async run(inputs: Inputs): Promise<Outputs> {
    const key = JSON.stringify(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
    const loading = this.#sessions.get(key) ?? this.#compile(inputs);
    this.#sessions.set(key, loading);
    loading.catch(() => this.#sessions.delete(key));
    const session = await loading;
    const feeds: Record<string, OrtTensor> = {};
    for (const name of session.inputNames) {
      const { type, shape, data } = inputs[name]!;
      feeds[name] = new OrtTensor(type as "float32", data as Float32Array, shape);
    }
    const outputs: Outputs = {};
    for (const [name, tensor] of Object.entries(await session.run(feeds))) {
      const type = tensor.type as HostTensor["type"];
      outputs[name.slice("out/".length)] = {
        type,
        shape: tensor.dims,
        data: tensor.data as HostTensor["data"],
      };
    }
    return outputs;
  }

  async #compile(inputs: Inputs): Promise<InferenceSession> {
    const started = performance.now();
    const graph = withOnnxGru(gruOperatorOf(this.#provider), () => this.#record(inputs));
    const { session } = await openSession(WHERE, graph.bytes, {
      providers: [this.#provider],
      ...(this.#threads === undefined ? {} : { threads: this.#threads }),
    });
    this.compileInfo = {
      compileMs: this.compileInfo.compileMs + (performance.now() - started),
      nodeCount: this.compileInfo.nodeCount + graph.nodeCount,
      modelBytes: this.compileInfo.modelBytes + graph.bytes.byteLength,
      graphCount: this.compileInfo.graphCount + 1,
    };
    return session;
  }

  #record(inputs: Inputs): LoweredGraph {
    return record((recording) => {
      const tensors = Object.entries(inputs).map(([name, { shape, type }]) => [
        name,
        recording.input(name, shape, type),
      ]);
      const results = byName(this.#forward(toTensors(this.#params), Object.fromEntries(tensors)));
      const named = Object.entries(results).map(([name, tensor]) => ({
        name: `out/${name}`,
        value: recording.recorder.full(recording.recorded(tensor)),
      }));
      return lowerGraph("forward", recording.recorder.graph, named);
    });
  }

  async dispose(): Promise<void> {
    for (const loading of this.#sessions.values()) await (await loading.catch(() => undefined))?.release();
    this.#sessions.clear();
  }
}
