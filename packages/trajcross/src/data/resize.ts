import { checkGiven, checkLength, checkPositiveInteger } from "@wayweave/geo-core";

/** A picture of any size and number of channels, row-major. */
export interface Raster {
  /** Pixels across. */
  readonly width: number;
  /** Pixels down. */
  readonly height: number;
  /** `[height, width, channels]` */
  readonly data: Uint8Array;
  /** Numbers a pixel: 1 of grey or ink, 3 of red, green and blue. */
  readonly channels: number;
}

/**
 * A square picture of another size: each new pixel is the mean of the area that it covers (an area average, so no line is
 * skipped however small the picture gets). A picture that is not square is put into the middle of a square; what is added
 * repeats its edge.
 *
 * @returns `[size, size, channels]`
 * @throws {ValueError} `size`, `width`, `height` or `channels` not a positive integer
 * @throws {ShapeError} data of another length than height × width × channels
 */
export function resizeToSquare(picture: Raster, size: number): Uint8Array {
  const where = "resizeToSquare";
  checkGiven(where, "picture", picture);
  const { width, height, data, channels } = picture;
  for (const [name, value] of Object.entries({ size, width, height, channels })) {
    checkPositiveInteger(where, name, value);
  }
  checkLength(where, "data", data, height * width * channels);
  const side = Math.max(width, height);
  const columns = overlaps(size, side, width);
  const rows = overlaps(size, side, height);
  // Across first, then down: each pass averages along one axis.
  const across = new Float64Array(height * size * channels);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < size; column++) {
      for (const { source, share } of columns[column]!) {
        for (let c = 0; c < channels; c++) {
          across[(row * size + column) * channels + c]! +=
            share * data[(row * width + source) * channels + c]!;
        }
      }
    }
  }
  const out = new Uint8Array(size * size * channels);
  const line = size * channels;
  const sums = new Float64Array(line);
  for (let row = 0; row < size; row++) {
    sums.fill(0);
    for (const { source, share } of rows[row]!) {
      for (let i = 0; i < line; i++) sums[i]! += share * across[source * line + i]!;
    }
    for (let i = 0; i < line; i++) out[row * line + i] = Math.round(sums[i]!);
  }
  return out;
}

interface Overlap {
  readonly source: number;
  /** Of the new pixel; all shares of one add up to 1. */
  readonly share: number;
}

/** Which of `length` pixels, in the middle of `side`, each of `size` new ones covers. */
function overlaps(size: number, side: number, length: number): Overlap[][] {
  const scale = side / size;
  const before = (side - length) / 2;
  return Array.from({ length: size }, (_, pixel) => {
    const from = pixel * scale - before;
    const to = from + scale;
    const found: Overlap[] = [];
    for (let source = Math.floor(from); source < Math.ceil(to); source++) {
      const share = (Math.min(to, source + 1) - Math.max(from, source)) / scale;
      if (share > 0) found.push({ source: Math.max(0, Math.min(length - 1, source)), share });
    }
    return found;
  });
}
