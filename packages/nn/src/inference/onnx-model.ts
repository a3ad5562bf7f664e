import { fileURLToPath } from "node:url";
import { FormatError, StateError } from "@wayweave/geo-core";
import { type InferenceSession, Tensor } from "onnxruntime-node";
import { type OnnxModelHeader, readOnnxHeader } from "../onnx/model-header.js";
import { isOnnxType, type OnnxData, type OnnxType } from "../onnx/types.js";
import { type Batch, OutputJoiner, planBatches } from "./batching.js";
import { checkInputs, checkOutputNames } from "./check-inputs.js";
import type { Inputs, Outputs, Predictor, RunOptions, TensorSpec } from "./predictor.js";
import { openSession, type Provider, type SessionOptions } from "./providers.js";

/** A model: the path or `file:` URL of an `.onnx` file, or its bytes. */
export type ModelSource = string | URL | Uint8Array;

/**
 * An ONNX model in this thread.
 *
 * `run` computes in the calling thread and blocks its event loop meanwhile, batch by batch; a server uses
 * {@link OnnxModelPool}. Call {@link dispose} to give the model's memory back.
 *
 * @example
 * const model = await OnnxModel.load("encoder.onnx", { providers: ["cuda", "cpu"], onMessage: console.warn });
 * const { embedding } = await model.run({ x: { data: Float32Array.of(1, 2), shape: [1, 2] } });
 */
export class OnnxModel implements Predictor {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly header: OnnxModelHeader;
  /** The provider in use. */
  readonly provider: Provider;
  #session: InferenceSession | undefined;
  readonly #running = new Set<Promise<unknown>>();

  private constructor(session: InferenceSession, provider: Provider, header: OnnxModelHeader) {
    this.#session = session;
    this.provider = provider;
    this.header = header;
    this.inputs = toSpecs(session.inputMetadata);
    this.outputs = toSpecs(session.outputMetadata);
  }

  /**
   * Loads a model onto the first of the listed providers that works.
   *
   * @throws {FormatError} not an ONNX model, or one with inputs or outputs that are not supported
   * @throws {StateError} no listed provider works, or ONNX Runtime refuses the model
   * @throws {ValueError} an unknown provider or a bad number of threads
   */
  static async load(source: ModelSource, options: SessionOptions = {}): Promise<OnnxModel> {
    const where = "OnnxModel.load";
    const location = source instanceof URL ? fileURLToPath(source) : source;
    const header = readOnnxHeader(location);
    const { session, provider } = await openSession(where, location, options);
    try {
      return new OnnxModel(session, provider, header);
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  get metadata(): Readonly<Record<string, string>> {
    return this.header.metadata;
  }

  /**
   * Runs the model.
   *
   * @param inputs a tensor for every input of the model
   * @returns the outputs by name
   * @throws {ValueError} an input is missing, unknown or of another type; an unknown output; a bad batchSize
   * @throws {ShapeError} an input does not fit the model, or outputs of batches do not fit together
   * @throws {StateError} the model was disposed
   */
  async run(inputs: Inputs, options: RunOptions = {}): Promise<Outputs> {
    const where = "OnnxModel.run";
    this.#open(where);
    const names = checkOutputNames(where, this.outputs, options.outputs);
    const plan = planBatches(where, checkInputs(where, this.inputs, inputs), options.batchSize);
    const joiner = new OutputJoiner(where, plan, this.outputs);
    for (const batch of plan.batches) {
      options.signal?.throwIfAborted();
      joiner.put(batch, await this.#runBatch(where, batch, names));
      options.onProgress?.({ done: batch.start + batch.count, total: plan.rows });
    }
    return joiner.outputs;
  }

  /** Gives the session's memory back, once the batches that run now are done. Calling it again does nothing. */
  async dispose(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await Promise.allSettled(this.#running);
    await session?.release();
  }

  async #runBatch(where: string, batch: Batch, names: readonly string[]): Promise<Outputs> {
    const feeds: Record<string, Tensor> = {};
    for (const { spec, data, shape } of batch.inputs) feeds[spec.name] = toTensor(spec.type, data, shape);
    const running = this.#open(where).run(feeds, [...names]);
    this.#running.add(running);
    const fetched = await running.finally(() => this.#running.delete(running));
    const outputs: Outputs = {};
    for (const name of names) {
      const tensor = fetched[name]!;
      outputs[name] = { type: tensor.type as OnnxType, shape: tensor.dims, data: tensor.data as OnnxData };
    }
    return outputs;
  }

  #open(where: string): InferenceSession {
    if (this.#session === undefined) throw new StateError(`${where}: the model was disposed`);
    return this.#session;
  }
}

function toTensor(type: OnnxType, data: OnnxData, shape: readonly number[]): Tensor {
  // The constructor's overloads tie each type to its array; `checkInputs` has made sure of that.
  return new Tensor(type as "float32", data as Float32Array, shape);
}

function toSpecs(metadata: readonly InferenceSession.ValueMetadata[]): TensorSpec[] {
  return metadata.map((value) => {
    if (!value.isTensor) {
      throw new FormatError(`OnnxModel.load: ${value.name} is not a tensor, which is not supported`);
    }
    if (!isOnnxType(value.type)) {
      throw new FormatError(`OnnxModel.load: ${value.name} is of type ${value.type}, which is not supported`);
    }
    return { name: value.name, type: value.type, shape: value.shape };
  });
}
