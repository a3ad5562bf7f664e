import { fitLda, type LdaModel, type LdaOptions } from "./lda.js";
import { createTokenizer, type TokenizerOptions } from "./tokenizer.js";
import { Vocabulary, type VocabularyOptions } from "./vocabulary.js";

export interface TxtNetOptions {
  readonly tokenizer?: TokenizerOptions;
  readonly vocabulary?: VocabularyOptions;
  readonly lda?: LdaOptions;
}

/**
 * The text branch of DeCoSReS: raw texts → words → topic proportions (paper, section V-A).
 */
export class TxtNet {
  readonly vocabulary: Vocabulary;
  readonly lda: LdaModel;
  readonly #tokenize: (text: string) => string[];

  private constructor(tokenize: (text: string) => string[], vocabulary: Vocabulary, lda: LdaModel) {
    this.#tokenize = tokenize;
    this.vocabulary = vocabulary;
    this.lda = lda;
  }

  /** @throws {ValueError} options out of range, or texts from which no word is left */
  static fit(texts: readonly string[], options: TxtNetOptions = {}): TxtNet {
    const tokenize = createTokenizer(options.tokenizer);
    const documents = texts.map(tokenize);
    const vocabulary = Vocabulary.fit(documents, options.vocabulary);
    return new TxtNet(tokenize, vocabulary, fitLda(vocabulary.count(documents), options.lda));
  }

  /** Topic proportions, row-major `[texts, topics]`; a text without a known word gets the uniform row. */
  transform(texts: readonly string[]): Float64Array {
    return this.lda.transform(this.vocabulary.count(texts.map((text) => this.#tokenize(text))));
  }

  /** The `count` most probable words of each topic. */
  topWords(count = 10): string[][] {
    return this.lda.topWords(count).map((topic) => Array.from(topic, (word) => this.vocabulary.words[word]!));
  }
}
