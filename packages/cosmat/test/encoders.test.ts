import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { FormatError, Random, StateError, ValueError } from "@wayweave/geo-core";
import { GraphBuilder, OnnxModel } from "@wayweave/nn";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { imageEncoder, textEncoder } from "../src/encoders/node-encoders.js";
import { openImageEncoder, openTextEncoder } from "../src/encoders/open-encoder.js";
import { encoderRecipes } from "../src/encoders/recipes.js";
import { readTorchWeights, type TorchTensor } from "../src/encoders/torch-weights.js";
import { efficientNetLiteOnnx } from "../src/images/efficientnet-lite.js";
import { torchAlexNetOnnx } from "../src/images/torch-alexnet.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "encoders-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Token t's vector is [t, 1]: `last_hidden_state` of a model that only knows its input. */
function tokenModel(): Uint8Array {
  const graph = new GraphBuilder({ name: "tokens" });
  const ids = graph.input("input_ids", "int64", ["batch", "tokens"]);
  const mask = graph.input("attention_mask", "int64", ["batch", "tokens"]);
  const shape = ["batch", "tokens"] as const;
  const column = (x: typeof ids) => {
    const float = graph.node1("Cast", [x], { type: "float32", shape: [...shape] }, { to: { i: 1 } });
    const axes = graph.constant("int64", [1], [2]);
    return graph.node1("Unsqueeze", [float, axes], { type: "float32", shape: [...shape, 1] });
  };
  const joined = graph.node1(
    "Concat",
    [column(ids), column(mask)],
    { type: "float32", shape: [...shape, 2] },
    { axis: { i: 2 } },
  );
  graph.output(joined, "last_hidden_state");
  return graph.toBytes();
}

/** A small tokenizer.json of BERT's kind. */
const tokenizerJson = {
  version: "1.0",
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: null,
  decoder: null,
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    vocab: { "[UNK]": 0, church: 1, night: 2, sea: 3 },
  },
};

describe("textEncoder", () => {
  it("tokenises by a tokenizer.json, and takes the tokens' mean or the first", async () => {
    const file = path.join(folder, "tokenizer.json");
    await writeFile(file, JSON.stringify(tokenizerJson));
    const mean = await textEncoder(tokenModel(), file);
    // church 1, night 2: mean [1.5, 1]; sea 3, sea 3, unknown 0: [2, 1]
    expect([...(await mean.encode(["church night", "sea sea shell"])).data]).toEqual([1.5, 1, 2, 1]);
    await mean.dispose();
    const first = await textEncoder(tokenModel(), tokenizerJson, { pooling: "cls" });
    expect([...(await first.encode(["night church"])).data]).toEqual([2, 1]);
    await first.dispose();
  });

  it("cuts long texts but keeps their last token, takes any tokenizer, and stops", async () => {
    const codes = {
      encode: (text: string) => ({ ids: [...text].map((letter) => letter.charCodeAt(0) - 96) }),
    };
    const encoder = await textEncoder(tokenModel(), codes, { maxTokens: 3 });
    // a 1, b 2 … z 26: (1 + 2 + 26) / 3
    expect((await encoder.encode(["abcdz"])).data[0]).toBeCloseTo(29 / 3, 5);
    await expect(encoder.encode(["a"], { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    await expect(encoder.encode([null as never])).rejects.toThrow(
      new ValueError("text encoder.encode: texts[0] must be a string, got null"),
    );
    await encoder.dispose();
  });

  it("says what is wrong with model, tokenizer and options", async () => {
    await expect(textEncoder(tokenModel(), tokenizerJson, { output: "logits" })).rejects.toThrow(
      new ValueError("textEncoder: output must be one of last_hidden_state, got logits"),
    );
    await expect(textEncoder(tokenModel(), tokenizerJson, { pool: "cls" } as never)).rejects.toThrow(
      new ValueError('textEncoder: unknown option "pool"; did you mean "pooling"?'),
    );
    await expect(textEncoder(tokenModel(), { model: {} })).rejects.toThrow(FormatError);
  });
});

describe("imageEncoder", () => {
  it("has a row an image, whatever the batches", async () => {
    const graph = new GraphBuilder({ name: "means" });
    const pixels = graph.input("pixels", "float32", ["batch", 3, 4, 4]);
    const axes = graph.constant("int64", [2], [2, 3]);
    const means = graph.node1(
      "ReduceMean",
      [pixels, axes],
      { type: "float32", shape: ["batch", 3] },
      { keepdims: { i: 0 } },
    );
    graph.output(means, "features");
    const preprocessing = { resize: 4, crop: 4, mean: [0, 0, 0], deviation: [1, 1, 1] };
    const encoder = await imageEncoder(graph.toBytes(), { preprocessing, batchSize: 2 });
    const photo = (background: string) =>
      sharp({ create: { width: 9, height: 6, channels: 3, background } })
        .png()
        .toBuffer();
    const photos = await Promise.all(["#ff0000", "#00ff00", "#0000ff"].map(photo));
    const { rows, columns, data } = await encoder.encode(photos);
    expect([rows, columns]).toEqual([3, 3]);
    [1, 0, 0, 0, 1, 0, 0, 0, 1].forEach((value, i) => {
      expect(data[i]).toBeCloseTo(value, 5);
    });
    await encoder.dispose();
  });
});

describe("recipes", () => {
  it("name client, package, size and licence where the archive is missing", async () => {
    for (const {
      id,
      modality,
      package: { client, name },
      license,
    } of encoderRecipes) {
      const open = modality === "image" ? openImageEncoder(id, { folder }) : openTextEncoder(id, { folder });
      const error = await open.catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(StateError);
      const { message } = error as Error;
      for (const part of [`${client} `, name, license, "MB"]) expect(message).toContain(part);
    }
  });

  it("refuse another archive, and an id of another kind", async () => {
    const { archive } = encoderRecipes.find(({ id }) => id === "minilm")!;
    await writeFile(path.join(folder, archive.file), "no jar");
    await expect(openTextEncoder("minilm", { folder })).rejects.toThrow(
      new FormatError(`must have ${archive.bytes} bytes, got 6`, { file: archive.file }),
    );
    await expect(openTextEncoder("efficientnet-lite0", { folder })).rejects.toThrow(
      new ValueError('openTextEncoder: id must be one of bge-small-zh, minilm, got "efficientnet-lite0"'),
    );
  });
});

describe("readTorchWeights", () => {
  it("reads a state dict as PyTorch wrote it, transposed tensors too, and leaves out counters", async () => {
    // Made by scripts/parity/cosmat_torch-weights.py
    const bytes = await readFile(new URL("golden/state-dict.pth", import.meta.url));
    const weights = readTorchWeights(bytes);
    expect([...weights.keys()]).toEqual(["layer.weight", "layer.bias", "turned.weight"]);
    expect(weights.get("layer.weight")).toEqual({ shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) });
    expect(weights.get("layer.bias")).toEqual({ shape: [2], data: Float32Array.of(0.5, -0.5) });
    // [[0, 1, 2], [3, 4, 5]] turned: columns are the storage's rows
    expect(weights.get("turned.weight")).toEqual({ shape: [3, 2], data: Float32Array.of(0, 3, 1, 4, 2, 5) });
    expect(() => readTorchWeights(bytes.subarray(0, -4))).toThrow(FormatError);
  });

  it("executes nothing: a pickle that calls anything else is an error", () => {
    // c os \n system \n ( X "x" t R .
    const evil = Buffer.concat([Buffer.from("\x80\x02cos\nsystem\n(X\x01\x00\x00\x00xtR.", "latin1")]);
    expect(() => readTorchWeights(evil)).toThrow("a pickle that calls system is not read here");
    expect(() => readTorchWeights(Buffer.from("PK\x03\x04"))).toThrow(/_use_new_zipfile_serialization=False/);
  });
});

describe("networks from published weights", () => {
  it("name the layer that is missing or of another shape", () => {
    expect(() => efficientNetLiteOnnx(new Map())).toThrow(
      new FormatError("EfficientNet-Lite0's weights must hold _conv_stem.weight, got 0 other tensors"),
    );
    const wrong = new Map([
      ["features.0.weight", { shape: [96, 3, 11, 11], data: new Float32Array(96 * 363) }],
    ]);
    expect(() => torchAlexNetOnnx(wrong)).toThrow(
      new FormatError("AlexNet's features.0.weight must have shape [64, 3, 11, 11], got [96, 3, 11, 11]"),
    );
  });

  it("AlexNet by PyTorch's names has fc6, fc7 and logits", async () => {
    const random = new Random(1);
    const tensor = (...shape: number[]): TorchTensor => {
      const count = shape.reduce((a, b) => a * b, 1);
      const scale = Math.sqrt((2 * shape[0]!) / count);
      return { shape, data: Float32Array.from({ length: count }, () => scale * random.normal()) };
    };
    const filters = [64, 192, 384, 256, 256];
    const weights = new Map<string, TorchTensor>();
    [0, 3, 6, 8, 10].forEach((layer, i) => {
      const size = [11, 5, 3, 3, 3][i]!;
      weights.set(`features.${layer}.weight`, tensor(filters[i]!, i === 0 ? 3 : filters[i - 1]!, size, size));
      weights.set(`features.${layer}.bias`, tensor(filters[i]!));
    });
    // Few neurons: the widths of the dense layers follow from the weights.
    weights.set("classifier.1.weight", tensor(8, 256 * 36)).set("classifier.1.bias", tensor(8));
    weights.set("classifier.4.weight", tensor(8, 8)).set("classifier.4.bias", tensor(8));
    weights.set("classifier.6.weight", tensor(5, 8)).set("classifier.6.bias", tensor(5));
    const model = await OnnxModel.load(torchAlexNetOnnx(weights));
    const { fc7, logits } = await model.run({
      pixels: { data: new Float32Array(3 * 224 * 224).fill(0.3), shape: [1, 3, 224, 224] },
    });
    expect(fc7!.shape).toEqual([1, 8]);
    expect(logits!.shape).toEqual([1, 5]);
    await model.dispose();
  });
});
