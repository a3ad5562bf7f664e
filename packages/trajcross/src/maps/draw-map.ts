import { ImageFrame, type PlanarExtent, type Random } from "@wayweave/geo-core";
import type { Color } from "../data/ink.js";
import type { Canvas } from "./canvas.js";
import { jpegArtefacts } from "./jpeg-artefacts.js";
import { drawLineColor, drawPalette, type Palette } from "./palette.js";
import { paintLabels, paintScenery } from "./scenery.js";

/** A trajectory to draw, and where. */
export interface MapLine {
  /** Planar positions, interleaved. */
  readonly coordinates: Float64Array;
  readonly extent: PlanarExtent;
  readonly thicknessPixels: number;
}

/**
 * Draws a line over a made-up map, as screenshots have it: areas, roads and names in the manner of some web map, the line in any
 * colour, now and then with an outline, with markers at its start and end, or saved as JPEG. Everything but the line is drawn by `random`.
 */
export function drawMap(
  canvas: Canvas,
  { coordinates, extent, thicknessPixels }: MapLine,
  random: Random,
): void {
  const { size } = canvas;
  const palette = drawPalette(random);
  paintScenery(canvas, palette, random);
  const labelsOnTop = random.next() < 0.5;
  if (!labelsOnTop) paintLabels(canvas, palette, random);

  const frame = new ImageFrame({ width: size, height: size, extent });
  const color = drawLineColor(random, palette);
  if (random.next() < 0.3) {
    canvas.line(coordinates, thicknessPixels + 2, frame);
    canvas.paint(outlineOf(color), 0.9);
  }
  canvas.line(coordinates, thicknessPixels, frame);
  canvas.paint(color, random.uniform(0.65, 1));
  if (random.next() < 0.6) paintMarkers(canvas, coordinates, frame, color, palette, random);

  if (labelsOnTop) paintLabels(canvas, palette, random);
  if (random.next() < 0.5) jpegArtefacts(canvas.rgb, size, random.uniform(30, 95));
}

/** Draws a line black on white. */
export function drawPlain(canvas: Canvas, { coordinates, extent, thicknessPixels }: MapLine): void {
  canvas.fill([255, 255, 255]);
  canvas.line(
    coordinates,
    thicknessPixels,
    new ImageFrame({ width: canvas.size, height: canvas.size, extent }),
  );
  canvas.paint([0, 0, 0]);
}

/** White around dark colours, black around light ones. */
function outlineOf([r, g, b]: Color): Color {
  return 0.299 * r + 0.587 * g + 0.114 * b < 160 ? [255, 255, 255] : [0, 0, 0];
}

/** A dot at the start and one at the end: green and red, or both in the line's colour, in a white or dark ring. */
function paintMarkers(
  canvas: Canvas,
  coordinates: Float64Array,
  frame: ImageFrame,
  color: Color,
  palette: Palette,
  random: Random,
): void {
  const radius = random.uniform(1.5, 3.2);
  const isPaired = random.next() < 0.5;
  const ends: readonly (readonly [Float64Array, Color])[] = [
    [coordinates.subarray(0, 2), isPaired ? [40, 170, 70] : color],
    [coordinates.subarray(-2), isPaired ? [220, 50, 50] : color],
  ];
  const ring: Color = random.next() < 0.7 ? [255, 255, 255] : palette.label;
  for (const [end, inner] of ends) {
    canvas.line(end, 2 * radius + 1.5, frame);
    canvas.paint(ring);
    canvas.line(end, 2 * radius, frame);
    canvas.paint(inner);
  }
}
