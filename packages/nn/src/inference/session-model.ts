import { FormatError, ValueError } from "@wayweave/geo-core";
import { type OnnxModelHeader, readOnnxHeader } from "../onnx/model-header.js";
import { checkBytes, firstLineOf } from "../onnx/realm.js";
import type { Inputs, Outputs, Predictor, RunOptions, TensorSpec } from "./predictor.js";
import type { OnnxRuntime } from "./session.js";
import { SessionRunner } from "./session-runner.js";

/**
 * An ONNX model on a runtime that the application brings: onnxruntime-web in a browser, or any other with the same
 * `InferenceSession`. Behaves as `OnnxModel`, which is for Node.
 *
 * @example
 * import * as ort from "onnxruntime-web";
 * const bytes = new Uint8Array(await (await fetch("encoder.onnx")).arrayBuffer());
 * const model = await SessionModel.load(bytes, ort, { executionProviders: ["webgpu", "wasm"] });
 * const { embedding } = await model.run({ x: { data: Float32Array.of(1, 2), shape: [1, 2] } }, { batchSize: 64 });
 */
export class SessionModel implements Predictor {
  /** What the model takes. */
  readonly inputs: readonly TensorSpec[];
  /** What the model gives. */
  readonly outputs: readonly TensorSpec[];
  /** What the file says about itself. */
  readonly header: OnnxModelHeader;
  readonly #runner: SessionRunner;

  private constructor(runner: SessionRunner, header: OnnxModelHeader) {
    this.#runner = runner;
    this.inputs = runner.inputs;
    this.outputs = runner.outputs;
    this.header = header;
  }

  /**
   * Loads a model.
   *
   * @param bytes an `.onnx` file
   * @param runtime the module: `import * as ort from "onnxruntime-web"`
   * @param sessionOptions handed to the runtime's `InferenceSession.create`
   * @throws {FormatError} not an ONNX model, one that the runtime refuses, or one with inputs or outputs that are not supported
   * @throws {ValueError} a runtime without `InferenceSession.create` or `Tensor`
   */
  static async load(
    bytes: Uint8Array,
    runtime: OnnxRuntime,
    sessionOptions: Readonly<Record<string, unknown>> = {},
  ): Promise<SessionModel> {
    const where = "SessionModel.load";
    checkBytes(where, bytes);
    if (typeof runtime?.InferenceSession?.create !== "function" || typeof runtime.Tensor !== "function") {
      throw new ValueError(
        `${where}: runtime must have InferenceSession.create and Tensor, as the module onnxruntime-web has`,
      );
    }
    const header = readOnnxHeader(bytes);
    let session: Awaited<ReturnType<OnnxRuntime["InferenceSession"]["create"]>>;
    try {
      session = await runtime.InferenceSession.create(bytes, sessionOptions);
    } catch (cause) {
      throw new FormatError(
        `${where}: the runtime does not take the model: ${firstLineOf(cause)}`,
        {},
        { cause },
      );
    }
    try {
      return new SessionModel(new SessionRunner(where, session, runtime.Tensor), header);
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
   * Runs the model. Calls wait for each other.
   *
   * @param inputs a tensor for every input of the model
   * @returns the outputs by name
   * @throws {ValueError} an input is missing, unknown or of another type; an unknown output or option; a bad batchSize
   * @throws {ShapeError} an input does not fit the model, or outputs of batches do not fit together
   * @throws {StateError} the model was disposed
   */
  async run(inputs: Inputs, options: RunOptions = {}): Promise<Outputs> {
    return this.#runner.run("SessionModel.run", inputs, options);
  }

  /** Gives the session's memory back, once the batch that runs now is done. Calling it again does nothing. */
  async dispose(): Promise<void> {
    await this.#runner.dispose();
  }
}
