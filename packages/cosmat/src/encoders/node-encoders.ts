import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { checkGiven, checkOptions, FormatError } from "@wayweave/geo-core";
import { type ModelSource, OnnxModel, type SessionOptions } from "@wayweave/nn";
import { type ImageSource, type PixelOptions, readPixels } from "../images/pixels.js";
import { checkModelSource } from "../internal/arguments.js";
import type { ImageEncoder, TextEncoder } from "./encoder.js";
import { pixelEncoder } from "./image-encoder.js";
import { type TokenEncoderOptions, type TokenizerSource, tokenEncoder } from "./text-encoder.js";

/** Which input and output of a model {@link imageEncoder} uses, and what it makes of a photo. */
export interface ImageEncoderOptions {
  /** The input that takes the photos. @defaultValue the model's only input */
  readonly input?: string;
  /** The output that holds the features. @defaultValue the only one */
  readonly output?: string;
  /** How a photo becomes the model's input. @defaultValue 256 × 256, of which 224 × 224 are cut, ImageNet's mean and deviation */
  readonly preprocessing?: PixelOptions;
  /** Photos in memory at a time. @defaultValue 8 */
  readonly batchSize?: number;
  /** What it is called in messages, reports and saved indexes. @defaultValue the file's name */
  readonly name?: string;
  /** Where the model runs. */
  readonly session?: SessionOptions;
}

/**
 * Photos → vectors, by any ONNX model that takes `[batch, 3, side, side]`.
 *
 * @param onnx a file or its bytes
 * @throws {FormatError} no ONNX model
 * @throws {ValueError} an input or output that is not there, an unknown option
 * @example
 * const encoder = await imageEncoder("efficientnet-lite0.onnx", { output: "features", preprocessing: efficientNetLitePixels });
 * const { columns } = await encoder.encode(["a.jpg", "b.jpg"]); // 1280
 */
export async function imageEncoder(
  onnx: ModelSource,
  options: ImageEncoderOptions = {},
): Promise<ImageEncoder<ImageSource>> {
  const where = "imageEncoder";
  checkOptions(where, options, ["input", "output", "preprocessing", "batchSize", "name", "session"]);
  checkModelSource(where, "onnx", onnx);
  const { preprocessing, session, name = nameOf(onnx, "image encoder"), ...rest } = options;
  const model = await OnnxModel.load(onnx, session);
  try {
    return pixelEncoder<ImageSource>(where, model, {
      ...rest,
      name,
      read: (image) => readPixels(image, preprocessing),
    });
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

/**
 * Texts → vectors, by any ONNX model of the BERT kind.
 *
 * @param onnx a file or its bytes
 * @param tokenizer the file `tokenizer.json`, its contents, or an object that encodes
 * @throws {FormatError} no ONNX model, no tokenizer
 * @example await textEncoder("bge-small-zh-v1.5-q.onnx", "bge-small-zh-v1.5-q-tokenizer.json", { pooling: "cls" })
 */
export async function textEncoder(
  onnx: ModelSource,
  tokenizer: string | URL | TokenizerSource,
  options: TokenEncoderOptions & { readonly session?: SessionOptions } = {},
): Promise<TextEncoder> {
  const where = "textEncoder";
  checkOptions(where, options, ["pooling", "maxTokens", "output", "name", "session"]);
  checkModelSource(where, "onnx", onnx);
  if (typeof tokenizer !== "string") checkGiven(where, "tokenizer", tokenizer);
  const { session, name = nameOf(onnx, "text encoder"), ...rest } = options;
  const source =
    typeof tokenizer === "string" || "href" in tokenizer
      ? await readJson(tokenizer as string | URL)
      : tokenizer;
  const model = await OnnxModel.load(onnx, session);
  try {
    return tokenEncoder(where, model, source as TokenizerSource, { ...rest, name });
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

function nameOf(source: ModelSource, fallback: string): string {
  if (typeof source === "string") return basename(source);
  return "href" in source ? basename(source.pathname) : fallback;
}

async function readJson(file: string | URL): Promise<unknown> {
  const text = await readFile(file, "utf8");
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FormatError("must be a tokenizer.json", { file: basename(String(file)) }, { cause });
  }
}
