import type { Random } from "@wayweave/geo-core";
import type { Color } from "../../data/ink.js";
import { colorDistance, drawPalette, hsv, type Palette } from "../../maps/palette.js";

/** A map's colours: those of common web maps, or made up about a brightness. */
export function drawAnyPalette(random: Random): Palette {
  if (random.next() < 0.6) return drawPalette(random);
  const isDark = random.next() < 0.35;
  const light = isDark ? random.uniform(0.05, 0.3) : random.uniform(0.75, 1);
  const toned = (brightness: number, saturation: number): Color =>
    hsv(random.next(), random.uniform(0, saturation), Math.max(0, Math.min(1, brightness)));
  const away = isDark ? 1 : -1;
  return {
    land: toned(light, 0.12),
    park: toned(light + away * random.uniform(0, 0.1), 0.4),
    water: toned(light + away * random.uniform(0, 0.2), 0.4),
    building: toned(light + away * random.uniform(0.02, 0.12), 0.15),
    road: toned(isDark ? light + random.uniform(0.08, 0.3) : random.uniform(0.85, 1), 0.1),
    mainRoad: toned(
      isDark ? light + random.uniform(0.1, 0.4) : random.uniform(0.8, 1),
      random.next() < 0.5 ? 0.2 : 0.8,
    ),
    casing: toned(light + away * random.uniform(0.08, 0.35), 0.15),
    label: toned(isDark ? random.uniform(0.6, 1) : random.uniform(0, 0.5), 0.3),
  };
}

/** Share of lines that have a road's own colour. */
const roadColorShare = 0.2;

/** A colour for a line, and whether it is a road's own. */
export interface LineColor {
  readonly color: Color;
  readonly isRoads: boolean;
}

/** A colour for a line: mostly strong, now and then grey or black, now and then a road's own, exactly or nearly. */
export function drawAnyLineColor(random: Random, palette: Palette): LineColor {
  const kind = random.next();
  if (kind < roadColorShare) {
    const reach = random.next() < 0.5 ? 0 : 12;
    const color = jittered(random.next() < 0.6 ? palette.mainRoad : palette.road, reach, random);
    return { color, isRoads: true };
  }
  return { color: drawOtherColor(kind < roadColorShare + 0.12, random, palette), isRoads: false };
}

function drawOtherColor(isGrey: boolean, random: Random, palette: Palette): Color {
  if (isGrey) {
    const grey = contrasting(() => {
      const value = random.uniform(0, 255);
      return [value, value, value];
    }, palette.land);
    return jittered(grey, 10, random);
  }
  return contrasting(
    () => hsv(random.next(), random.uniform(0.35, 1), random.uniform(0.35, 1)),
    palette.land,
  );
}

/** The first of eight draws that is seen on a background, or the one that is seen best. */
export function contrasting(draw: () => Color, background: Color, smallest = 70): Color {
  let best = draw();
  for (let i = 0; i < 7 && colorDistance(best, background) < smallest; i++) {
    const other = draw();
    if (colorDistance(other, background) > colorDistance(best, background)) best = other;
  }
  return best;
}

function jittered(color: Color, reach: number, random: Random): Color {
  const [r, g, b] = color.map((value) => Math.max(0, Math.min(255, value + random.uniform(-reach, reach))));
  return [r!, g!, b!];
}

/** Part of the way from one colour to another. */
export function mixed(a: Color, b: Color, share: number): Color {
  return [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]), a[2] + share * (b[2] - a[2])];
}
