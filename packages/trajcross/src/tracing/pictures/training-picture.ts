import type { Random } from "@wayweave/geo-core";
import type { Color } from "../../data/ink.js";
import { Canvas } from "../../maps/canvas.js";
import { jpegArtefacts } from "../../maps/jpeg-artefacts.js";
import { hsv } from "../../maps/palette.js";
import { paintScenery } from "../../maps/scenery.js";
import { contrasting, drawAnyLineColor, drawAnyPalette } from "./colors.js";
import { drawPlacement, type Placement } from "./frame.js";
import type { LineSource, SourceLine } from "./line-source.js";
import { paintBars, paintButtons, paintLegend, paintNames, paintScaleBar } from "./overlays.js";
import { paintContours, paintGrain, paintTexture } from "./relief.js";
import { paintCityRoads, paintMadeUpRoads, paintOtherLines } from "./roads.js";
import { drawRouteStyle, paintArrows, paintMarkers, paintRoute } from "./route.js";

/** A picture to learn from. */
export interface TrainingPicture {
  /** What it is painted on: `canvas.rgb`, `[size, size, 3]`, may leave 0 … 255 a little. */
  readonly canvas: Canvas;
  /** The line that it shows, in pixels of the canvas, y down. */
  readonly line: Float64Array;
}

/**
 * A picture of any kind that shows a line: a drawing, or a map in any manner with roads, areas, contour lines, names, legend and scale; the line whole or
 * cropped, in any colour (a road's too), plain, dashed, see-through, outlined, changing its colour, with markers or arrows; some saved as
 * JPEG.
 *
 * @param size pixels across and down
 */
export function drawTrainingPicture(source: LineSource, size: number, random: Random): TrainingPicture {
  const sourceLine = source.draw(random.split("line"));
  const isCropped = random.next() < 0.3;
  const placement = drawPlacement(sourceLine.coordinates, size, isCropped, random.split("place"));
  return drawPictureOf(sourceLine, placement, size, random);
}

/** A picture of any kind of a given line at a given place. */
export function drawPictureOf(
  sourceLine: SourceLine,
  placement: Placement,
  size: number,
  random: Random,
): TrainingPicture {
  const canvas = new Canvas(size);
  const line = placement.place(sourceLine.coordinates);
  const width = drawWidth(size, random);
  canvas.isHard = width > 1.2 && random.next() < 0.12;
  if (random.next() < 0.3) paintDrawing(canvas, line, width, random.split("drawing"));
  else paintMap(canvas, sourceLine, placement, line, width, random.split("map"));
  if (random.next() < 0.08) paintGrain(canvas, random.uniform(4, 40), random);
  if (random.next() < 0.3) jpegArtefacts(canvas.rgb, size, random.uniform(25, 95));
  return { canvas, line };
}

/** 1 to 5 pixels where a picture is small, finer lines where it stands for a larger one made small. */
function drawWidth(size: number, random: Random): number {
  return size <= 64 ? random.uniform(0.9, 5.2) : 10 ** random.uniform(-0.15, 0.75);
}

/** A line on one colour: black on white, any on any, with axes or a frame now and then. */
function paintDrawing(canvas: Canvas, line: Float64Array, width: number, random: Random): void {
  const kind = random.next();
  const anyColor = (): Color => hsv(random.next(), random.uniform(0, 1), random.next());
  const background: Color = kind < 0.4 ? [255, 255, 255] : kind < 0.6 ? [0, 0, 0] : anyColor();
  const color: Color =
    kind < 0.25
      ? [0, 0, 0]
      : kind >= 0.4 && kind < 0.5
        ? [255, 255, 255]
        : contrasting(anyColor, background, 60);
  canvas.fill(background);
  if (random.next() < 0.15) paintAxes(canvas, contrasting(anyColor, background, 20), random);
  const style = drawRouteStyle(color, width, random.split("style"));
  const isPlain = random.next() < 0.5;
  paintRoute(canvas, line, isPlain ? { ...style, opacity: 1, outline: 0, gap: 0 } : style);
  if (!isPlain && random.next() < 0.3) paintMarkers(canvas, line, style, random.split("markers"));
}

function paintAxes(canvas: Canvas, color: Color, random: Random): void {
  const { size } = canvas;
  const lines = 2 + random.integer(8);
  for (let i = 0; i <= lines; i++) {
    const at = (i * size) / lines;
    canvas.line(Float64Array.of(at, 0, at, size), 0.7);
    canvas.line(Float64Array.of(0, at, size, at), 0.7);
  }
  canvas.paint(color, random.uniform(0.3, 1));
}

function paintMap(
  canvas: Canvas,
  { roads }: SourceLine,
  placement: Placement,
  line: Float64Array,
  width: number,
  random: Random,
): void {
  const palette = drawAnyPalette(random.split("palette"));
  paintScenery(canvas, palette, random.split("scenery"), { hasRoads: false });
  if (random.next() < 0.3) paintTexture(canvas, random.split("texture"));
  if (random.next() < 0.2) paintContours(canvas, palette.casing, random.split("contours"));
  if (roads !== undefined && random.next() < 0.75) {
    paintCityRoads(canvas, roads, placement, palette, random.split("roads"));
  } else if (random.next() < 0.85) {
    const under = random.next() < 0.4 ? line : undefined;
    paintMadeUpRoads(canvas, under, palette, random.split("roads"));
  }
  if (random.next() < 0.3) paintOtherLines(canvas, palette, random.split("others"));
  if (random.next() < 0.35) paintNames(canvas, palette, random.split("names below"));

  const { color, isRoads } = drawAnyLineColor(random.split("colour"), palette);
  if (random.next() < 0.16) paintFainterTracks(canvas, line, width, random.split("fainter"));
  const style = drawRouteStyle(color, width, random.split("style"));
  // In a road's own colour, an outline or markers are what tells a line; two thirds have the latter only.
  paintRoute(canvas, line, isRoads && random.next() < 0.7 ? { ...style, outline: 0, opacity: 1 } : style);
  if (random.next() < 0.15) paintArrows(canvas, line, style, random.split("arrows"));
  if (random.next() < (isRoads ? 0.8 : 0.45)) paintMarkers(canvas, line, style, random.split("markers"));

  if (random.next() < 0.35) paintNames(canvas, palette, random.split("names above"));
  if (random.next() < 0.12) paintLegend(canvas, color, palette, random.split("legend"));
  if (random.next() < 0.15) paintScaleBar(canvas, palette, random.split("scale"));
  if (random.next() < 0.15) paintButtons(canvas, palette, random.split("buttons"));
  if (random.next() < 0.1) paintBars(canvas, palette, random.split("bars"));
}

/** One to three other tracks, thinner and fainter, below the one that counts. */
function paintFainterTracks(canvas: Canvas, line: Float64Array, width: number, random: Random): void {
  const count = random.next() < 0.6 ? 1 : 2 + random.integer(2);
  for (let i = 0; i < count; i++) {
    const own = random.split(i);
    const color = hsv(own.next(), own.uniform(0.2, 0.8), own.next());
    const faint = drawRouteStyle(color, width * 0.6, own);
    paintRoute(canvas, bent(line, canvas.size, own), {
      ...faint,
      opacity: own.uniform(0.2, 0.5),
      outline: 0,
    });
  }
}

/** The line turned about the middle of the picture and moved: another one of its kind. */
function bent(line: Float64Array, size: number, random: Random): Float64Array {
  const turn = random.uniform(0.7, 5.5);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [moveX, moveY] = [random.uniform(-0.3, 0.3) * size, random.uniform(-0.3, 0.3) * size];
  const other = new Float64Array(line.length);
  for (let i = 0; i < line.length; i += 2) {
    const [x, y] = [line[i]! - size / 2, line[i + 1]! - size / 2];
    other[i] = size / 2 + cos * x - sin * y + moveX;
    other[i + 1] = size / 2 + sin * x + cos * y + moveY;
  }
  return other;
}
