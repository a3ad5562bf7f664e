import type { Random } from "@wayweave/geo-core";
import type { Color } from "../../data/ink.js";
import type { Canvas } from "../../maps/canvas.js";
import { hsv } from "../../maps/palette.js";
import { mixed } from "./colors.js";
import { dashesOf, lengthOf } from "./dashes.js";

/** How a line is drawn. */
export interface RouteStyle {
  readonly color: Color;
  /** Where the colour changes along the line: what it changes to, one after the other. */
  readonly laterColors: readonly Color[];
  readonly width: number;
  readonly opacity: number;
  /** Width of the outline on each side; 0 has none. */
  readonly outline: number;
  readonly outlineColor: Color;
  /** Lengths of dash and gap; a gap of 0 is a whole line. */
  readonly dash: number;
  readonly gap: number;
}

/** A style by chance. @param width in pixels */
export function drawRouteStyle(color: Color, width: number, random: Random): RouteStyle {
  const isDashed = random.next() < 0.2;
  const isDark = 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2] < 150;
  const outlineColor: Color =
    random.next() < 0.7
      ? isDark
        ? [255, 255, 255]
        : [20, 20, 20]
      : mixed(color, [0, 0, 0], random.uniform(0.3, 0.7));
  return {
    color,
    laterColors: Array.from({ length: random.next() < 0.14 ? 1 + random.integer(4) : 0 }, () =>
      hsv(random.next(), random.uniform(0.5, 1), random.uniform(0.4, 1)),
    ),
    width,
    opacity: random.next() < 0.55 ? 1 : random.uniform(0.3, 1),
    outline: random.next() < 0.25 ? random.uniform(0.25, 1) * Math.max(1, width / 2) : 0,
    outlineColor,
    dash: isDashed ? Math.max(1.5, width * random.uniform(0.2, 4)) : Number.POSITIVE_INFINITY,
    gap: isDashed ? Math.max(1.5, width * random.uniform(0.8, 3)) : 0,
  };
}

/** Draws a line in a style. */
export function paintRoute(canvas: Canvas, line: Float64Array, style: RouteStyle): void {
  const { color, laterColors, width, opacity, outline, outlineColor, dash, gap } = style;
  const parts = gap > 0 ? dashesOf(line, dash, gap) : [line];
  if (outline > 0) {
    for (const part of parts) canvas.line(part, width + 2 * outline);
    canvas.paint(outlineColor, opacity);
  }
  if (laterColors.length === 0) {
    for (const part of parts) canvas.line(part, width);
    canvas.paint(color, opacity);
    return;
  }
  const colors = [color, ...laterColors];
  const most = 8 * laterColors.length;
  const stretches = gap > 0 ? parts : dashesOf(line, Math.max(2, lengthOf(line) / most), 0);
  const groups = Math.min(most, stretches.length);
  for (let group = 0; group < groups; group++) {
    const from = Math.floor((group * stretches.length) / groups);
    const to = Math.floor(((group + 1) * stretches.length) / groups);
    for (const part of stretches.slice(from, to)) canvas.line(part, width);
    canvas.paint(colorAlong(colors, group / Math.max(1, groups - 1)), opacity);
  }
}

/** The colour at a share of the way through some colours. */
function colorAlong(colors: readonly Color[], share: number): Color {
  const at = share * (colors.length - 1);
  const first = Math.min(colors.length - 2, Math.floor(at));
  return mixed(colors[first]!, colors[first + 1]!, at - first);
}

/** Dots, rings, squares or pins at start and finish; sometimes also dots along the way. */
export function paintMarkers(
  canvas: Canvas,
  line: Float64Array,
  { color, width }: RouteStyle,
  random: Random,
): void {
  const radius = Math.max(1.5, width * random.uniform(0.7, 1.9));
  const isPaired = random.next() < 0.5;
  const ring: Color = random.next() < 0.7 ? [255, 255, 255] : [30, 30, 30];
  const ends = [line.subarray(0, 2), line.subarray(-2)];
  const colors: readonly Color[] = isPaired
    ? [
        [40, 170, 70],
        [220, 50, 50],
      ]
    : [color, color];
  const isPin = random.next() < 0.3;
  for (const [i, end] of ends.entries()) {
    if (random.next() < 0.15) continue;
    const [x, y] = end as unknown as [number, number];
    const center = isPin ? Float64Array.of(x, y - 2.2 * radius) : Float64Array.of(x, y);
    if (isPin) {
      canvas.polygon(Float64Array.of(x, y, x - radius, center[1]!, x + radius, center[1]!));
      canvas.paint(colors[i]!);
    }
    canvas.line(center, 2 * radius + Math.max(1, radius / 2));
    canvas.paint(isPin ? colors[i]! : ring);
    canvas.line(center, isPin ? radius : 2 * radius);
    canvas.paint(isPin ? ring : colors[i]!);
  }
  if (random.next() < 0.2) {
    for (const stretch of dashesOf(line, lengthOf(line) / (2 + random.integer(8)), 0)) {
      canvas.line(stretch.subarray(-2), width * 1.6);
    }
    canvas.paint(ring);
  }
}

/** Small arrow heads along the way. */
export function paintArrows(canvas: Canvas, line: Float64Array, { width }: RouteStyle, random: Random): void {
  const side = Math.max(2, width * random.uniform(0.6, 1.6));
  const spacing = side * random.uniform(4, 14);
  for (const stretch of dashesOf(line, spacing, 0)) {
    const n = stretch.length;
    if (n < 4) continue;
    const [x, y] = [stretch[n - 2]!, stretch[n - 1]!];
    const heading = Math.atan2(y - stretch[n - 3]!, x - stretch[n - 4]!);
    const back = (turn: number) =>
      [x - side * Math.cos(heading + turn), y - side * Math.sin(heading + turn)] as const;
    canvas.line(Float64Array.of(...back(0.6), x, y, ...back(-0.6)), Math.max(0.7, width / 4));
  }
  canvas.paint(random.next() < 0.6 ? [255, 255, 255] : [20, 20, 20]);
}
