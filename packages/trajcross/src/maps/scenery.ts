import type { Random } from "@wayweave/geo-core";
import type { Canvas } from "./canvas.js";
import type { Palette } from "./palette.js";

/** Paints land, parks, water, blocks of buildings and, unless told not to, roads: what lies under a track. */
export function paintScenery(
  canvas: Canvas,
  palette: Palette,
  random: Random,
  { hasRoads = true }: { readonly hasRoads?: boolean } = {},
): void {
  canvas.fill(palette.land);
  for (const color of [palette.park, palette.water]) {
    const count = random.integer(3);
    for (let i = 0; i < count; i++) canvas.polygon(blob(canvas.size, random));
    if (count > 0) canvas.paint(color);
  }
  if (random.next() < 0.5) paintBuildings(canvas, palette, random);
  if (hasRoads) paintRoads(canvas, palette, random);
}

/** A round shape with an uneven rim, anywhere. */
function blob(size: number, random: Random): Float64Array {
  const corners = 9;
  const [x, y] = [random.uniform(0, size), random.uniform(0, size)];
  const radius = random.uniform(0.1, 0.4) * size;
  const coordinates = new Float64Array(2 * corners);
  for (let i = 0; i < corners; i++) {
    const angle = (2 * Math.PI * i) / corners;
    const reach = radius * random.uniform(0.6, 1.2);
    coordinates[2 * i] = x + reach * Math.cos(angle);
    coordinates[2 * i + 1] = y + reach * Math.sin(angle);
  }
  return coordinates;
}

/** A block of a few rectangles that are turned the same way. */
function paintBuildings(canvas: Canvas, palette: Palette, random: Random): void {
  const turn = random.uniform(0, Math.PI / 2);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [x, y] = [random.uniform(0, canvas.size), random.uniform(0, canvas.size)];
  const pitch = random.uniform(6, 12);
  for (let row = -1; row <= 1; row++) {
    for (let column = -1; column <= 1; column++) {
      if (random.next() < 0.3) continue;
      const [width, height] = [pitch * random.uniform(0.4, 0.8), pitch * random.uniform(0.4, 0.8)];
      const corners = [0, 0, width, 0, width, height, 0, height];
      const coordinates = new Float64Array(8);
      for (let i = 0; i < 8; i += 2) {
        const [u, v] = [column * pitch + corners[i]!, row * pitch + corners[i + 1]!];
        coordinates[i] = x + u * cos - v * sin;
        coordinates[i + 1] = y + u * sin + v * cos;
      }
      canvas.polygon(coordinates);
    }
  }
  canvas.paint(palette.building);
}

/** Small roads, then main ones, each class over its own casing. */
function paintRoads(canvas: Canvas, palette: Palette, random: Random): void {
  for (const [color, count, thickness] of [
    [palette.road, 2 + random.integer(5), random.uniform(0.7, 2.2)],
    [palette.mainRoad, random.integer(3), random.uniform(1.8, 4)],
  ] as const) {
    const roads = Array.from({ length: count }, () => road(canvas.size, random));
    for (const [width, paint] of [
      [thickness + 1, palette.casing],
      [thickness, color],
    ] as const) {
      for (const coordinates of roads) canvas.line(coordinates, width);
      if (count > 0) canvas.paint(paint);
    }
  }
}

/** A road across the whole picture that bends a little. */
function road(size: number, random: Random): Float64Array {
  const angle = random.uniform(0, Math.PI);
  const [x, y] = [random.uniform(0, size), random.uniform(0, size)];
  const points = 6;
  const step = (2.4 * size) / (points - 1);
  const coordinates = new Float64Array(2 * points);
  for (let i = 0; i < points; i++) {
    const along = (i - (points - 1) / 2) * step;
    const aside = random.uniform(-0.05, 0.05) * size;
    coordinates[2 * i] = x + along * Math.cos(angle) - aside * Math.sin(angle);
    coordinates[2 * i + 1] = y + along * Math.sin(angle) + aside * Math.cos(angle);
  }
  return coordinates;
}

/** Paints a few names: rows of strokes that are as dense, as small and as sharp as letters are. */
export function paintLabels(canvas: Canvas, palette: Palette, random: Random): void {
  const count = 1 + random.integer(3);
  for (let i = 0; i < count; i++) {
    const height = random.uniform(3, 6);
    const letters = 3 + random.integer(6);
    const [left, top] = [random.uniform(-0.1, 0.8) * canvas.size, random.uniform(0, 0.95) * canvas.size];
    if (random.next() < 0.5) {
      const right = left + letters * height * 0.8;
      canvas.polygon(Float64Array.of(left, top, right, top, right, top + height, left, top + height));
      canvas.paint(palette.land, 0.6);
    }
    for (let letter = 0; letter < letters; letter++) {
      const x = left + letter * height * 0.8;
      const corner = () =>
        [x + random.integer(2) * height * 0.5, top + (random.integer(3) * height) / 2] as const;
      for (let stroke = 0; stroke < 3; stroke++) {
        canvas.line(Float64Array.of(...corner(), ...corner()), height / 5);
      }
    }
    canvas.paint(palette.label, 0.85);
  }
}
