import { candidatesOf } from "./candidates.js";
import type { LineEvidence } from "./line-evidence.js";
import { unmoved } from "./line-evidence.js";
import type { Match } from "./match.js";
import { fittedOdds, type OddsWeights, oddsOf } from "./match-odds.js";
import type { PathColors } from "./path-colors.js";
import { smoothTrack } from "./smooth-track.js";
import type { TrackIndex } from "./track-index.js";

export interface MatchOptions {
  /** How far the picture's corners may be off, as a share of its longer side. */
  readonly cornerTolerance: number;
  /** Tracks that each way of looking for candidates finds. */
  readonly candidates: number;
  readonly weights?: OddsWeights;
}

/** Neighbours on either side that a track is smoothed by, in points: some, and many. */
const smoothingWidths = [5, 9];
/** A smoothed track must overlap so much better than the recorded one. */
const leastGain = 0.03;
/** A registered track must overlap so much better than an unmoved one, a whole tolerance away. */
const movePenalty = 0.05;

/**
 * The tracks that a picture may show, best first: candidates by place and shape, by what of them lies in the picture, and by their ends; each drawn onto
 * what was read and looked at in the picture's colours.
 */
export function matchTracks(
  evidence: LineEvidence,
  colors: PathColors,
  index: TrackIndex,
  options: MatchOptions,
): Match[] {
  const { weights = fittedOdds.place } = options;
  const matches = candidatesOf(evidence, index, options.candidates).map((track) => {
    const cells = evidence.toCells(index.set.at(track).coordinates);
    const best = asDrawn(evidence, cells);
    const { overlap, registration } = laidOnto(evidence, best, options.cornerTolerance);
    return matchOf({ index: track, overlap, registration }, best, evidence, colors, weights);
  });
  return matches.sort((a, b) => b.odds - a.odds);
}

/** A match with all that the picture says. @param cells the track's positions before they are registered */
export function matchOf(
  match: Pick<Match, "index" | "overlap" | "registration">,
  cells: Float64Array,
  evidence: LineEvidence,
  colors: PathColors,
  weights: OddsWeights,
): Match {
  const moved = evidence.moved(cells, match.registration);
  const found = { ...match, contrast: colors.contrast(moved), ends: evidence.ends.fit(moved) };
  return { ...found, odds: oddsOf(found, weights) };
}

/** Where a track lies on the line best, moved at most as far as the corners may be off. */
function laidOnto(
  evidence: LineEvidence,
  cells: Float64Array,
  tolerance: number,
): Pick<Match, "overlap" | "registration"> {
  const still = { overlap: evidence.overlap(cells), registration: unmoved };
  if (tolerance === 0) return still;
  const registration = evidence.register(cells, tolerance);
  const { columns, rows } = evidence.reading;
  const reach = tolerance * Math.max(columns, rows);
  const { shiftX, shiftY, scaleX, scaleY } = registration;
  const stretch = Math.max(Math.abs(scaleX - 1), Math.abs(scaleY - 1));
  const moved = Math.hypot(shiftX, shiftY) / reach + stretch / tolerance;
  const overlap = evidence.overlap(cells, registration) - movePenalty * Math.min(2, moved);
  return overlap > still.overlap ? { overlap, registration } : still;
}

/** A track as it is, or smoothed: what is recorded with noise, or only now and then, is not as it was drawn. */
function asDrawn(evidence: LineEvidence, cells: Float64Array): Float64Array {
  const still = evidence.overlap(cells);
  let [best, most] = [cells, still + leastGain];
  for (const halfWidth of smoothingWidths) {
    const smooth = smoothTrack(cells, halfWidth);
    const overlap = evidence.overlap(smooth);
    if (overlap > most) [best, most] = [smooth, overlap];
  }
  return best;
}
