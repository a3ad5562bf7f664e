import {
  checkOptions,
  checkPositiveInteger,
  isFloat32Array,
  ShapeError,
  ValueError,
} from "@wayweave/geo-core";
import { type ModelSource, OnnxModel, type SessionOptions } from "@wayweave/nn";
import type { Matrix } from "@wayweave/numeric";
import { checkModelSource } from "../internal/arguments.js";
import { type ImageSource, type PixelOptions, readPixels } from "./pixels.js";

/** Which output of a model {@link ImageBackbone} gives, what it makes of an image, and where it runs. */
export interface BackboneOptions extends PixelOptions {
  /** The output that holds the features. @defaultValue the only one */
  readonly output?: string;
  /** Where the model runs. */
  readonly session?: SessionOptions;
}

/** How {@link ImageBackbone.features} goes through images. */
export interface FeatureRunOptions {
  /** Images in memory at a time. @defaultValue 16 */
  readonly batchSize?: number;
  /** Called after every batch, with the images that are done. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Stops before the next batch; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * VisNet by any ONNX model that takes one input `[batch, 3, side, side]`: image files → features.
 *
 * @example
 * const visNet = await ImageBackbone.load("alexnet.onnx", { output: "fc7" });
 * const features = await visNet.features(["a.jpg", "b.jpg"]);
 */
export class ImageBackbone {
  readonly #model: OnnxModel;
  readonly #output: string;
  readonly #pixels: PixelOptions;

  private constructor(model: OnnxModel, output: string, pixels: PixelOptions) {
    this.#model = model;
    this.#output = output;
    this.#pixels = pixels;
  }

  /**
   * @throws {FormatError} not an ONNX model
   * @throws {ValueError} more than one input, or an output that is not there or not named among several
   */
  static async load(source: ModelSource, options: BackboneOptions = {}): Promise<ImageBackbone> {
    const where = "ImageBackbone.load";
    checkOptions(where, options, ["output", "session", "resize", "crop", "mean", "deviation"]);
    const { output, session, ...pixels } = options;
    checkModelSource(where, "source", source);
    const model = await OnnxModel.load(source, session);
    const names = model.outputs.map(({ name }) => name);
    const chosen = output ?? (names.length === 1 ? names[0]! : undefined);
    if (model.inputs.length !== 1 || chosen === undefined || !names.includes(chosen)) {
      await model.dispose();
      if (model.inputs.length !== 1) {
        throw new ValueError(`${where}: the model must have one input, got ${model.inputs.length}`);
      }
      throw new ValueError(`${where}: output must be one of ${names.join(", ")}, got ${output ?? "none"}`);
    }
    return new ImageBackbone(model, chosen, pixels);
  }

  /**
   * @param images at least one
   * @returns `[images, features]`; further axes of the output are flattened
   * @throws {FormatError} an image that cannot be read; names the file
   */
  async features(images: readonly ImageSource[], options: FeatureRunOptions = {}): Promise<Matrix> {
    const where = "ImageBackbone.features";
    checkOptions(where, options, ["batchSize", "onProgress", "signal"]);
    const { batchSize = 16, onProgress, signal } = options;
    checkPositiveInteger(where, "images.length", images.length);
    checkPositiveInteger(where, "batchSize", batchSize);
    const parts: Float32Array[] = [];
    for (let start = 0; start < images.length; start += batchSize) {
      signal?.throwIfAborted();
      const batch = images.slice(start, start + batchSize);
      parts.push(await this.#run(where, batch));
      onProgress?.({ done: start + batch.length, total: images.length });
    }
    const data = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      data.set(part, at);
      at += part.length;
    }
    return { rows: images.length, columns: data.length / images.length, data };
  }

  /** Gives the model's memory back. */
  async dispose(): Promise<void> {
    await this.#model.dispose();
  }

  async #run(where: string, images: readonly ImageSource[]): Promise<Float32Array> {
    const pixels = await Promise.all(images.map((image) => readPixels(image, this.#pixels)));
    const size = pixels[0]!.length;
    const side = Math.sqrt(size / 3);
    const data = new Float32Array(images.length * size);
    pixels.forEach((image, i) => {
      data.set(image, i * size);
    });
    const input = { data, shape: [images.length, 3, side, side] };
    const outputs = await this.#model.run(
      { [this.#model.inputs[0]!.name]: input },
      { outputs: [this.#output] },
    );
    const { shape, data: features } = outputs[this.#output]!;
    if (shape[0] !== images.length || !isFloat32Array(features)) {
      throw new ShapeError(
        `${where}: ${this.#output} must be float32 with ${images.length} rows, got [${shape.join(", ")}]`,
      );
    }
    return features;
  }
}
