import { checkGiven, checkOptions, FormatError, isFloat64Array, ValueError } from "@wayweave/geo-core";
import {
  type Checkpoint,
  type CheckpointContents,
  decodeCheckpoint,
  encodeCheckpoint,
} from "@wayweave/nn/inference";
import { checkFormat, type FileFormat } from "../model/file-format.js";
import { fitLda, LdaModel, type LdaOptions } from "./lda.js";
import { createTokenizer, type TokenizerOptions } from "./tokenizer.js";
import { Vocabulary, type VocabularyOptions } from "./vocabulary.js";

/** How `TxtNet.fit` gets from texts to topics. */
export interface TxtNetOptions {
  /** How texts are split into words. */
  readonly tokenizer?: TokenizerOptions;
  /** Which words count. */
  readonly vocabulary?: VocabularyOptions;
  /** How topics are found. */
  readonly lda?: LdaOptions;
}

const fileFormat = { format: "wayweave.txtnet", version: 1, title: "TxtNet" } as const satisfies FileFormat;

interface Metadata extends FileFormat {
  readonly tokenizer: TokenizerOptions;
  readonly words: readonly string[];
  readonly documentPrior: number;
  readonly topicPrior: number;
}

/** What a TxtNet consists of. */
export interface TxtNetParts {
  readonly tokenizer: TokenizerOptions;
  readonly vocabulary: Vocabulary;
  readonly lda: LdaModel;
}

/**
 * The text branch of DeCoSReS: raw texts → words → topic proportions (paper, section V-A). It runs wherever JavaScript does;
 * `TxtNet` of the main entry can also read and write files.
 */
export class TxtNetModel {
  /** The words that it knows. */
  readonly vocabulary: Vocabulary;
  /** The topics of these words. */
  readonly lda: LdaModel;
  readonly #options: TokenizerOptions;
  readonly #tokenize: (text: string) => string[];

  constructor(parts: TxtNetParts) {
    checkGiven("TxtNet", "parts", parts);
    const { tokenizer, vocabulary, lda } = parts;
    checkGiven("TxtNet", "parts.vocabulary", vocabulary);
    checkGiven("TxtNet", "parts.lda", lda);
    this.#options = tokenizer;
    this.#tokenize = createTokenizer(tokenizer);
    this.vocabulary = vocabulary;
    this.lda = lda;
  }

  /** Topic proportions, row-major `[texts, topics]`; a text without a known word gets the uniform row. */
  transform(texts: readonly string[]): Float64Array {
    checkTexts("TxtNet.transform", texts);
    return this.lda.transform(this.vocabulary.count(texts.map((text) => this.#tokenize(text))));
  }

  /** The `count` most probable words of each topic. */
  topWords(count = 10): string[][] {
    return this.lda.topWords(count).map((topic) => Array.from(topic, (word) => this.vocabulary.words[word]!));
  }

  /** Words, topics and the tokeniser's options as one safetensors file. */
  toBytes(): Uint8Array {
    return encodeCheckpoint(this.contents());
  }

  /** @throws {FormatError} bytes that are no such model */
  static fromBytes(bytes: Uint8Array): TxtNetModel {
    return new TxtNetModel(readTxtNet(decodeCheckpoint(bytes), "bytes"));
  }

  /** What a file of it holds. */
  protected contents(): CheckpointContents {
    const { topics, vocabularySize, lambda, documentPrior, topicPrior } = this.lda;
    const metadata: Metadata = {
      ...fileFormat,
      tokenizer: this.#options,
      words: this.vocabulary.words,
      documentPrior,
      topicPrior,
    };
    const tensors = { lambda: { type: "float64", shape: [vocabularySize, topics], data: lambda } } as const;
    return { tensors, metadata };
  }
}

/** @throws {ValueError} no list, or an item that is no string */
function checkTexts(where: string, texts: readonly string[]): void {
  if (!Array.isArray(texts)) {
    const got = texts === null ? "null" : typeof texts;
    throw new ValueError(`${where}: texts must be a list of strings, got ${got}`);
  }
  texts.forEach((text: unknown, i) => {
    if (typeof text === "string") return;
    throw new ValueError(
      `${where}: texts[${i}] must be a string, got ${text === null ? "null" : typeof text}`,
    );
  });
}

/**
 * @param where the public function, for messages
 * @throws {ValueError} options out of range or unknown, or texts from which no word is left
 * @throws the reason of `lda.signal`
 */
export async function fitTxtNetParts(
  where: string,
  texts: readonly string[],
  options: TxtNetOptions,
): Promise<TxtNetParts> {
  checkOptions(where, options, ["tokenizer", "vocabulary", "lda"]);
  checkTexts(where, texts);
  const { tokenizer = {} } = options;
  const documents = texts.map(createTokenizer(tokenizer));
  const vocabulary = Vocabulary.fit(documents, options.vocabulary);
  return { tokenizer, vocabulary, lda: await fitLda(vocabulary.count(documents), options.lda) };
}

/** @param file its name, for messages @throws {FormatError} a file that is no such model */
export function readTxtNet(checkpoint: Checkpoint, file: string): TxtNetParts {
  const { tokenizer, words, documentPrior, topicPrior } = checkFormat<Metadata>(checkpoint, fileFormat, file);
  const lambda = checkpoint.tensors.get("lambda");
  if (
    tokenizer === undefined ||
    words === undefined ||
    documentPrior === undefined ||
    topicPrior === undefined ||
    lambda === undefined ||
    !isFloat64Array(lambda.data) ||
    lambda.shape.length !== 2 ||
    lambda.shape[0] !== words.length
  ) {
    throw new FormatError("the model's description is incomplete", { file });
  }
  const lda = new LdaModel({
    topics: lambda.shape[1]!,
    vocabularySize: words.length,
    documentPrior,
    topicPrior,
    lambda: lambda.data,
  });
  return { tokenizer, vocabulary: new Vocabulary(words), lda };
}
