import { type Pace, type Random, ValueError } from "@wayweave/geo-core";
import type { TokenSequences } from "../tokens/tokens.js";

export interface SkipGramOptions {
  /** Length of the vectors. */
  readonly dimensions: number;
  /** Tokens on either side that count as neighbours: c of eq. 7. @defaultValue 5 */
  readonly window?: number;
  /** Tokens drawn against each neighbour. @defaultValue 5 */
  readonly negatives?: number;
  /** @defaultValue 3 */
  readonly epochs?: number;
  /** At the start; falls linearly to a hundredth of it. @defaultValue 0.025 */
  readonly learningRate?: number;
  /** Sequences done, of all epochs. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Logits beyond this are as good as certain. */
const LARGEST_LOGIT = 12;

/**
 * Vectors of cells that are alike for cells visited near each other.
 *
 * Source: E2DTC eq. 7, whose softmax over the vocabulary is approximated by negative sampling (Mikolov et al. 2013):
 * log σ(u·v) + Σ log σ(−u_neg·v), negatives drawn in proportion to count^¾.
 *
 * @param size number of tokens
 * @returns row-major, `[size, dimensions]`
 * @throws {ValueError} a token outside [0, size)
 */
export async function skipGram(
  { tokens, offsets }: Pick<TokenSequences, "tokens" | "offsets">,
  size: number,
  options: SkipGramOptions,
  random: Random,
  pace: Pace,
): Promise<Float32Array> {
  const { dimensions, window = 5, negatives = 5, epochs = 3, learningRate = 0.025 } = options;
  const vectors = new Float32Array(size * dimensions);
  for (let i = 0; i < vectors.length; i++) vectors[i] = random.uniform(-0.5, 0.5) / dimensions;
  const contexts = new Float32Array(size * dimensions);
  const noise = noiseTable(tokens, size);
  const slope = new Float32Array(dimensions);
  const sequences = offsets.length - 1;
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const [turn, sequence] of random.permutation(sequences).entries()) {
      if (turn % 256 === 0) {
        options.onProgress?.(epoch * sequences + turn, epochs * sequences);
        await pace.step();
      }
      const done = (epoch + turn / sequences) / epochs;
      const rate = learningRate * Math.max(0.01, 1 - done);
      const [start, end] = [offsets[sequence]!, offsets[sequence + 1]!];
      for (let t = start; t < end; t++) {
        // A window drawn from 1 … c weighs near neighbours more, as in word2vec.
        const reach = 1 + random.integer(window);
        for (let other = Math.max(start, t - reach); other < Math.min(end, t + reach + 1); other++) {
          if (other === t) continue;
          slope.fill(0);
          pull(vectors, contexts, tokens[t]!, tokens[other]!, 1, rate, slope);
          for (let n = 0; n < negatives; n++) {
            const negative = noise[random.integer(noise.length)]!;
            if (negative !== tokens[other]) pull(vectors, contexts, tokens[t]!, negative, 0, rate, slope);
          }
          const row = tokens[t]! * dimensions;
          for (let d = 0; d < dimensions; d++) vectors[row + d]! += slope[d]!;
        }
      }
    }
  }
  return vectors;
}

/** One pair's step on −log σ(±u·v): the context moves at once, the centre's move is added to `slope`. */
function pull(
  vectors: Float32Array,
  contexts: Float32Array,
  center: number,
  context: number,
  label: 0 | 1,
  rate: number,
  slope: Float32Array,
): void {
  const dimensions = slope.length;
  const [u, v] = [context * dimensions, center * dimensions];
  let logit = 0;
  for (let d = 0; d < dimensions; d++) logit += contexts[u + d]! * vectors[v + d]!;
  logit = Math.max(-LARGEST_LOGIT, Math.min(LARGEST_LOGIT, logit));
  const gain = rate * (label - 1 / (1 + Math.exp(-logit)));
  for (let d = 0; d < dimensions; d++) {
    const before = contexts[u + d]!;
    slope[d]! += gain * before;
    contexts[u + d] = before + gain * vectors[v + d]!;
  }
}

/** Tokens, each as often as its share of count^¾. */
function noiseTable(tokens: Int32Array, size: number): Int32Array {
  const counts = new Float64Array(size);
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (!(token >= 0 && token < size)) {
      throw new ValueError(`skipGram: tokens[${i}] must be in [0, ${size}), got ${token}`);
    }
    counts[token]!++;
  }
  let total = 0;
  for (let token = 0; token < size; token++) total += counts[token]! ** 0.75;
  const table = new Int32Array(100_000);
  let [token, reached] = [0, counts[0]! ** 0.75];
  for (let i = 0; i < table.length; i++) {
    while (token < size - 1 && reached < ((i + 0.5) / table.length) * total) {
      token++;
      reached += counts[token]! ** 0.75;
    }
    table[i] = token;
  }
  return table;
}
