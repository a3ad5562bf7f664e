import { digamma } from "./special-functions.js";
import type { WordCounts } from "./vocabulary.js";

const maxIterations = 100;
/** Inference of a document ends when γ changes by less than this on average. */
const meanChangeTolerance = 1e-3;
/** Keeps a division by a vanishing word probability finite. */
const tiny = 1e-100;

/**
 * Variational inference of documents' topics: Hoffman et al. (2010), eq. 3, until γ settles.
 *
 * One object serves many documents one after the other; its buffers are made once.
 */
export class DocumentInference {
  /** The variational Dirichlet parameters γ of the last document's topics, `[topics]`. */
  readonly gamma: Float64Array;
  readonly #counts: WordCounts;
  readonly #topics: number;
  readonly #prior: number;
  readonly #theta: Float64Array;
  readonly #next: Float64Array;
  /** The rows of exp(E[log β]) of the document's words, one after the other. */
  #rows = new Float64Array(0);

  constructor(counts: WordCounts, topics: number, prior: number) {
    this.#counts = counts;
    this.#topics = topics;
    this.#prior = prior;
    this.gamma = new Float64Array(topics);
    this.#theta = new Float64Array(topics);
    this.#next = new Float64Array(topics);
  }

  /**
   * @param expElogBeta exp(E[log β]), `[vocabularySize, topics]`
   * @param statistics if given, the document's expected counts are added, still to be multiplied by `expElogBeta`;
   *   `[vocabularySize, topics]`
   * @returns the document's part Σ n_w log Σ_k exp(E[log θ_k] + E[log β_kw]) of the likelihood bound, in nats
   */
  infer(document: number, expElogBeta: Float64Array, statistics?: Float64Array): { logLikelihood: number } {
    const { offsets, words, counts } = this.#counts;
    const start = offsets[document]!;
    const end = offsets[document + 1]!;
    this.#gather(start, end, expElogBeta);
    const topics = this.#topics;
    const prior = this.#prior;
    const { gamma } = this;
    const theta = this.#theta;
    const next = this.#next;
    const rows = this.#rows;
    gamma.fill(1);
    expTheta(gamma, theta);
    let meanChange = Number.POSITIVE_INFINITY;
    for (let iteration = 0; iteration < maxIterations && meanChange >= meanChangeTolerance; iteration++) {
      next.fill(0);
      for (let entry = start, row = 0; entry < end; entry++, row += topics) {
        const ratio = counts[entry]! / (dot(theta, rows, row, topics) + tiny);
        addScaled(next, rows, row, topics, ratio);
      }
      meanChange = 0;
      for (let k = 0; k < topics; k++) {
        const updated = prior + theta[k]! * next[k]!;
        meanChange += Math.abs(updated - gamma[k]!);
        gamma[k] = updated;
      }
      meanChange /= topics;
      expTheta(gamma, theta);
    }
    let logLikelihood = 0;
    for (let entry = start, row = 0; entry < end; entry++, row += topics) {
      const probability = dot(theta, rows, row, topics) + tiny;
      logLikelihood += counts[entry]! * Math.log(probability);
      if (statistics === undefined) continue;
      const ratio = counts[entry]! / probability;
      const target = words[entry]! * topics;
      for (let k = 0; k < topics; k++) statistics[target + k] = statistics[target + k]! + ratio * theta[k]!;
    }
    return { logLikelihood };
  }

  /** Words of a document lie far apart in β: side by side they are read faster, once an iteration. */
  #gather(start: number, end: number, expElogBeta: Float64Array): void {
    const topics = this.#topics;
    const needed = (end - start) * topics;
    if (this.#rows.length < needed) this.#rows = new Float64Array(2 * needed);
    const { words } = this.#counts;
    for (let entry = start, row = 0; entry < end; entry++, row += topics) {
      const from = words[entry]! * topics;
      for (let k = 0; k < topics; k++) this.#rows[row + k] = expElogBeta[from + k]!;
    }
  }
}

/** E[log x] of a Dirichlet: ψ(αᵢ) − ψ(Σ α). `out` may be `parameters` itself. */
export function expectedLogDirichletRow(parameters: Float64Array, out: Float64Array): void {
  let sum = 0;
  for (let i = 0; i < parameters.length; i++) sum += parameters[i]!;
  const digammaOfSum = digamma(sum);
  for (let i = 0; i < parameters.length; i++) out[i] = digamma(parameters[i]!) - digammaOfSum;
}

function expTheta(gamma: Float64Array, theta: Float64Array): void {
  expectedLogDirichletRow(gamma, theta);
  for (let k = 0; k < theta.length; k++) theta[k] = Math.exp(theta[k]!);
}

/** Four sums at a time: one addition need not wait for the one before. */
function dot(theta: Float64Array, rows: Float64Array, row: number, topics: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let k = 0;
  for (; k + 3 < topics; k += 4) {
    a += theta[k]! * rows[row + k]!;
    b += theta[k + 1]! * rows[row + k + 1]!;
    c += theta[k + 2]! * rows[row + k + 2]!;
    d += theta[k + 3]! * rows[row + k + 3]!;
  }
  for (; k < topics; k++) a += theta[k]! * rows[row + k]!;
  return a + b + (c + d);
}

function addScaled(next: Float64Array, rows: Float64Array, row: number, topics: number, ratio: number): void {
  for (let k = 0; k < topics; k++) next[k] = next[k]! + ratio * rows[row + k]!;
}
