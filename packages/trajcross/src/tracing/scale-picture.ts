import type { Raster } from "../data/resize.js";

/** Sides of what a reader takes are multiples of this. */
const stride = 16;

/** A picture as a reader takes it. */
export interface ScaledPicture {
  /** 0 … 255, `[height, width, 3]`. */
  readonly pixels: Float32Array;
  readonly width: number;
  readonly height: number;
  /** What of it is the picture; the rest repeats the edge. */
  readonly usedWidth: number;
  readonly usedHeight: number;
}

/**
 * Brings a picture to a size that a reader knows: small ones are doubled, large ones made smaller by averaging areas, so that no line
 * is skipped.
 *
 * @param picture red, green and blue
 * @param largest the longer side of a large picture afterwards
 */
export function scalePicture(picture: Raster, largest: number): ScaledPicture {
  const longer = Math.max(picture.width, picture.height);
  const factor = longer <= 96 ? 2 : longer <= largest ? 1 : largest / longer;
  const usedWidth = Math.max(1, Math.round(picture.width * factor));
  const usedHeight = Math.max(1, Math.round(picture.height * factor));
  const width = stride * Math.ceil(usedWidth / stride);
  const height = stride * Math.ceil(usedHeight / stride);
  const columns = weightsOf(usedWidth, picture.width);
  const rows = weightsOf(usedHeight, picture.height);
  const across = scaleRows(picture, columns, usedWidth);
  const pixels = new Float32Array(width * height * 3);
  const line = 3 * usedWidth;
  const sums = new Float32Array(line);
  for (let row = 0; row < height; row++) {
    sums.fill(0);
    for (const [source, share] of rows[Math.min(row, usedHeight - 1)]!) {
      for (let i = 0; i < line; i++) sums[i]! += share * across[source * line + i]!;
    }
    pixels.set(sums, row * width * 3);
    for (let column = usedWidth; column < width; column++) {
      pixels.set(sums.subarray(line - 3), 3 * (row * width + column));
    }
  }
  return { pixels, width, height, usedWidth, usedHeight };
}

type Weights = readonly (readonly [source: number, share: number])[];

function scaleRows(
  { width, height, data }: Raster,
  columns: readonly Weights[],
  usedWidth: number,
): Float32Array {
  const out = new Float32Array(height * usedWidth * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < usedWidth; column++) {
      const to = 3 * (row * usedWidth + column);
      for (const [source, share] of columns[column]!) {
        const from = 3 * (row * width + source);
        out[to]! += share * data[from]!;
        out[to + 1]! += share * data[from + 1]!;
        out[to + 2]! += share * data[from + 2]!;
      }
    }
  }
  return out;
}

/** Which of `length` pixels each of `size` new ones takes: between two where there are more new ones, else all that it covers. */
function weightsOf(size: number, length: number): Weights[] {
  const scale = length / size;
  const inside = (source: number) => Math.max(0, Math.min(length - 1, source));
  return Array.from({ length: size }, (_, pixel) => {
    if (scale < 1) {
      const at = (pixel + 0.5) * scale - 0.5;
      const before = Math.floor(at);
      return [
        [inside(before), 1 - (at - before)],
        [inside(before + 1), at - before],
      ] as const;
    }
    const [from, to] = [pixel * scale, (pixel + 1) * scale];
    const found: [number, number][] = [];
    for (let source = Math.floor(from); source < Math.ceil(to - 1e-9); source++) {
      found.push([inside(source), (Math.min(to, source + 1) - Math.max(from, source)) / scale]);
    }
    return found;
  });
}
