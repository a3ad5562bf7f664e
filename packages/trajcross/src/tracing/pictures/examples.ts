import { ImageFrame, Pace, type Random, rasterizePolyline } from "@wayweave/geo-core";
import type { LineSource } from "./line-source.js";
import { drawTrainingPicture } from "./training-picture.js";

/** Pixels across and down of the pictures that a reader learns from. */
export const exampleSize = 128;
/** A reader tells the line for cells of 2 × 2 pixels. */
export const cellPixels = 2;
/** How wide the line is in what a reader is to answer, in cells: the same whatever the picture's own line has. */
const targetWidthCells = 1.5;
/** How large the spot about each end of the line is in what a reader is to answer, in cells. */
const endWidthCells = 4;
/** Share of pictures that are drawn small and enlarged. */
const smallShare = 0.35;

/** Pictures and what a reader is to see in them. */
export interface Examples {
  /** `[examples, 128, 128, 3]` */
  readonly pixels: Uint8Array;
  /** Where the line's middle runs, whatever hides it: `[examples, 64, 64]`, 0 … 255. */
  readonly targets: Uint8Array;
  /** Spots about the line's first and last point, as far as the picture shows them: `[examples, 64, 64]`, 0 … 255. */
  readonly ends: Uint8Array;
}

/** Draws pictures to learn from; some are drawn at half the size and enlarged, as a small picture is before it is read. */
export async function drawExamples(
  source: LineSource,
  count: number,
  random: Random,
  pace: Pace = new Pace(),
): Promise<Examples> {
  const cells = exampleSize / cellPixels;
  const pixels = new Uint8Array(count * exampleSize ** 2 * 3);
  const targets = new Uint8Array(count * cells ** 2);
  const ends = new Uint8Array(count * cells ** 2);
  for (let i = 0; i < count; i++) {
    await pace.step();
    const own = random.split(i);
    const size = own.next() < smallShare ? exampleSize / 2 : exampleSize;
    const { canvas, line } = drawTrainingPicture(source, size, own);
    const bytes = new Uint8Array(3 * size * size);
    canvas.writeTo(bytes, 0);
    pixels.set(size === exampleSize ? bytes : doubled(bytes, size), i * exampleSize ** 2 * 3);
    const frame = new ImageFrame({ width: cells, height: cells, extent: [0, 0, size, size], yAxis: "down" });
    rasterizePolyline(line, frame, targetWidthCells, targets, i * cells ** 2);
    for (const end of [line.subarray(0, 2), line.subarray(-2)])
      rasterizePolyline(end, frame, endWidthCells, ends, i * cells ** 2);
  }
  return { pixels, targets, ends };
}

/** Twice as large, between the pixels' middles by straight lines. */
export function doubled(rgb: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(12 * size * size);
  for (let row = 0; row < 2 * size; row++) {
    const near = row >> 1;
    const far = Math.max(0, Math.min(size - 1, near + (row % 2 === 0 ? -1 : 1)));
    for (let column = 0; column < 2 * size; column++) {
      const nearColumn = column >> 1;
      const farColumn = Math.max(0, Math.min(size - 1, nearColumn + (column % 2 === 0 ? -1 : 1)));
      for (let c = 0; c < 3; c++) {
        const sum =
          9 * rgb[3 * (near * size + nearColumn) + c]! +
          3 * rgb[3 * (near * size + farColumn) + c]! +
          3 * rgb[3 * (far * size + nearColumn) + c]! +
          rgb[3 * (far * size + farColumn) + c]!;
        out[3 * (row * 2 * size + column) + c] = (sum + 8) >> 4;
      }
    }
  }
  return out;
}
