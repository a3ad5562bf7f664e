import { checkArray, checkInRange, checkOptions, checkPositiveInteger, ValueError } from "@wayweave/geo-core";

/** Which words {@link Vocabulary.fit} keeps. */
export interface VocabularyOptions {
  /** A word is kept when at least this many documents have it. @defaultValue 2 */
  readonly minDocuments?: number;
  /** A word is dropped when more than this share of the documents have it. @defaultValue 0.5 */
  readonly maxDocumentShare?: number;
  /** At most this many words are kept: those that most documents have. @defaultValue 20,000 */
  readonly maxWords?: number;
}

/** Word counts of many documents, in compressed sparse rows. */
export interface WordCounts {
  /** Document i owns entries `offsets[i]` up to, not including, `offsets[i + 1]`; `[documents + 1]`. */
  readonly offsets: Uint32Array;
  /** Index of the word in the vocabulary, increasing within a document; `[entries]`. */
  readonly words: Uint32Array;
  /** How often the word stands in the document, ≥ 1; `[entries]`. */
  readonly counts: Float64Array;
  /** How many words the vocabulary has. */
  readonly vocabularySize: number;
}

/** The words that a model knows, in a fixed order: most frequent (by documents) first, ties alphabetically. */
export class Vocabulary {
  /** By their index. */
  readonly words: readonly string[];
  readonly #indexOf: ReadonlyMap<string, number>;

  /** @throws {ValueError} no word, or a word twice */
  constructor(words: readonly string[]) {
    if (!Array.isArray(words)) {
      throw new ValueError(
        `Vocabulary: words must be a list of strings, got ${words === null ? "null" : typeof words}`,
      );
    }
    if (words.length === 0) throw new ValueError("Vocabulary: words must hold at least one word, got 0");
    const indexOf = new Map<string, number>();
    words.forEach((word, i) => {
      if (indexOf.has(word))
        throw new ValueError(`Vocabulary: words must differ, got ${JSON.stringify(word)} twice`);
      indexOf.set(word, i);
    });
    this.words = words;
    this.#indexOf = indexOf;
  }

  /**
   * The vocabulary of some tokenised documents.
   *
   * @throws {ValueError} when no word passes the options
   */
  static fit(documents: readonly (readonly string[])[], options: VocabularyOptions = {}): Vocabulary {
    checkDocuments("Vocabulary.fit", documents);
    checkOptions("Vocabulary.fit", options, ["minDocuments", "maxDocumentShare", "maxWords"]);
    const { minDocuments = 2, maxDocumentShare = 0.5, maxWords = 20_000 } = options;
    checkPositiveInteger("Vocabulary.fit", "minDocuments", minDocuments);
    checkPositiveInteger("Vocabulary.fit", "maxWords", maxWords);
    checkInRange("Vocabulary.fit", "maxDocumentShare", maxDocumentShare, 0, 1);
    const frequency = new Map<string, number>();
    for (const document of documents) {
      for (const word of new Set(document)) frequency.set(word, (frequency.get(word) ?? 0) + 1);
    }
    const kept = [...frequency].filter(
      ([, count]) => count >= minDocuments && count <= maxDocumentShare * documents.length,
    );
    if (kept.length === 0) {
      throw new ValueError(
        `Vocabulary.fit: at least one word must be in ${minDocuments} or more and in at most ${maxDocumentShare * 100} % of the documents, got none of ${frequency.size} words in ${documents.length} documents`,
      );
    }
    kept.sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
    return new Vocabulary(kept.slice(0, maxWords).map(([word]) => word));
  }

  /** How many words there are. */
  get size(): number {
    return this.words.length;
  }

  /** The word's index, or undefined for a word that is not in the vocabulary. */
  indexOf(word: string): number | undefined {
    return this.#indexOf.get(word);
  }

  /** Counts each document's words; words outside the vocabulary do not count. A document may come out empty. */
  count(documents: readonly (readonly string[])[]): WordCounts {
    const offsets = new Uint32Array(documents.length + 1);
    const words: number[] = [];
    const counts: number[] = [];
    documents.forEach((document, i) => {
      const own = new Map<number, number>();
      for (const word of document) {
        const index = this.#indexOf.get(word);
        if (index !== undefined) own.set(index, (own.get(index) ?? 0) + 1);
      }
      for (const [index, count] of [...own].sort(([a], [b]) => a - b)) {
        words.push(index);
        counts.push(count);
      }
      offsets[i + 1] = words.length;
    });
    return {
      offsets,
      words: Uint32Array.from(words),
      counts: Float64Array.from(counts),
      vocabularySize: this.size,
    };
  }
}

function checkDocuments(where: string, documents: readonly (readonly string[])[]): void {
  checkArray(where, "documents", documents);
  documents.forEach((document, i) => {
    checkArray(where, `documents[${i}]`, document);
  });
}
