import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { writeAtomically } from "@wayweave/geo-core/node";
import { OnnxModel, type SessionOptions } from "@wayweave/nn";
import { TripModel } from "./trip-model.js";

/**
 * A trained E2DTC model: tells which cluster a trajectory belongs to.
 *
 * Everything from longitude and latitude to the label is one ONNX file, run by ONNX Runtime; tfjs is only needed to train
 * (`@wayweave/e2dtc/train`). Call {@link dispose} when done.
 *
 * @example
 * const model = await E2DTC.load("clusters.onnx");
 * const { labels } = await model.predict(trips);
 */
export class E2DTC extends TripModel {
  readonly #bytes: Uint8Array;

  protected constructor(bytes: Uint8Array, model: OnnxModel) {
    super(model, "E2DTC");
    this.#bytes = bytes;
  }

  /**
   * Loads a saved model, from its file or its bytes.
   *
   * @throws {FormatError} a file that is no E2DTC model
   */
  static async load(source: string | Uint8Array, options: SessionOptions = {}): Promise<E2DTC> {
    const bytes = typeof source === "string" ? new Uint8Array(await readFile(source)) : source;
    const model = await OnnxModel.load(bytes, options);
    try {
      return new E2DTC(bytes, model);
    } catch (error) {
      await model.dispose();
      throw error;
    }
  }

  /** Writes the model as one `.onnx` file, atomically. */
  async save(file: string): Promise<void> {
    await mkdir(path.dirname(path.resolve(file)), { recursive: true });
    await writeAtomically(file, (write) => write(this.#bytes));
  }

  /** A copy of the `.onnx` file. */
  toBytes(): Uint8Array {
    return this.#bytes.slice();
  }
}
