import type { Random } from "@wayweave/geo-core";
import type { Color } from "../../data/ink.js";
import type { Canvas } from "../../maps/canvas.js";
import type { Palette } from "../../maps/palette.js";

/** Boxes with names and strokes beside them, in a corner: a legend may show the line's own colour. */
export function paintLegend(canvas: Canvas, color: Color, palette: Palette, random: Random): void {
  const { size } = canvas;
  const [width, height] = [size * random.uniform(0.18, 0.4), size * random.uniform(0.1, 0.25)];
  const left = random.next() < 0.5 ? size * 0.02 : size * 0.98 - width;
  const top = random.next() < 0.5 ? size * 0.02 : size * 0.98 - height;
  canvas.polygon(box(left, top, width, height));
  canvas.paint(palette.land, random.uniform(0.7, 1));
  const rows = 1 + random.integer(3);
  for (let row = 0; row < rows; row++) {
    const y = top + ((row + 0.5) * height) / rows;
    canvas.line(
      Float64Array.of(left + 0.08 * width, y, left + 0.3 * width, y),
      (random.uniform(1, 3) * size) / 128,
    );
    canvas.paint(row === 0 ? color : palette.mainRoad);
    paintText(
      canvas,
      left + 0.38 * width,
      y - height / rows / 4,
      height / rows / 2,
      0.55 * width,
      palette.label,
      random,
    );
  }
}

/** A bar with ends, and a number above it. */
export function paintScaleBar(canvas: Canvas, palette: Palette, random: Random): void {
  const { size } = canvas;
  const unit = size / 128;
  const width = size * random.uniform(0.12, 0.35);
  const [left, y] = [
    random.next() < 0.5 ? 0.04 * size : 0.96 * size - width,
    size * random.uniform(0.9, 0.97),
  ];
  const right = left + width;
  canvas.line(
    Float64Array.of(left, y - 3 * unit, left, y, right, y, right, y - 3 * unit),
    random.uniform(0.6, 1.4) * unit,
  );
  canvas.paint(palette.label);
  paintText(canvas, left + unit, y - 6 * unit, 4 * unit, width / 2, palette.label, random);
}

/** Square buttons with a sign, as maps on the web have. */
export function paintButtons(canvas: Canvas, palette: Palette, random: Random): void {
  const { size } = canvas;
  const unit = size / 128;
  const side = random.uniform(6, 12) * unit;
  const left = random.next() < 0.5 ? 3 * unit : size - 3 * unit - side;
  for (let i = 0; i < 2; i++) {
    const top = 3 * unit + i * (side + unit);
    canvas.polygon(box(left, top, side, side));
    canvas.paint([255, 255, 255]);
    const [x, y] = [left + side / 2, top + side / 2];
    canvas.line(Float64Array.of(x - side / 4, y, x + side / 4, y), unit);
    if (i === 0) canvas.line(Float64Array.of(x, y - side / 4, x, y + side / 4), unit);
    canvas.paint(palette.label);
  }
}

/** Bars across the top or the bottom and a panel at a side, as programs have around their maps. */
export function paintBars(canvas: Canvas, palette: Palette, random: Random): void {
  const { size } = canvas;
  const isDark = random.next() < 0.3;
  const bar: Color = isDark ? [30, 32, 38] : [250, 250, 252];
  for (const isTop of [true, false]) {
    if (random.next() < 0.4) continue;
    const height = size * random.uniform(0.05, 0.14);
    const top = isTop ? 0 : size - height;
    canvas.polygon(box(0, top, size, height));
    canvas.paint(bar);
    paintText(
      canvas,
      0.05 * size,
      top + 0.3 * height,
      0.4 * height,
      size * random.uniform(0.2, 0.6),
      isDark ? [230, 230, 230] : palette.label,
      random,
    );
  }
}

/** Names anywhere, at any size that maps have, some with a halo. */
export function paintNames(canvas: Canvas, palette: Palette, random: Random): void {
  const { size } = canvas;
  const count = 1 + random.integer(7);
  for (let i = 0; i < count; i++) {
    const height = (random.uniform(2.2, 7) * size) / 128;
    const [left, top] = [random.uniform(-0.1, 0.9) * size, random.uniform(0, 0.97) * size];
    const width = height * (2 + random.integer(8)) * 0.75;
    if (random.next() < 0.4) {
      canvas.polygon(box(left, top, width, height));
      canvas.paint(palette.land, 0.6);
    }
    paintText(canvas, left, top, height, width, palette.label, random);
  }
}

/** Strokes as dense and sharp as letters are. */
function paintText(
  canvas: Canvas,
  left: number,
  top: number,
  height: number,
  width: number,
  color: Color,
  random: Random,
): void {
  const pitch = height * 0.75;
  for (let x = left; x + pitch <= left + width; x += pitch) {
    const corner = () =>
      [x + random.integer(2) * height * 0.5, top + (random.integer(3) * height) / 2] as const;
    for (let stroke = 0; stroke < 3; stroke++)
      canvas.line(Float64Array.of(...corner(), ...corner()), height / 6);
  }
  canvas.paint(color, 0.9);
}

function box(left: number, top: number, width: number, height: number): Float64Array {
  return Float64Array.of(left, top, left + width, top, left + width, top + height, left, top + height);
}
