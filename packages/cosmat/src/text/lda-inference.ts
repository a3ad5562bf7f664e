import { digamma } from "./special-functions.js";
import type { WordCounts } from "./vocabulary.js";

const maxIterations = 100;
/** Inference of a document ends when γ changes by less than this on average. */
const meanChangeTolerance = 1e-3;
/** Keeps a division by a vanishing word probability finite. */
const tiny = 1e-100;

/**
 * Variational inference of one document's topics: Hoffman et al. (2010), eq. 3, until γ settles.
 *
 * @param expElogBeta exp(E[log β]), `[vocabularySize, topics]`
 * @param gamma out: the variational Dirichlet parameters γ of the document's topics, `[topics]`
 * @param statistics if given, the document's expected counts are added, still to be multiplied by `expElogBeta`;
 *   `[vocabularySize, topics]`
 * @returns the document's part Σ n_w log Σ_k exp(E[log θ_k] + E[log β_kw]) of the likelihood bound, in nats
 */
export function inferDocument(
  counts: WordCounts,
  document: number,
  expElogBeta: Float64Array,
  topics: number,
  prior: number,
  gamma: Float64Array,
  statistics?: Float64Array,
): { logLikelihood: number } {
  const start = counts.offsets[document]!;
  const end = counts.offsets[document + 1]!;
  const theta = new Float64Array(topics);
  const next = new Float64Array(topics);
  gamma.fill(1);
  expTheta(gamma, theta);
  let meanChange = Number.POSITIVE_INFINITY;
  for (let iteration = 0; iteration < maxIterations && meanChange >= meanChangeTolerance; iteration++) {
    next.fill(0);
    for (let entry = start; entry < end; entry++) {
      const row = counts.words[entry]! * topics;
      const ratio = counts.counts[entry]! / (dot(theta, expElogBeta, row) + tiny);
      for (let k = 0; k < topics; k++) next[k] = next[k]! + ratio * expElogBeta[row + k]!;
    }
    meanChange = 0;
    for (let k = 0; k < topics; k++) {
      const updated = prior + theta[k]! * next[k]!;
      meanChange += Math.abs(updated - gamma[k]!) / topics;
      gamma[k] = updated;
    }
    expTheta(gamma, theta);
  }
  let logLikelihood = 0;
  for (let entry = start; entry < end; entry++) {
    const row = counts.words[entry]! * topics;
    const probability = dot(theta, expElogBeta, row) + tiny;
    logLikelihood += counts.counts[entry]! * Math.log(probability);
    if (statistics === undefined) continue;
    const ratio = counts.counts[entry]! / probability;
    for (let k = 0; k < topics; k++) statistics[row + k] = statistics[row + k]! + ratio * theta[k]!;
  }
  return { logLikelihood };
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

function dot(theta: Float64Array, expElogBeta: Float64Array, row: number): number {
  let sum = 0;
  for (let k = 0; k < theta.length; k++) sum += theta[k]! * expElogBeta[row + k]!;
  return sum;
}
