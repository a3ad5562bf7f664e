import { checkOptions, FormatError, isFloat64Array } from "@wayweave/geo-core";
import { saveCheckpoint } from "@wayweave/nn";
import { type FileFormat, loadFile } from "../model/file-format.js";
import { fitLda, LdaModel, type LdaOptions } from "./lda.js";
import { createTokenizer, type TokenizerOptions } from "./tokenizer.js";
import { Vocabulary, type VocabularyOptions } from "./vocabulary.js";

export interface TxtNetOptions {
  readonly tokenizer?: TokenizerOptions;
  readonly vocabulary?: VocabularyOptions;
  readonly lda?: LdaOptions;
}

const fileFormat = { format: "wayweave.txtnet", version: 1, title: "TxtNet" } as const satisfies FileFormat;

interface Metadata extends FileFormat {
  readonly tokenizer: TokenizerOptions;
  readonly words: readonly string[];
  readonly documentPrior: number;
  readonly topicPrior: number;
}

/**
 * The text branch of DeCoSReS: raw texts → words → topic proportions (paper, section V-A).
 */
export class TxtNet {
  readonly vocabulary: Vocabulary;
  readonly lda: LdaModel;
  readonly #options: TokenizerOptions;
  readonly #tokenize: (text: string) => string[];

  private constructor(options: TokenizerOptions, vocabulary: Vocabulary, lda: LdaModel) {
    this.#options = options;
    this.#tokenize = createTokenizer(options);
    this.vocabulary = vocabulary;
    this.lda = lda;
  }

  /**
   * @throws {ValueError} options out of range or unknown, or texts from which no word is left
   * @throws the reason of `lda.signal`
   */
  static async fit(texts: readonly string[], options: TxtNetOptions = {}): Promise<TxtNet> {
    checkOptions("TxtNet.fit", options, ["tokenizer", "vocabulary", "lda"]);
    const { tokenizer = {} } = options;
    const documents = texts.map(createTokenizer(tokenizer));
    const vocabulary = Vocabulary.fit(documents, options.vocabulary);
    return new TxtNet(tokenizer, vocabulary, await fitLda(vocabulary.count(documents), options.lda));
  }

  /** Topic proportions, row-major `[texts, topics]`; a text without a known word gets the uniform row. */
  transform(texts: readonly string[]): Float64Array {
    return this.lda.transform(this.vocabulary.count(texts.map((text) => this.#tokenize(text))));
  }

  /** The `count` most probable words of each topic. */
  topWords(count = 10): string[][] {
    return this.lda.topWords(count).map((topic) => Array.from(topic, (word) => this.vocabulary.words[word]!));
  }

  /** Saves words, topics and the tokeniser's options as one safetensors file. */
  async save(file: string): Promise<void> {
    const { topics, vocabularySize, lambda, documentPrior, topicPrior } = this.lda;
    const metadata: Metadata = {
      ...fileFormat,
      tokenizer: this.#options,
      words: this.vocabulary.words,
      documentPrior,
      topicPrior,
    };
    const tensors = { lambda: { type: "float64", shape: [vocabularySize, topics], data: lambda } } as const;
    await saveCheckpoint(file, { tensors, metadata });
  }

  /** @throws {FormatError} a file that is no such model */
  static async load(file: string): Promise<TxtNet> {
    const { checkpoint, metadata } = await loadFile<Metadata>(file, fileFormat);
    const { tokenizer, words, documentPrior, topicPrior } = metadata;
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
    return new TxtNet(tokenizer, new Vocabulary(words), lda);
  }
}
