import type { LineEvidence, Registration } from "./line-evidence.js";
import { unmoved } from "./line-evidence.js";
import { BestFew, keptSamples, type TrackIndex } from "./track-index.js";

/** A track compared with a picture. */
export interface Match {
  readonly index: number;
  /** How much of the line and of the track fall together, 0 … 1. */
  readonly overlap: number;
  readonly registration: Registration;
}

export interface MatchOptions {
  /** How far the picture's corners may be off, as a share of its longer side. */
  readonly cornerTolerance: number;
  /** Tracks of the first stage that are compared with the picture. */
  readonly candidates: number;
}

/** A registered track must overlap so much better than an unmoved one, a whole tolerance away. */
const movePenalty = 0.05;

/** The tracks that a picture may show, best first, by place and shape and then by drawing each onto what was read. */
export function matchTracks(evidence: LineEvidence, index: TrackIndex, options: MatchOptions): Match[] {
  const matches = candidatesOf(evidence, index, options.candidates).map((track) =>
    compare(evidence, index, track, options.cornerTolerance),
  );
  return matches.sort((a, b) => b.overlap - a.overlap);
}

/** By whole shapes, and by what of each track lies in the picture: a picture may show a part, and a track be a part of what it shows. */
export function candidatesOf(evidence: LineEvidence, index: TrackIndex, count: number): number[] {
  const shape = evidence.shape();
  if (shape === undefined || index.size === 0) return [];
  const few = Math.min(count, index.size);
  const whole = index.nearest(shape, few).indices;
  const parts = partlyShown(evidence, index, few);
  return [...new Set([...whole, ...parts])];
}

/** Tracks by how much of their samples lies on the line, weighed with how much of the line that explains. */
export function partlyShown(evidence: LineEvidence, index: TrackIndex, count: number): Uint32Array {
  const { boxes, places, samples, lengths } = index.part;
  const [left, bottom, right, top] = evidence.extent;
  const { columns, rows } = evidence.reading;
  const cellsPerUnit = columns / (right - left);
  const rowsPerUnit = rows / (top - bottom);
  const lineLength = evidence.lengthCells;
  const best = new BestFew(count);
  for (let i = 0; i < index.size; i++) {
    if (boxes[4 * i]! > right || boxes[4 * i + 2]! < left) continue;
    if (boxes[4 * i + 1]! > top || boxes[4 * i + 3]! < bottom) continue;
    const originX = (places[3 * i]! - left) * cellsPerUnit;
    const originY = (top - places[3 * i + 1]!) * rowsPerUnit;
    let inside = 0;
    let hits = 0;
    for (let s = i * keptSamples * 2; s < (i + 1) * keptSamples * 2; s += 2) {
      const column = originX + samples[s]! * cellsPerUnit;
      const row = originY - samples[s + 1]! * rowsPerUnit;
      if (column < 0 || row < 0 || column >= columns || row >= rows) continue;
      inside++;
      hits += evidence.at(column, row);
    }
    if (hits === 0) continue;
    const cellsPerSample = (lengths[i]! * cellsPerUnit) / keptSamples;
    best.offer(i, 1 - (2 * hits * cellsPerSample) / (inside * cellsPerSample + lineLength));
  }
  return best.result().indices;
}

function compare(evidence: LineEvidence, index: TrackIndex, track: number, tolerance: number): Match {
  const cells = evidence.toCells(index.set.at(track).coordinates);
  const still = evidence.overlap(cells);
  if (tolerance === 0) return { index: track, overlap: still, registration: unmoved };
  const registration = evidence.register(cells, tolerance);
  const { columns, rows } = evidence.reading;
  const reach = tolerance * Math.max(columns, rows);
  const { shiftX, shiftY, scaleX, scaleY } = registration;
  const stretch = Math.max(Math.abs(scaleX - 1), Math.abs(scaleY - 1));
  const moved = Math.hypot(shiftX, shiftY) / reach + stretch / tolerance;
  const overlap = evidence.overlap(cells, registration) - movePenalty * Math.min(2, moved);
  return overlap > still
    ? { index: track, overlap, registration }
    : { index: track, overlap: still, registration: unmoved };
}
