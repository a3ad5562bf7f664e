import { lbfgs } from "@wayweave/numeric";
import { type OddsWeights, oddsNames } from "./match-odds.js";

/** A picture and the tracks that it may show. */
export interface OddsCase {
  readonly none: readonly number[];
  /** Of the track that it shows; absent where that is not among them. */
  readonly right: readonly number[] | undefined;
  readonly others: readonly (readonly number[])[];
}

/** Weight of the squares of the weights, so that none grows without end. */
const ridge = 1e-3;

/**
 * Weights that make the right answers of some pictures most likely: maximum likelihood of a conditional logit, with a little ridge.
 *
 * @returns also how many right tracks come first among the tracks
 */
export function fitOdds(cases: readonly OddsCase[]): { weights: OddsWeights; first: number } {
  const rows = cases.map((one) => answersOf(one));
  const { x } = lbfgs((weights, gradient) => {
    gradient.fill(0);
    let loss = 0;
    for (const answers of rows) loss += addCase(answers, weights, gradient);
    for (let k = 0; k < weights.length; k++) {
      gradient[k] = gradient[k]! / rows.length + 2 * ridge * weights[k]!;
      loss += rows.length * ridge * weights[k]! ** 2;
    }
    return loss / rows.length;
  }, new Float64Array(oddsNames.length));
  const weights = Object.fromEntries(oddsNames.map((name, k) => [name, x[k]!])) as unknown as OddsWeights;
  const first = cases.filter(({ right, others }) => {
    if (right === undefined) return false;
    const odds = score(right, x);
    return others.every((other) => score(other, x) < odds);
  }).length;
  return { weights, first };
}

function score(features: readonly number[], weights: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < features.length; k++) sum += features[k]! * weights[k]!;
  return sum;
}

/** Each answer's features over all weights, the right one first. */
function answersOf({ none, right, others }: OddsCase): Float64Array[] {
  const tracks = oddsNames.length - none.length;
  const isNone = Float64Array.from([...new Array<number>(tracks).fill(0), ...none]);
  const ofTrack = (features: readonly number[]) =>
    Float64Array.from([...features, ...new Array<number>(none.length).fill(0)]);
  return right === undefined
    ? [isNone, ...others.map(ofTrack)]
    : [ofTrack(right), isNone, ...others.map(ofTrack)];
}

/** −log of the first answer's probability; adds its gradient. */
function addCase(answers: readonly Float64Array[], weights: Float64Array, gradient: Float64Array): number {
  const odds = answers.map((features) => features.reduce((sum, value, k) => sum + value * weights[k]!, 0));
  const largest = Math.max(...odds);
  const shares = odds.map((value) => Math.exp(value - largest));
  const all = shares.reduce((a, b) => a + b, 0);
  for (const [i, features] of answers.entries()) {
    const push = shares[i]! / all - (i === 0 ? 1 : 0);
    for (let k = 0; k < features.length; k++) gradient[k]! += push * features[k]!;
  }
  return Math.log(all) - (odds[0]! - largest);
}
