import type { LineReading } from "../tracing/line-reader.js";
import type { Match } from "./find-tracks.js";

/** A larger lead says no more. */
const mostLead = 0.3;

/** What a confidence is computed from. */
export interface ConfidenceFeatures {
  /** Overlap of the best match. */
  readonly best: number;
  /** By how much it is better than the second one, at most {@link mostLead}. */
  readonly lead: number;
  /** How sure the reader is of what it read, Σ p² / Σ p. */
  readonly certainty: number;
}

export function confidenceFeatures(matches: readonly Match[], { line }: LineReading): ConfidenceFeatures {
  let sum = 0;
  let squares = 0;
  for (const p of line) {
    sum += p;
    squares += p * p;
  }
  const best = matches[0]?.overlap ?? 0;
  return {
    best,
    lead: Math.min(mostLead, best - (matches[1]?.overlap ?? 0)),
    certainty: sum > 0 ? squares / sum : 0,
  };
}

/** Of the logit of a confidence. */
export interface ConfidenceWeights extends ConfidenceFeatures {
  readonly constant: number;
}

/** Fitted by `calibrateConfidence(await loadLineReader())` of `@wayweave/trajcross/train`, with its own defaults. */
const fitted: { readonly place: ConfidenceWeights; readonly shape: ConfidenceWeights } = {
  place: { constant: -2.573, best: 4.257, lead: 5.482, certainty: -1.877 },
  shape: { constant: -4.792, best: 6.674, lead: 4.09, certainty: -2.178 },
};

/** How likely the first match is right, 0 … 1. */
export function confidenceOf(matches: readonly Match[], reading: LineReading, by: "place" | "shape"): number {
  if (matches.length === 0) return 0;
  const { best, lead, certainty } = confidenceFeatures(matches, reading);
  const w = fitted[by];
  return 1 / (1 + Math.exp(-(w.constant + w.best * best + w.lead * lead + w.certainty * certainty)));
}
