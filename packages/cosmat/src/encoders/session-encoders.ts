import type { Predictor } from "@wayweave/nn/inference";
import type { ImageEncoder, TextEncoder } from "./encoder.js";
import { type PixelEncoderOptions, pixelEncoder } from "./image-encoder.js";
import { type TokenEncoderOptions, type TokenizerSource, tokenEncoder } from "./text-encoder.js";

/**
 * Images → vectors, by a model of any runtime (`SessionModel` of `@wayweave/nn/inference` wraps one of onnxruntime-web).
 *
 * @throws {ValueError} an input or output that is not there, an unknown option
 * @example
 * const model = await SessionModel.load(bytes, ort);
 * const encoder = imageEncoder(model, { output: "features", read: (bitmap) => canvasPixels(bitmap, { resize: 256, crop: 224 }) });
 */
export function imageEncoder<Image>(
  model: Predictor,
  options: PixelEncoderOptions<Image>,
): ImageEncoder<Image> {
  return pixelEncoder("imageEncoder", model, options);
}

/** Texts → vectors, by a model of any runtime. As of `@wayweave/cosmat/encoders`, but the model is loaded by the caller. */
export function textEncoder(
  model: Predictor,
  tokenizer: TokenizerSource,
  options: TokenEncoderOptions = {},
): TextEncoder {
  return tokenEncoder("textEncoder", model, tokenizer, options);
}
