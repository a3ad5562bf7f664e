import { checkGiven, checkLength, checkOptions, checkPositiveInteger } from "@wayweave/geo-core";
import type { GrayImage } from "./pixels.js";

/** How closely {@link denseSift} takes descriptors, and of how large patches. */
export interface DenseSiftOptions {
  /** Pixels between two descriptors, down and across. @defaultValue 8 */
  readonly step?: number;
  /** Side of one of a descriptor's 4 × 4 cells, in pixels. @defaultValue 4 */
  readonly cellSize?: number;
}

/** Descriptors of an image, `[count, 128]`; a flat patch gives none. */
export interface Descriptors {
  /** How many there are; 0 of an image that is flat or smaller than a patch. */
  readonly count: number;
  /** One descriptor after another, each scaled to length 1, by rows of patches. */
  readonly data: Float32Array;
}

export const DESCRIPTOR_LENGTH = 128;
const CELLS = 4;
const ORIENTATIONS = 8;
/** Lowe's limit on an entry, against single strong gradients. */
const CLAMP = 0.2;
/** A patch whose mean gradient per pixel is below this has no orientation to speak of. */
const FLAT = 0.005;

/**
 * SIFT descriptors on a regular grid, upright and at one scale: 4 × 4 cells of 8 gradient orientations, scaled to length
 * 1, entries limited to .2, scaled again.
 *
 * Sources: Lowe, "Distinctive image features from scale-invariant keypoints" (IJCV 2004), section 6; on a grid, with flat
 * cells in place of the Gaussian window, as Fei-Fei and Perona (CVPR 2005) and VLFeat's `vl_dsift` with `fast`.
 *
 * @throws {ShapeError} data.length ≠ width · height
 * @throws {ValueError} a step or cell size that is no positive integer
 */
export function denseSift(image: GrayImage, options: DenseSiftOptions = {}): Descriptors {
  const where = "denseSift";
  checkGiven(where, "image", image);
  checkOptions(where, options, ["step", "cellSize"]);
  const { step = 8, cellSize = 4 } = options;
  checkPositiveInteger(where, "step", step);
  checkPositiveInteger(where, "cellSize", cellSize);
  const { width, height, data } = image;
  checkLength(where, "image.data", data, width * height);
  const patch = CELLS * cellSize;
  const across = Math.max(0, Math.floor((width - patch) / step) + 1);
  const down = Math.max(0, Math.floor((height - patch) / step) + 1);
  const sums = orientationSums(image);
  const descriptors = new Float32Array(across * down * DESCRIPTOR_LENGTH);
  let count = 0;
  for (let i = 0; i < down; i++) {
    for (let j = 0; j < across; j++) {
      const descriptor = descriptors.subarray(count * DESCRIPTOR_LENGTH, (count + 1) * DESCRIPTOR_LENGTH);
      readCells(sums, width, j * step, i * step, cellSize, descriptor);
      if (normalize(descriptor, FLAT * patch * patch)) count++;
    }
  }
  return { count, data: descriptors.slice(0, count * DESCRIPTOR_LENGTH) };
}

/**
 * Integral images of the gradient's size, one an orientation: entry (y, x) is the sum over all pixels above and left of
 * (x, y). A gradient between two orientations counts for both, by nearness. `[height + 1, width + 1, 8]`
 */
function orientationSums({ width, height, data }: GrayImage): Float64Array {
  const stride = (width + 1) * ORIENTATIONS;
  const sums = new Float64Array((height + 1) * stride);
  const row = new Float64Array(ORIENTATIONS);
  for (let y = 0; y < height; y++) {
    row.fill(0);
    const above = Math.max(0, y - 1) * width;
    const below = Math.min(height - 1, y + 1) * width;
    for (let x = 0; x < width; x++) {
      const dx = data[y * width + Math.min(width - 1, x + 1)]! - data[y * width + Math.max(0, x - 1)]!;
      const dy = data[below + x]! - data[above + x]!;
      const size = Math.sqrt(dx * dx + dy * dy);
      if (size > 0) {
        const turn = (Math.atan2(dy, dx) / (2 * Math.PI) + 1) * ORIENTATIONS;
        const bin = Math.floor(turn);
        const share = turn - bin;
        row[bin % ORIENTATIONS]! += size * (1 - share);
        row[(bin + 1) % ORIENTATIONS]! += size * share;
      }
      const at = (y + 1) * stride + (x + 1) * ORIENTATIONS;
      for (let o = 0; o < ORIENTATIONS; o++) sums[at + o] = sums[at + o - stride]! + row[o]!;
    }
  }
  return sums;
}

function readCells(
  sums: Float64Array,
  width: number,
  x: number,
  y: number,
  cellSize: number,
  descriptor: Float32Array,
): void {
  const stride = (width + 1) * ORIENTATIONS;
  for (let i = 0, at = 0; i < CELLS; i++) {
    const top = (y + i * cellSize) * stride;
    const bottom = top + cellSize * stride;
    for (let j = 0; j < CELLS; j++) {
      const left = (x + j * cellSize) * ORIENTATIONS;
      const right = left + cellSize * ORIENTATIONS;
      for (let o = 0; o < ORIENTATIONS; o++, at++) {
        const sum =
          sums[bottom + right + o]! -
          sums[bottom + left + o]! -
          sums[top + right + o]! +
          sums[top + left + o]!;
        // Differences of large sums may fall below 0 by rounding.
        descriptor[at] = Math.max(0, sum);
      }
    }
  }
}

/** Length 1, entries at most .2, length 1 again. Returns false, with zeros, where the patch is flat. */
function normalize(descriptor: Float32Array, flat: number): boolean {
  const total = descriptor.reduce((sum, value) => sum + value, 0);
  if (total < flat) {
    descriptor.fill(0);
    return false;
  }
  scaleToUnit(descriptor);
  for (let i = 0; i < descriptor.length; i++) descriptor[i] = Math.min(CLAMP, descriptor[i]!);
  scaleToUnit(descriptor);
  return true;
}

function scaleToUnit(vector: Float32Array): void {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += vector[i]! * vector[i]!;
  const factor = 1 / Math.sqrt(squares);
  for (let i = 0; i < vector.length; i++) vector[i]! *= factor;
}
