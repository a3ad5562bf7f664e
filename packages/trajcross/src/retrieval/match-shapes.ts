import type { Raster } from "../data/resize.js";
import type { LineReading } from "../tracing/line-reader.js";
import { matchOf } from "./find-tracks.js";
import { LineEvidence, unmoved } from "./line-evidence.js";
import type { Match } from "./match.js";
import { fittedOdds, type OddsWeights } from "./match-odds.js";
import { PathColors } from "./path-colors.js";
import type { TrackIndex } from "./track-index.js";

/** How far a track that was laid onto the line by its middle and size may still be moved, as a share of the picture. */
const reach = 0.04;

/**
 * The tracks whose shape a picture may show, wherever they lie and however large they are; north is up. Each is laid onto the line
 * by its middle and its size, and then compared as if its place were known.
 */
export function matchShapes(
  reading: LineReading,
  picture: Raster,
  index: TrackIndex,
  count: number,
  weights: OddsWeights = fittedOdds.shape,
): Match[] {
  const { columns } = reading;
  // Cells as wide as high: rows and columns are rounded, the picture's own sides are not.
  const height = (columns * picture.height) / picture.width;
  const evidence = new LineEvidence(reading, [0, 0, columns, height]);
  const line = evidence.shape();
  if (line === undefined) return [];
  const { places } = index.part;
  const colors = new PathColors(picture, reading);
  const matches = Array.from(index.likeShape(line, Math.min(count, index.size)).indices, (track): Match => {
    const { coordinates } = index.set.at(track);
    const size = line.spread / (places[3 * track + 2]! || 1);
    const laid = new Float64Array(coordinates.length);
    for (let i = 0; i < laid.length; i += 2) {
      laid[i] = line.centerX + size * (coordinates[i]! - places[3 * track]!);
      laid[i + 1] = line.centerY + size * (coordinates[i + 1]! - places[3 * track + 1]!);
    }
    const cells = evidence.toCells(laid);
    const registration = evidence.register(cells, reach);
    const still = evidence.overlap(cells);
    const overlap = evidence.overlap(cells, registration);
    const laidBest =
      overlap > still
        ? { index: track, overlap, registration }
        : { index: track, overlap: still, registration: unmoved };
    // How a track was laid onto the line says nothing about the picture's corners.
    return { ...matchOf(laidBest, cells, evidence, colors, weights), registration: unmoved };
  });
  return matches.sort((a, b) => b.odds - a.odds);
}
