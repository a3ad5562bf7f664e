import { checkArray, ShapeError, ValueError } from "@wayweave/geo-core";

/** Red, green and blue, 0 … 255. */
export type Color = readonly [red: number, green: number, blue: number];

/**
 * Which pixels are the line.
 *
 * `auto`: a plain drawing; whatever differs from the most frequent colour is line, so dark on light, light on dark and coloured
 * lines all do. A colour: a map; what is near that colour is line.
 */
export type LineColor = "auto" | Color;

/** Colours of this distance from the line's (of at most 442) are no longer line. */
const colorReach = 120;
/** A picture whose colours are all nearer to its background than this shows nothing. */
const smallestContrast = 24;

/**
 * The ink convention of grey images: 255 where the line is, 0 elsewhere, in between where they mix.
 *
 * @param rgb row-major, `[pixels, 3]`
 * @returns `[pixels]`
 * @throws {ShapeError} not three numbers a pixel
 * @throws {ValueError} `line` neither "auto" nor three numbers in 0 … 255
 */
export function toInk(rgb: Uint8Array, line: LineColor = "auto"): Uint8Array {
  checkArray("toInk", "rgb", rgb);
  if (rgb.length % 3 !== 0) {
    throw new ShapeError(
      `toInk: rgb must hold 3 numbers a pixel (no alpha channel), got ${rgb.length} numbers`,
    );
  }
  if (line !== "auto") {
    checkLineColor(line);
    return distancesTo(rgb, line, (distance) => 1 - distance / colorReach);
  }
  const background = mostFrequentColor(rgb);
  let largest = 0;
  distancesTo(rgb, background, (distance) => {
    if (distance > largest) largest = distance;
    return 0;
  });
  if (largest < smallestContrast) return new Uint8Array(rgb.length / 3);
  return distancesTo(rgb, background, (distance) => distance / largest);
}

function checkLineColor(line: unknown): void {
  const isByte = (value: unknown) => typeof value === "number" && value >= 0 && value <= 255;
  if (!Array.isArray(line) || line.length !== 3 || !line.every(isByte)) {
    throw new ValueError(
      `toInk: line must be "auto" or three numbers in [0, 255], got ${Array.isArray(line) ? `[${line.join(", ")}]` : JSON.stringify(line)}`,
    );
  }
}

function distancesTo(rgb: Uint8Array, [r, g, b]: Color, inkOf: (distance: number) => number): Uint8Array {
  const ink = new Uint8Array(rgb.length / 3);
  for (let i = 0; i < ink.length; i++) {
    const dr = rgb[3 * i]! - r;
    const dg = rgb[3 * i + 1]! - g;
    const db = rgb[3 * i + 2]! - b;
    ink[i] = Math.round(255 * Math.max(0, Math.min(1, inkOf(Math.sqrt(dr * dr + dg * dg + db * db)))));
  }
  return ink;
}

/** The mean of the fullest of 16³ bins of colours. */
function mostFrequentColor(rgb: Uint8Array): Color {
  const bins = new Uint32Array(4096);
  const binOf = (i: number) => ((rgb[i]! >> 4) << 8) | ((rgb[i + 1]! >> 4) << 4) | (rgb[i + 2]! >> 4);
  for (let i = 0; i < rgb.length; i += 3) bins[binOf(i)]!++;
  let fullest = 0;
  for (let bin = 1; bin < bins.length; bin++) if (bins[bin]! > bins[fullest]!) fullest = bin;
  const sums = [0, 0, 0];
  for (let i = 0; i < rgb.length; i += 3) {
    if (binOf(i) !== fullest) continue;
    for (let c = 0; c < 3; c++) sums[c]! += rgb[i + c]!;
  }
  const [r, g, b] = sums.map((sum) => sum / bins[fullest]!) as [number, number, number];
  return [r, g, b];
}
