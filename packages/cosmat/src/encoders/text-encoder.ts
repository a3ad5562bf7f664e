import { Tokenizer } from "@huggingface/tokenizers";
import {
  checkOneOf,
  checkOptions,
  checkPositiveInteger,
  FormatError,
  isFloat32Array,
  Pace,
  ShapeError,
  ValueError,
} from "@wayweave/geo-core";
import type { Predictor } from "@wayweave/nn/inference";
import { type EncodeOptions, joinRows, type TextEncoder } from "./encoder.js";
import { chooseTensor } from "./image-encoder.js";

/** How a text's tokens become one vector. */
export interface TokenEncoderOptions {
  /** How the tokens' vectors become one: their mean, or the first token's. @defaultValue "mean" */
  readonly pooling?: "mean" | "cls";
  /** Longer texts are cut; the last token (the end mark) stays. @defaultValue 256 */
  readonly maxTokens?: number;
  /** The output that holds a vector for each token, `[batch, tokens, d]`, or for each text. @defaultValue the only one */
  readonly output?: string;
  /** What it is called in messages, reports and saved indexes. @defaultValue "text encoder" */
  readonly name?: string;
}

export interface TokenIds {
  readonly ids: readonly number[];
}

/** Whatever turns a text into numbers: a class of this interface, or the contents of a `tokenizer.json`. */
export type TokenizerSource = { encode(text: string): TokenIds } | Readonly<Record<string, unknown>>;

const poolings = ["mean", "cls"] as const;

/**
 * A text encoder by any model of the BERT kind: `input_ids`, and `attention_mask` and `token_type_ids` where it has them.
 *
 * Texts run one at a time: a model of 8-bit weights scales its activations by the whole batch, so a text's vector would depend
 * on its neighbours.
 *
 * @throws {ValueError} no `input_ids`, an output that is not there, an unknown option
 * @throws {FormatError} contents that are no `tokenizer.json`
 */
export function tokenEncoder(
  where: string,
  model: Predictor,
  tokenizer: TokenizerSource,
  options: TokenEncoderOptions = {},
): TextEncoder {
  checkOptions(where, options, ["pooling", "maxTokens", "output", "name"]);
  const { pooling = "mean", maxTokens = 256, name = "text encoder" } = options;
  checkOneOf(where, "pooling", pooling, poolings);
  checkPositiveInteger(where, "maxTokens", maxTokens);
  const output = chooseTensor(where, "output", model.outputs, options.output);
  const inputs = model.inputs.map((input) => input.name);
  if (!inputs.includes("input_ids")) {
    throw new ValueError(`${where}: the model must have an input input_ids, got ${inputs.join(", ")}`);
  }
  const tokens = tokenizerOf(where, tokenizer);
  return {
    name,
    async encode(texts: readonly string[], { onProgress, signal }: EncodeOptions = {}) {
      checkPositiveInteger(`${name}.encode`, "texts.length", texts.length);
      const pace = new Pace(signal);
      const parts: Float32Array[] = [];
      for (const [i, text] of texts.entries()) {
        await pace.step();
        if (typeof text !== "string") {
          throw new ValueError(
            `${name}.encode: texts[${i}] must be a string, got ${text === null ? "null" : typeof text}`,
          );
        }
        const ids = truncated(tokens.encode(text).ids, maxTokens);
        if (ids.length === 0 || !ids.every(Number.isSafeInteger)) {
          throw new ValueError(
            `${name}.encode: the tokenizer must make at least one whole number of texts[${i}], got [${ids.join(", ")}]`,
          );
        }
        parts.push(await runText(name, model, inputs, output, ids, pooling));
        onProgress?.({ done: i + 1, total: texts.length });
      }
      return joinRows(parts, texts.length);
    },
    dispose: () => model.dispose(),
  };
}

function tokenizerOf(where: string, source: TokenizerSource): { encode(text: string): TokenIds } {
  if (
    typeof source === "object" &&
    source !== null &&
    "encode" in source &&
    typeof source.encode === "function"
  ) {
    return source as { encode(text: string): TokenIds };
  }
  try {
    return new Tokenizer(source, {});
  } catch (cause) {
    throw new FormatError(`${where}: tokenizer must be the contents of a tokenizer.json`, {}, { cause });
  }
}

function truncated(ids: readonly number[], most: number): readonly number[] {
  return ids.length <= most ? ids : [...ids.slice(0, most - 1), ids.at(-1)!];
}

async function runText(
  name: string,
  model: Predictor,
  inputs: readonly string[],
  output: string,
  ids: readonly number[],
  pooling: (typeof poolings)[number],
): Promise<Float32Array> {
  const shape = [1, ids.length];
  const filled = (value: bigint) => ({ data: new BigInt64Array(ids.length).fill(value), shape });
  const given = {
    input_ids: { data: BigInt64Array.from(ids, BigInt), shape },
    ...(inputs.includes("attention_mask") ? { attention_mask: filled(1n) } : {}),
    ...(inputs.includes("token_type_ids") ? { token_type_ids: filled(0n) } : {}),
  };
  const outputs = await model.run(given, { outputs: [output] });
  const { shape: got, data } = outputs[output]!;
  if (!isFloat32Array(data) || (got.length !== 2 && got.length !== 3)) {
    throw new ShapeError(`${name}: ${output} must be float32 of 2 or 3 axes, got [${got.join(", ")}]`);
  }
  const columns = got.at(-1)!;
  if (got.length === 2 || pooling === "cls") return data.slice(0, columns);
  const mean = new Float32Array(columns);
  for (let t = 0; t < ids.length; t++) {
    for (let j = 0; j < columns; j++) mean[j] = mean[j]! + data[t * columns + j]! / ids.length;
  }
  return mean;
}
