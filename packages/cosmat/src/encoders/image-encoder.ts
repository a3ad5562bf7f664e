import {
  checkOptions,
  checkPositiveInteger,
  isFloat32Array,
  ShapeError,
  ValueError,
} from "@wayweave/geo-core";
import type { Predictor } from "@wayweave/nn/inference";
import { type EncodeOptions, type ImageEncoder, joinRows } from "./encoder.js";

export interface PixelEncoderOptions<Image> {
  /** @defaultValue the model's only input */
  readonly input?: string;
  /** The output that holds the features; further axes are flattened. @defaultValue the only one */
  readonly output?: string;
  /** Images in memory at a time. @defaultValue 8 */
  readonly batchSize?: number;
  /** @defaultValue "image encoder" */
  readonly name?: string;
  /** An image as the network's input, `[3, side, side]`, red first. */
  readonly read: (image: Image) => Promise<Float32Array> | Float32Array;
}

/**
 * An image encoder by any model that takes `[batch, 3, side, side]`: in Node, in a page, wherever the model runs.
 *
 * @throws {ValueError} an input or output that is not there, or not named among several; an unknown option
 */
export function pixelEncoder<Image>(
  where: string,
  model: Predictor,
  options: PixelEncoderOptions<Image>,
): ImageEncoder<Image> {
  checkOptions(where, options, ["input", "output", "batchSize", "name", "read"]);
  const { batchSize = 8, name = "image encoder", read } = options;
  checkPositiveInteger(where, "batchSize", batchSize);
  const input = chooseTensor(where, "input", model.inputs, options.input);
  const output = chooseTensor(where, "output", model.outputs, options.output);
  return {
    name,
    async encode(images: readonly Image[], { onProgress, signal }: EncodeOptions = {}) {
      checkPositiveInteger(`${name}.encode`, "images.length", images.length);
      const parts: Float32Array[] = [];
      for (let start = 0; start < images.length; start += batchSize) {
        signal?.throwIfAborted();
        const batch = images.slice(start, start + batchSize);
        const pixels = await Promise.all(batch.map((image) => read(image)));
        parts.push(await runBatch(name, model, input, output, pixels));
        onProgress?.({ done: start + batch.length, total: images.length });
      }
      return joinRows(parts, images.length);
    },
    dispose: () => model.dispose(),
  };
}

/** The named tensor, or the only one. */
export function chooseTensor(
  where: string,
  kind: "input" | "output",
  specs: Predictor["inputs"],
  wanted: string | undefined,
): string {
  const names = specs.map(({ name }) => name);
  const chosen = wanted ?? (names.length === 1 ? names[0] : undefined);
  if (chosen === undefined || !names.includes(chosen)) {
    throw new ValueError(`${where}: ${kind} must be one of ${names.join(", ")}, got ${wanted ?? "none"}`);
  }
  return chosen;
}

async function runBatch(
  name: string,
  model: Predictor,
  input: string,
  output: string,
  pixels: readonly Float32Array[],
): Promise<Float32Array> {
  const size = pixels[0]!.length;
  const side = Math.sqrt(size / 3);
  const data = new Float32Array(pixels.length * size);
  pixels.forEach((image, i) => {
    data.set(image, i * size);
  });
  const outputs = await model.run(
    { [input]: { data, shape: [pixels.length, 3, side, side] } },
    { outputs: [output] },
  );
  const { shape, data: features } = outputs[output]!;
  if (shape[0] !== pixels.length || !isFloat32Array(features)) {
    throw new ShapeError(
      `${name}: ${output} must be float32 with ${pixels.length} rows, got [${shape.join(", ")}]`,
    );
  }
  return features;
}
