import type { Random } from "@wayweave/geo-core";
import { cellPixels, type Examples, exampleSize } from "./examples.js";

/**
 * Copies one example into a batch: as it is, or turned and mirrored, its colours exchanged, now and then inverted.
 *
 * @param random absent: as it is
 */
export function augmented(
  { pixels, targets, ends }: Examples,
  example: number,
  random: Random | undefined,
  to: { readonly pixels: Float32Array; readonly targets: Float32Array; readonly ends: Float32Array },
  at: number,
): void {
  const symmetry = random === undefined ? 0 : random.integer(8);
  const channels = random === undefined ? [0, 1, 2] : random.shuffle([0, 1, 2]);
  const isInverted = random !== undefined && random.next() < 0.25;
  copySquare(exampleSize, symmetry, (from, onto) => {
    const source = 3 * (example * exampleSize ** 2 + from);
    const target = 3 * (at * exampleSize ** 2 + onto);
    for (let c = 0; c < 3; c++) {
      const value = pixels[source + channels[c]!]!;
      to.pixels[target + c] = isInverted ? 255 - value : value;
    }
  });
  const cells = exampleSize / cellPixels;
  copySquare(cells, symmetry, (from, onto) => {
    to.targets[at * cells ** 2 + onto] = targets[example * cells ** 2 + from]!;
    to.ends[at * cells ** 2 + onto] = ends[example * cells ** 2 + from]!;
  });
}

/** Tells where each place of a square goes under one of its eight symmetries. */
function copySquare(size: number, symmetry: number, copy: (from: number, to: number) => void): void {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const r = symmetry & 1 ? size - 1 - row : row;
      const c = symmetry & 2 ? size - 1 - column : column;
      copy(row * size + column, symmetry & 4 ? c * size + r : r * size + c);
    }
  }
}
