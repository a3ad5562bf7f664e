import type { LineReading } from "../tracing/line-reader.js";
import type { Match } from "./find-tracks.js";

/** What a confidence is computed from. */
export interface ConfidenceFeatures {
  /** Overlap of the best match. */
  readonly best: number;
  /** By how much it is better than the second one. */
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
  return { best, lead: best - (matches[1]?.overlap ?? 0), certainty: sum > 0 ? squares / sum : 0 };
}

/**
 * Weights of a logistic regression, fitted on made-up pictures of which half show a track that is not among the candidates
 * (`scripts/calibrate-confidence.mjs`).
 */
const weights = {
  place: { constant: -6, best: 8, lead: 12, certainty: 0 },
  shape: { constant: -6, best: 6, lead: 12, certainty: 0 },
} as const;

/** How likely the first match is right, 0 … 1. */
export function confidenceOf(matches: readonly Match[], reading: LineReading, by: "place" | "shape"): number {
  if (matches.length === 0) return 0;
  const { best, lead, certainty } = confidenceFeatures(matches, reading);
  const w = weights[by];
  return (
    1 / (1 + Math.exp(-(w.constant + w.best * best + w.lead * Math.min(0.3, lead) + w.certainty * certainty)))
  );
}
