import type { Random } from "@wayweave/geo-core";
import type { Color } from "../data/ink.js";

/** The colours of a map. */
export interface Palette {
  readonly land: Color;
  readonly park: Color;
  readonly water: Color;
  readonly building: Color;
  readonly road: Color;
  readonly mainRoad: Color;
  /** Along the edges of roads. */
  readonly casing: Color;
  readonly label: Color;
}

/** In the manner of common web maps: two colourful ones, a pale one, a dark one, an aerial photograph's. */
const palettes: readonly Palette[] = [
  {
    land: [242, 239, 233],
    park: [200, 230, 180],
    water: [170, 211, 223],
    building: [217, 208, 201],
    road: [255, 255, 255],
    mainRoad: [252, 214, 164],
    casing: [190, 180, 170],
    label: [70, 70, 70],
  },
  {
    land: [245, 245, 245],
    park: [197, 232, 197],
    water: [156, 192, 249],
    building: [230, 230, 232],
    road: [255, 255, 255],
    mainRoad: [253, 226, 147],
    casing: [215, 215, 220],
    label: [95, 99, 104],
  },
  {
    land: [250, 250, 248],
    park: [236, 240, 233],
    water: [212, 218, 220],
    building: [236, 236, 232],
    road: [255, 255, 255],
    mainRoad: [255, 255, 255],
    casing: [220, 220, 216],
    label: [120, 120, 120],
  },
  {
    land: [38, 38, 42],
    park: [40, 52, 44],
    water: [22, 26, 34],
    building: [50, 50, 56],
    road: [70, 70, 76],
    mainRoad: [92, 88, 80],
    casing: [28, 28, 30],
    label: [175, 175, 180],
  },
  {
    land: [112, 118, 92],
    park: [66, 90, 58],
    water: [48, 72, 88],
    building: [160, 150, 140],
    road: [150, 148, 144],
    mainRoad: [172, 168, 160],
    casing: [110, 108, 100],
    label: [245, 245, 245],
  },
];

/** One of the palettes, each colour shifted a little. */
export function drawPalette(random: Random): Palette {
  const palette = palettes[random.integer(palettes.length)]!;
  const shifted = (color: Color): Color => {
    const brightness = random.uniform(-8, 8);
    const [r, g, b] = color.map((value) =>
      Math.max(0, Math.min(255, value + brightness + random.uniform(-6, 6))),
    );
    return [r!, g!, b!];
  };
  return {
    land: shifted(palette.land),
    park: shifted(palette.park),
    water: shifted(palette.water),
    building: shifted(palette.building),
    road: shifted(palette.road),
    mainRoad: shifted(palette.mainRoad),
    casing: shifted(palette.casing),
    label: shifted(palette.label),
  };
}

/** How far a line's colour is from the land's and the roads' at least, where eight draws find one that is: else nobody would see it. */
const smallestContrast = 110;

/** A line's colour: any hue, mostly strong; now and then black. */
export function drawLineColor(random: Random, { land, road, mainRoad, park, water }: Palette): Color {
  let best: Color = [0, 0, 0];
  let bestContrast = -1;
  for (let i = 0; i < 8 && bestContrast < smallestContrast; i++) {
    const isDark = random.next() < 0.12;
    const color: Color = isDark
      ? [random.uniform(0, 60), random.uniform(0, 60), random.uniform(0, 60)]
      : hsv(random.next(), random.uniform(0.6, 1), random.uniform(0.5, 1));
    const contrast = Math.min(
      ...[land, road, mainRoad, park, water].map((other) => colorDistance(color, other)),
    );
    if (contrast > bestContrast) {
      best = color;
      bestContrast = contrast;
    }
  }
  return best;
}

/** Euclidean, 0 … 442. */
export function colorDistance(a: Color, b: Color): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** Hue, saturation and value in [0, 1] as red, green and blue. */
export function hsv(hue: number, saturation: number, value: number): Color {
  const channel = (n: number) => {
    const k = (n + 6 * hue) % 6;
    return 255 * value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [channel(5), channel(3), channel(1)];
}
