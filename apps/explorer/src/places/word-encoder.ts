import { createTokenizer } from "@wayweave/cosmat/browser";
import type { Job } from "../foundation/worker-calls.js";
import type { PlaceEncoder } from "./place-list.js";

const DIMENSIONS = 96;
const CHUNK = 1000;

/**
 * A person's own texts as vectors, without a model and in any language that `Intl.Segmenter` splits into words: each word is a fixed direction made of
 * itself and of its runs of three letters, so that "garden" is alike to "gardens"; rare words weigh more (ln(1 + texts / texts with it)).
 *
 * Unlike the topics that the made-up places are described by, this needs no number of texts to learn from; it knows no synonyms.
 */
export class WordEncoder implements PlaceEncoder {
  readonly dimensions = DIMENSIONS;
  readonly #tokens: (text: string) => string[];
  /** How many texts hold a word. */
  readonly #holders = new Map<string, number>();
  readonly #directions = new Map<string, Float64Array>();
  readonly #texts: number;

  constructor(texts: readonly string[], locale: string) {
    this.#tokens = createTokenizer({ locale, keepNumbers: true });
    this.#texts = texts.length;
    for (const text of texts) {
      for (const word of new Set(this.#tokens(text)))
        this.#holders.set(word, (this.#holders.get(word) ?? 0) + 1);
    }
  }

  /** Words that several texts hold, though not most of them: the more frequent first. */
  examples(count: number): string[] {
    return [...this.#holders]
      .filter(([word, holders]) => word.length > 2 && !/^\p{N}+$/u.test(word) && 2 * holders <= this.#texts)
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, count)
      .map(([word]) => word);
  }

  /** A row a text, `[texts × 96]`; zeros for a text without words. */
  async encode(texts: readonly string[], { signal, onProgress }: Job): Promise<Float32Array> {
    const vectors = new Float32Array(texts.length * DIMENSIONS);
    for (let start = 0; start < texts.length; start += CHUNK) {
      const end = Math.min(start + CHUNK, texts.length);
      for (let i = start; i < end; i++) vectors.set(this.#vector(this.#tokens(texts[i]!)), i * DIMENSIONS);
      onProgress({ phase: "describing places", done: end, total: texts.length });
      // The worker hears of Cancel only between two tasks.
      await new Promise((resolve) => setTimeout(resolve));
      signal.throwIfAborted();
    }
    return vectors;
  }

  encodeQuery(text: string): { vector: Float64Array; known: number; unknown: string[] } {
    const words = this.#tokens(text);
    const unknown = words.filter((word) => !this.#holders.has(word));
    return { vector: this.#vector(words), known: words.length - unknown.length, unknown };
  }

  #vector(words: readonly string[]): Float64Array {
    const sum = new Float64Array(DIMENSIONS);
    for (const word of new Set(words)) {
      const direction = this.#directionOf(word);
      const weight = Math.log(1 + this.#texts / (this.#holders.get(word) ?? 1));
      for (let j = 0; j < DIMENSIONS; j++) sum[j]! += weight * direction[j]!;
    }
    return sum;
  }

  /** Of length 1: half the word's own, half the mean of its runs of three letters. */
  #directionOf(word: string): Float64Array {
    const known = this.#directions.get(word);
    if (known !== undefined) return known;
    const letters = [...`<${word}>`];
    const runs = Array.from({ length: Math.max(0, letters.length - 2) }, (_, i) =>
      letters.slice(i, i + 3).join(""),
    );
    const direction = scaled(randomSigns(word), 1);
    const shape = new Float64Array(DIMENSIONS);
    for (const run of runs) {
      const signs = randomSigns(run);
      for (let j = 0; j < DIMENSIONS; j++) shape[j]! += signs[j]!;
    }
    const shapeOfOne = scaled(shape, 1);
    const sum = scaled(
      direction.map((value, j) => value + shapeOfOne[j]!),
      1,
    );
    this.#directions.set(word, sum);
    return sum;
  }
}

function scaled(vector: Float64Array, length: number): Float64Array {
  const own = Math.hypot(...vector);
  return own === 0 ? vector : vector.map((value) => (value * length) / own);
}

/** ±1 by a hash of the text: the same on every machine. */
function randomSigns(text: string): Float64Array {
  let state = 2166136261;
  for (const letter of text) state = Math.imul(state ^ letter.codePointAt(0)!, 16777619);
  const signs = new Float64Array(DIMENSIONS);
  for (let j = 0; j < DIMENSIONS; j++) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    signs[j] = (mixed >>> 14) & 1 ? 1 : -1;
  }
  return signs;
}
