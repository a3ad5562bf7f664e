import type { LineReading } from "../tracing/line-reader.js";
import type { Match } from "./match.js";

/** What speaks for a track, and against it. */
export interface OddsWeights {
  /** Of log(overlap / (1 − overlap)): from .9 to .95 is as much as from .5 to .68. */
  readonly overlapOdds: number;
  readonly overlap: number;
  readonly contrast: number;
  readonly endsSeen: number;
  readonly endsMissed: number;
  /** Of the answer that the picture shows none of the tracks. */
  readonly none: number;
  /** … the surer the reader is of what it read. */
  readonly noneCertain: number;
  /** … the surer it is of its surest end. */
  readonly noneEnds: number;
}

export const oddsNames = [
  "overlapOdds",
  "overlap",
  "contrast",
  "endsSeen",
  "endsMissed",
  "none",
  "noneCertain",
  "noneEnds",
] as const satisfies readonly (keyof OddsWeights)[];

/** Overlaps nearer to 0 and 1 say no more. */
const leastOverlap = 0.02;
/** How many of {@link oddsNames} are of a match; the others are of none. */
const matchNames = 5;

/** What the weights of a match multiply, in the order of {@link oddsNames}. */
export function matchFeatures({ overlap, contrast, ends }: Omit<Match, "odds">): number[] {
  const inside = Math.max(leastOverlap, Math.min(1 - leastOverlap, overlap));
  return [Math.log(inside / (1 - inside)), overlap, contrast, ends.seen, ends.missed];
}

/** What the weights of "none" multiply. */
export function noneFeatures({ line, ends }: LineReading): number[] {
  let [sum, squares, surestEnd] = [0, 0, 0];
  for (const p of line) {
    sum += p;
    squares += p * p;
  }
  for (const p of ends) surestEnd = Math.max(surestEnd, p);
  return [1, sum > 0 ? squares / sum : 0, surestEnd];
}

/**
 * Fitted by `fitOdds`: `place` to 528 development pictures of the renderer of `trajcross/screenshots` (seeds 9001 and 9002, which no table has), `shape` by
 * `calibrateConfidence(await loadLineReader())` of `@wayweave/trajcross/train`.
 */
export const fittedOdds: { readonly place: OddsWeights; readonly shape: OddsWeights } = {
  place: {
    overlapOdds: 2.19,
    overlap: -4.146,
    contrast: 3.535,
    endsSeen: 2.928,
    endsMissed: -1.097,
    none: 1.502,
    noneCertain: 4.433,
    noneEnds: 3.613,
  },
  shape: {
    overlapOdds: 0,
    overlap: 7.222,
    contrast: 2.447,
    endsSeen: 1.023,
    endsMissed: -1.367,
    none: 4.859,
    noneCertain: 1.931,
    noneEnds: 3.358,
  },
};

/** log odds of a match against others. */
export function oddsOf(match: Omit<Match, "odds">, weights: OddsWeights): number {
  return matchFeatures(match).reduce((sum, value, k) => sum + value * weights[oddsNames[k]!], 0);
}

/**
 * The probability of each match, in their order; what is missing to 1 is that of none of them. A conditional logit (McFadden 1974): the odds of all
 * tracks and of none are weighed against each other, so a close second makes the first less sure.
 */
export function probabilitiesOf(
  matches: readonly Pick<Match, "odds">[],
  reading: LineReading,
  weights: OddsWeights,
): number[] {
  const none = noneFeatures(reading).reduce(
    (sum, value, k) => sum + value * weights[oddsNames[matchNames + k]!],
    0,
  );
  const largest = Math.max(none, ...matches.map(({ odds }) => odds));
  const shares = matches.map(({ odds }) => Math.exp(odds - largest));
  const all = shares.reduce((a, b) => a + b, Math.exp(none - largest));
  return shares.map((share) => share / all);
}
