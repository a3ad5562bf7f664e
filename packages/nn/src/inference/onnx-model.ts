import { fileURLToPath } from "node:url";
import { isUint8Array, ValueError } from "@wayweave/geo-core";
import { Tensor } from "onnxruntime-node";
import type { OnnxModelHeader } from "../onnx/model-header.js";
import { readOnnxHeaderOf } from "../onnx/model-header-file.js";
import type { Inputs, Outputs, Predictor, RunOptions, TensorSpec } from "./predictor.js";
import { checkSessionOptions, openSession, type Provider, type SessionOptions } from "./providers.js";
import { SessionRunner } from "./session-runner.js";

/** A model: the path or `file:` URL of an `.onnx` file, or its bytes. */
export type ModelSource = string | URL | Uint8Array;

/** A path, or bytes. @throws {ValueError} anything else */
export function locationOf(where: string, source: ModelSource): string | Uint8Array {
  if ((typeof source === "string" && source !== "") || isUint8Array(source)) return source;
  // A URL of another realm is one too.
  const href = (source as Partial<URL> | null | undefined)?.href;
  if (typeof href === "string" && href.startsWith("file:")) return fileURLToPath(href);
  const got = href ?? source;
  throw new ValueError(
    `${where}: source must be the path or file: URL of an .onnx file, or its bytes as a Uint8Array, got ${typeof got === "string" ? JSON.stringify(got) : Object.prototype.toString.call(got)}`,
  );
}

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
  /** What the model takes. */
  readonly inputs: readonly TensorSpec[];
  /** What the model gives. */
  readonly outputs: readonly TensorSpec[];
  /** What the file says about itself. */
  readonly header: OnnxModelHeader;
  /** The provider in use. */
  readonly provider: Provider;
  readonly #runner: SessionRunner;

  private constructor(runner: SessionRunner, provider: Provider, header: OnnxModelHeader) {
    this.#runner = runner;
    this.provider = provider;
    this.header = header;
    this.inputs = runner.inputs;
    this.outputs = runner.outputs;
  }

  /**
   * Loads a model onto the first of the listed providers that works.
   *
   * @throws {FormatError} not an ONNX model, or one with inputs or outputs that are not supported
   * @throws {StateError} no listed provider works, or ONNX Runtime refuses the model
   * @throws {ValueError} no such source, an unknown provider or option, or a bad number of threads
   */
  static async load(source: ModelSource, options: SessionOptions = {}): Promise<OnnxModel> {
    const where = "OnnxModel.load";
    checkSessionOptions(where, options);
    const location = locationOf(where, source);
    const header = readOnnxHeaderOf(location);
    const { session, provider } = await openSession(where, location, options);
    try {
      return new OnnxModel(new SessionRunner(where, session, Tensor), provider, header);
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /** The model's `metadata_props`. */
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
    return this.#runner.run("OnnxModel.run", inputs, options);
  }

  /** Gives the session's memory back, once the batch that runs now is done. Calling it again does nothing. */
  async dispose(): Promise<void> {
    await this.#runner.dispose();
  }
}
