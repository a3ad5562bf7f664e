import type { LineEvidence } from "./line-evidence.js";
import { BestFew, keptSamples, type TrackIndex } from "./track-index.js";

/** A pair of ends that the reader is less sure of together is no candidate. */
const leastEnds = 0.02;
/** Of every fourth sample of a track, so much must lie on the line, or the others are not looked at. */
const leastHits = 0.2;

/** By whole shapes, by what of each track lies in the picture (it may show a part, and a track be a part of what it shows), and by ends. */
export function candidatesOf(evidence: LineEvidence, index: TrackIndex, count: number): number[] {
  if (index.size === 0) return [];
  const few = Math.min(count, index.size);
  const shape = evidence.shape();
  const byLine =
    shape === undefined ? [] : [...index.nearest(shape, few).indices, ...partlyShown(evidence, index, few)];
  return [...new Set([...byLine, ...byEnds(evidence, index, few)])];
}

/** Tracks both of whose ends lie where ends were read. */
export function byEnds(evidence: LineEvidence, index: TrackIndex, count: number): Uint32Array {
  const { tips } = index;
  const [left, bottom, right, top] = evidence.extent;
  const { columns, rows } = evidence.ends;
  const [across, down] = [columns / (right - left), rows / (top - bottom)];
  const best = new BestFew(count);
  for (let i = 0; i < index.size; i++) {
    const start = evidence.ends.at((tips[4 * i]! - left) * across, (top - tips[4 * i + 1]!) * down);
    if (start < leastEnds) continue;
    const end = evidence.ends.at((tips[4 * i + 2]! - left) * across, (top - tips[4 * i + 3]!) * down);
    if (start * end >= leastEnds) best.offer(i, 1 - start * end);
  }
  return best.result().indices;
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
    for (let first = 0; first < 4; first++) {
      // Most tracks of a large collection are elsewhere: every fourth sample tells.
      if (first === 1 && hits < leastHits) break;
      for (let s = first; s < keptSamples; s += 4) {
        const at = 2 * (i * keptSamples + s);
        const column = originX + samples[at]! * cellsPerUnit;
        const row = originY - samples[at + 1]! * rowsPerUnit;
        if (column < 0 || row < 0 || column >= columns || row >= rows) continue;
        inside++;
        hits += evidence.at(column, row);
      }
    }
    if (hits < leastHits) continue;
    const cellsPerSample = (lengths[i]! * cellsPerUnit) / keptSamples;
    best.offer(i, 1 - (2 * hits * cellsPerSample) / (inside * cellsPerSample + lineLength));
  }
  return best.result().indices;
}
