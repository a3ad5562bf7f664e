import {
  checkArray,
  checkFinite,
  checkGiven,
  checkInRange,
  checkOptions,
  checkPositive,
  checkPositiveInteger,
  Pace,
  Random,
  ShapeError,
  ValueError,
} from "@wayweave/geo-core";
import { DocumentInference, expectedLogDirichletRow } from "./document-inference.js";
import { logGamma } from "./special-functions.js";
import type { WordCounts } from "./vocabulary.js";

/** How many topics {@link fitLda} finds, and how it goes through the documents. */
export interface LdaOptions {
  /** Number of topics. @defaultValue 10 */
  readonly topics?: number;
  /** Passes over the documents. @defaultValue as many as make 200 updates of the topics, at least 5 */
  readonly passes?: number;
  /** Documents between two updates of the topics; `Infinity` updates once a pass (batch). @defaultValue 256 */
  readonly batchSize?: number;
  /** Dirichlet prior α of a document's topics. @defaultValue 1 / topics */
  readonly documentPrior?: number;
  /** Dirichlet prior η of a topic's words. @defaultValue 1 / topics */
  readonly topicPrior?: number;
  /** τ₀ > 0 slows early updates down. @defaultValue 10 */
  readonly learningOffset?: number;
  /** κ in [0.5, 1]: the weight of update t, from 0, is (τ₀ + t)^−κ; above 0.5 it converges. @defaultValue 0.7 */
  readonly learningDecay?: number;
  /** Decides the topics that fitting starts from, and the order of the documents. @defaultValue 0 */
  readonly seed?: number;
  /** Called after every update of the topics. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Asked every 16 documents; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Latent Dirichlet allocation, fitted by online variational Bayes.
 *
 * Source: Hoffman, Blei, Bach, "Online learning for latent Dirichlet allocation" (NIPS 2010), Algorithm 2; with
 * `batchSize: Infinity` its Algorithm 1.
 */
export class LdaModel {
  /** How many topics there are: the length of a document's proportions. */
  readonly topics: number;
  /** How many words it knows; counts must be over as many. */
  readonly vocabularySize: number;
  /** Dirichlet prior α of a document's topics. */
  readonly documentPrior: number;
  /** Dirichlet prior η of a topic's words. */
  readonly topicPrior: number;
  /** Variational Dirichlet parameters λ of the topics' words, word by word: `[vocabularySize, topics]`. */
  readonly lambda: Float64Array;
  readonly #expElogBeta: Float64Array;

  /** @throws {ShapeError} a lambda that is not `[vocabularySize, topics]` @throws {ValueError} an entry ≤ 0 */
  constructor(parameters: {
    readonly topics: number;
    readonly vocabularySize: number;
    readonly documentPrior: number;
    readonly topicPrior: number;
    readonly lambda: Float64Array;
  }) {
    checkGiven("LdaModel", "parameters", parameters);
    const { topics, vocabularySize, lambda } = parameters;
    checkArray("LdaModel", "parameters.lambda", lambda);
    if (lambda.length !== topics * vocabularySize) {
      throw new ShapeError(
        `LdaModel: lambda must have length ${topics * vocabularySize} (${vocabularySize} words × ${topics} topics), got ${lambda.length}`,
      );
    }
    lambda.forEach((value, i) => {
      checkPositive("LdaModel", `lambda[${i}]`, value);
    });
    this.topics = topics;
    this.vocabularySize = vocabularySize;
    this.documentPrior = parameters.documentPrior;
    this.topicPrior = parameters.topicPrior;
    this.lambda = lambda;
    this.#expElogBeta = expElogBeta(lambda, topics);
  }

  /**
   * Topic proportions of documents, also unseen ones: row-major `[documents, topics]`, each row sums to 1. A document
   * without a known word gets the prior's uniform row.
   *
   * @throws {ShapeError} counts over another vocabulary
   */
  transform(counts: WordCounts): Float64Array {
    this.#checkCounts("LdaModel.transform", counts);
    const { topics } = this;
    const documents = counts.offsets.length - 1;
    const proportions = new Float64Array(documents * topics);
    const inference = new DocumentInference(counts, topics, this.documentPrior);
    const { gamma } = inference;
    for (let d = 0; d < documents; d++) {
      inference.infer(d, this.#expElogBeta);
      let sum = 0;
      for (let k = 0; k < topics; k++) sum += gamma[k]!;
      for (let k = 0; k < topics; k++) proportions[d * topics + k] = gamma[k]! / sum;
    }
    return proportions;
  }

  /**
   * exp(−bound / words): lower is better. The bound is the variational lower bound of the documents' log likelihood,
   * topics included (Hoffman et al., eq. 1; scikit-learn's `perplexity`).
   *
   * @throws {ValueError} no counted word
   */
  perplexity(counts: WordCounts): number {
    this.#checkCounts("LdaModel.perplexity", counts);
    const total = counts.counts.reduce((a, b) => a + b, 0);
    if (total === 0)
      throw new ValueError("LdaModel.perplexity: the documents must hold a known word, got none");
    const documents = counts.offsets.length - 1;
    const inference = new DocumentInference(counts, this.topics, this.documentPrior);
    let bound = this.#topicBound();
    for (let d = 0; d < documents; d++) {
      const { logLikelihood } = inference.infer(d, this.#expElogBeta);
      bound += logLikelihood + dirichletBound(inference.gamma, this.documentPrior);
    }
    return Math.exp(-bound / total);
  }

  /** The `count` most probable words of each topic, as indices into the vocabulary. */
  topWords(count: number): Uint32Array[] {
    checkPositiveInteger("LdaModel.topWords", "count", count);
    return Array.from({ length: this.topics }, (_, k) => {
      const order = Uint32Array.from({ length: this.vocabularySize }, (_, w) => w);
      const weight = (w: number) => this.lambda[w * this.topics + k]!;
      return order.sort((a, b) => weight(b) - weight(a) || a - b).subarray(0, count);
    });
  }

  /** E[log p(β)] − E[log q(β)], summed over topics. */
  #topicBound(): number {
    const { topics, vocabularySize, lambda } = this;
    const row = new Float64Array(vocabularySize);
    let bound = 0;
    for (let k = 0; k < topics; k++) {
      for (let w = 0; w < vocabularySize; w++) row[w] = lambda[w * topics + k]!;
      bound += dirichletBound(row, this.topicPrior);
    }
    return bound;
  }

  #checkCounts(where: string, counts: WordCounts): void {
    if (counts.vocabularySize !== this.vocabularySize) {
      throw new ShapeError(
        `${where}: counts must be over ${this.vocabularySize} words, got ${counts.vocabularySize}`,
      );
    }
  }
}

/**
 * Fits topics to word counts. Deterministic by seed.
 *
 * @throws {ValueError} options out of range or unknown, no document, or documents without a word
 * @throws the signal's reason
 */
export async function fitLda(counts: WordCounts, options: LdaOptions = {}): Promise<LdaModel> {
  if (!ArrayBuffer.isView(counts?.offsets) || !ArrayBuffer.isView(counts.words)) {
    throw new ValueError("fitLda: counts must be what Vocabulary.count returns, got something else");
  }
  const documents = counts.offsets.length - 1;
  if (documents < 1) throw new ValueError("fitLda: counts must hold at least one document, got 0");
  const config = ldaConfig(options, documents);
  const { topics, batchSize, documentPrior, topicPrior } = config;
  if (counts.words.length === 0)
    throw new ValueError("fitLda: the documents must hold a known word, got none");
  const { vocabularySize } = counts;
  const random = new Random(config.seed).split("lda");
  const lambda = Float64Array.from({ length: topics * vocabularySize }, () => gamma100(random));
  const statistics = new Float64Array(lambda.length);
  const inference = new DocumentInference(counts, topics, documentPrior);
  const pace = new Pace(config.signal);
  const updates = config.passes * updatesOfPass(documents, batchSize);
  let update = 0;
  for (let pass = 0; pass < config.passes; pass++) {
    const order = random.permutation(documents);
    for (let start = 0; start < documents; start += batchSize) {
      const batch = order.subarray(start, Math.min(start + batchSize, documents));
      const beta = expElogBeta(lambda, topics);
      statistics.fill(0);
      for (let i = 0; i < batch.length; i++) {
        if (i % DOCUMENTS_A_STEP === 0) await pace.step();
        inference.infer(batch[i]!, beta, statistics);
      }
      // Eq. 5: λ ← (1 − ρ) λ + ρ (η + D/|batch| · statistics); a whole pass in one batch replaces λ.
      const rho = batch.length === documents ? 1 : (config.learningOffset + update) ** -config.learningDecay;
      const scale = documents / batch.length;
      for (let i = 0; i < lambda.length; i++) {
        lambda[i] = (1 - rho) * lambda[i]! + rho * (topicPrior + scale * beta[i]! * statistics[i]!);
      }
      update++;
      config.onProgress?.({ done: update, total: updates });
    }
  }
  return new LdaModel({ topics, vocabularySize, documentPrior, topicPrior, lambda });
}

/** Documents between two looks at the signal. */
const DOCUMENTS_A_STEP = 16;

/** How often a pass updates the topics: once where all documents are one batch, however large it may be. */
function updatesOfPass(documents: number, batchSize: number): number {
  return Math.max(1, Math.ceil(documents / batchSize));
}

function ldaConfig(options: LdaOptions, documents: number) {
  checkOptions("fitLda", options, [
    "topics",
    "passes",
    "batchSize",
    "documentPrior",
    "topicPrior",
    "learningOffset",
    "learningDecay",
    "seed",
    "onProgress",
    "signal",
  ]);
  const { topics = 10, learningOffset = 10, learningDecay = 0.7, seed = 0 } = options;
  const batchSize = options.batchSize ?? 256;
  const passes = options.passes ?? Math.max(5, Math.ceil(200 / updatesOfPass(documents, batchSize)));
  checkPositiveInteger("fitLda", "topics", topics);
  checkPositiveInteger("fitLda", "passes", passes);
  if (batchSize !== Number.POSITIVE_INFINITY) checkPositiveInteger("fitLda", "batchSize", batchSize);
  checkPositive("fitLda", "learningOffset", learningOffset);
  checkFinite("fitLda", "learningDecay", learningDecay);
  checkInRange("fitLda", "learningDecay", learningDecay, 0.5, 1);
  const documentPrior = options.documentPrior ?? 1 / topics;
  const topicPrior = options.topicPrior ?? 1 / topics;
  checkPositive("fitLda", "documentPrior", documentPrior);
  checkPositive("fitLda", "topicPrior", topicPrior);
  const { onProgress, signal } = options;
  return {
    topics,
    passes,
    batchSize,
    learningOffset,
    learningDecay,
    seed,
    documentPrior,
    topicPrior,
    onProgress,
    signal,
  };
}

/** exp(E[log β]) of every topic: a topic's Dirichlet is a column of λ. `[vocabularySize, topics]` */
function expElogBeta(lambda: Float64Array, topics: number): Float64Array {
  const vocabularySize = lambda.length / topics;
  const result = new Float64Array(lambda.length);
  const column = new Float64Array(vocabularySize);
  for (let k = 0; k < topics; k++) {
    for (let w = 0; w < vocabularySize; w++) column[w] = lambda[w * topics + k]!;
    expectedLogDirichletRow(column, column);
    for (let w = 0; w < vocabularySize; w++) result[w * topics + k] = Math.exp(column[w]!);
  }
  return result;
}

/** E[log p(x)] − E[log q(x)] of a symmetric Dirichlet prior and a variational Dirichlet. */
function dirichletBound(parameters: Float64Array, prior: number): number {
  const n = parameters.length;
  const expectedLog = new Float64Array(n);
  expectedLogDirichletRow(parameters, expectedLog);
  let sum = 0;
  let bound = logGamma(prior * n) - n * logGamma(prior);
  for (let i = 0; i < n; i++) {
    sum += parameters[i]!;
    bound += (prior - parameters[i]!) * expectedLog[i]! + logGamma(parameters[i]!);
  }
  return bound - logGamma(sum);
}

/** A draw from Gamma(100, 1/100), the usual start of λ (Marsaglia & Tsang 2000): mean 1, standard deviation 0.1. */
function gamma100(random: Random): number {
  const d = 100 - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.next()) < 0.5 * x * x + d - d * v + d * Math.log(v))
      return (d * v) / 100;
  }
}
