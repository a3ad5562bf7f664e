import { createTokenizer, fitLda, type LdaModel, Vocabulary } from "@wayweave/cosmat/browser";
import type { Job } from "../foundation/worker-calls.js";
import type { PlaceEncoder } from "./place-list.js";

const TOPICS = 16;
/** Descriptions that the topics are learnt from. */
const LEARNT_FROM = 2000;
const CHUNK = 2000;

/**
 * Texts as vectors, learnt from the descriptions themselves: LDA's topic proportions, as CoSMat has them for texts. Nothing is downloaded.
 */
export class TextEncoder implements PlaceEncoder {
  readonly dimensions = TOPICS;
  readonly #tokens = createTokenizer({ locale: "en" });
  readonly #vocabulary: Vocabulary;
  readonly #topics: LdaModel;

  private constructor(vocabulary: Vocabulary, topics: LdaModel) {
    this.#vocabulary = vocabulary;
    this.#topics = topics;
  }

  static async learn(texts: readonly string[], { signal, onProgress }: Job): Promise<TextEncoder> {
    const tokens = createTokenizer({ locale: "en" });
    const documents = texts.slice(0, LEARNT_FROM).map(tokens);
    const vocabulary = Vocabulary.fit(documents);
    const topics = await fitLda(vocabulary.count(documents), {
      topics: TOPICS,
      passes: 12,
      seed: 3,
      signal,
      onProgress: (at) => onProgress({ phase: "learning what words mean", ...at }),
    });
    return new TextEncoder(vocabulary, topics);
  }

  /** A row a text, `[texts × 16]`. */
  async encode(texts: readonly string[], { signal, onProgress }: Job): Promise<Float32Array> {
    const vectors = new Float32Array(texts.length * TOPICS);
    for (let start = 0; start < texts.length; start += CHUNK) {
      const counts = this.#vocabulary.count(texts.slice(start, start + CHUNK).map(this.#tokens));
      vectors.set(this.#topics.transform(counts), start * TOPICS);
      onProgress({
        phase: "describing places",
        done: Math.min(start + CHUNK, texts.length),
        total: texts.length,
      });
      // The worker hears of Cancel only between two tasks.
      await new Promise((resolve) => setTimeout(resolve));
      signal.throwIfAborted();
    }
    return vectors;
  }

  /** A question's vector; zeros where no word of it is known. */
  encodeQuery(text: string): {
    readonly vector: Float64Array;
    readonly known: number;
    readonly unknown: readonly string[];
  } {
    const words = this.#tokens(text);
    const unknown = words.filter((word) => this.#vocabulary.indexOf(word) === undefined);
    const known = words.length - unknown.length;
    const vector =
      known === 0 ? new Float64Array(TOPICS) : this.#topics.transform(this.#vocabulary.count([words]));
    return { vector, known, unknown };
  }
}
