import type { Random, RoadNetwork } from "@wayweave/geo-core";
import sharp from "sharp";

/** How the line of a screenshot is drawn, or what is wrong with the picture. */
export const screenshotKinds = [
  "plain",
  "dashed",
  "grey drawing",
  "half transparent",
  "gradient",
  "dark map",
  "cropped",
  "a road's colour",
  "a road's colour, no markers",
  "corners 1 % off",
  "corners 3 % off",
] as const;
export type ScreenshotKind = (typeof screenshotKinds)[number];

/** A square of the plane in metres: west, south, east, north. */
export type Square = readonly [west: number, south: number, east: number, north: number];

export interface Screenshot {
  readonly size: number;
  /** `[size, size, 3]` */
  readonly data: Uint8Array;
  readonly png: Uint8Array;
}

interface Style {
  readonly land: string;
  readonly park: string;
  readonly water: string;
  readonly road: string;
  readonly avenue: string;
  readonly casing: string;
  readonly text: string;
}

const light: Style = {
  land: "#f3efe8",
  park: "#cfe6b8",
  water: "#a9cfe0",
  road: "#ffffff",
  avenue: "#f8d78c",
  casing: "#c9c0b4",
  text: "#4a4a4a",
};
const dark: Style = {
  land: "#22262e",
  park: "#2a362d",
  water: "#16202e",
  road: "#454b57",
  avenue: "#5e5a4c",
  casing: "#191c22",
  text: "#b9bec8",
};
const names = [
  "Mill Lane",
  "Station Road",
  "Old Town",
  "Park",
  "Harbour",
  "King's Cross",
  "St Mary",
  "Riverside",
];
/** Metres a second from which on a road is an avenue. */
const avenueSpeed = 10;

/**
 * Draws a track over the map of a city by SVG, which sharp turns into pixels. Shares nothing with the pictures that the line reader has learnt
 * from: other software, other map, real letters.
 */
export async function drawScreenshot(
  track: Float64Array,
  roads: RoadNetwork,
  square: Square,
  kind: ScreenshotKind,
  random: Random,
): Promise<Screenshot> {
  const size = [384, 512, 640, 800][random.integer(4)]!;
  const style = kind === "dark map" ? dark : light;
  const [west, south, east, north] = square;
  const x = (value: number) => (((value - west) / (east - west)) * size).toFixed(1);
  const y = (value: number) => (((north - value) / (north - south)) * size).toFixed(1);
  const map =
    kind === "grey drawing"
      ? `<rect width="100%" height="100%" fill="#fff"/>`
      : mapOf(roads, square, size, style, random);
  const points: string[] = [];
  for (let i = 0; i < track.length; i += 2) points.push(`${x(track[i]!)},${y(track[i + 1]!)}`);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}">${map}${lineOf(points, kind, style, size, random)}</svg>`;
  const image = sharp(Buffer.from(svg)).flatten({ background: "#ffffff" }).removeAlpha();
  const data = new Uint8Array(await image.clone().raw().toBuffer());
  return { size, data, png: new Uint8Array(await image.clone().resize(104).png().toBuffer()) };
}

function lineOf(
  points: readonly string[],
  kind: ScreenshotKind,
  style: Style,
  size: number,
  random: Random,
): string {
  const hue = random.integer(360);
  const strong = `hsl(${hue},85%,${kind === "dark map" ? 60 : 42}%)`;
  const color =
    kind === "grey drawing" ? "#808080" : kind.startsWith("a road's colour") ? style.avenue : strong;
  const width = (random.uniform(3, 6) * size) / 512;
  const stroke = kind === "gradient" ? "url(#along)" : color;
  const gradient = `<defs><linearGradient id="along" gradientUnits="userSpaceOnUse" x1="0" y1="0" x2="${size}" y2="${size}"><stop offset="0" stop-color="hsl(${hue},90%,45%)"/><stop offset="1" stop-color="hsl(${hue + 120},90%,45%)"/></linearGradient></defs>`;
  const dash =
    kind === "dashed" ? ` stroke-dasharray="${(3 * width).toFixed(1)} ${(2 * width).toFixed(1)}"` : "";
  const opacity = kind === "half transparent" ? 0.5 : 1;
  const line = `<polyline points="${points.join(" ")}" fill="none" stroke="${stroke}" stroke-width="${width.toFixed(1)}" stroke-linejoin="round" stroke-linecap="round" opacity="${opacity}"${dash}/>`;
  if (kind === "grey drawing" || kind === "a road's colour, no markers") return line;
  const [first, last] = [points[0]!.split(","), points.at(-1)!.split(",")];
  const dot = ([cx, cy]: readonly string[], fill: string) =>
    `<circle cx="${cx}" cy="${cy}" r="${(1.2 * width).toFixed(1)}" fill="${fill}" stroke="#fff" stroke-width="${(width / 3).toFixed(1)}"/>`;
  return `${gradient}${line}${dot(first, "#2e9e4f")}${dot(last, "#d33a2c")}`;
}

function mapOf(
  roads: RoadNetwork,
  [west, south, east, north]: Square,
  size: number,
  style: Style,
  random: Random,
): string {
  const scale = size / (east - west);
  const parts = [`<rect width="100%" height="100%" fill="${style.land}"/>`];
  for (let i = 0; i < 4; i++) {
    const fill = i % 2 === 0 ? style.park : style.water;
    parts.push(
      `<ellipse cx="${random.integer(size)}" cy="${random.integer(size)}" rx="${random.uniform(0.08, 0.25) * size}" ry="${random.uniform(0.05, 0.2) * size}" fill="${fill}"/>`,
    );
  }
  const paths: Record<"street" | "avenue", string[]> = { street: [], avenue: [] };
  const at = (node: number) =>
    `${((roads.nodes[2 * node]! - west) * scale).toFixed(1)} ${((north - roads.nodes[2 * node + 1]!) * scale).toFixed(1)}`;
  const isNear = (node: number) => {
    const [nodeX, nodeY] = [roads.nodes[2 * node]!, roads.nodes[2 * node + 1]!];
    const reach = 1500;
    return nodeX > west - reach && nodeX < east + reach && nodeY > south - reach && nodeY < north + reach;
  };
  for (let node = 0; node + 1 < roads.edgeStarts.length; node++) {
    for (let edge = roads.edgeStarts[node]!; edge < roads.edgeStarts[node + 1]!; edge++) {
      const target = roads.edgeTargets[edge]!;
      if (target < node || !(isNear(node) || isNear(target))) continue;
      paths[roads.edgeSpeeds[edge]! > avenueSpeed ? "avenue" : "street"].push(`M${at(node)}L${at(target)}`);
    }
  }
  const width = Math.max(1.2, Math.min(7, 14 * scale * 3));
  for (const [name, factor, color] of [
    ["street", 1, style.road],
    ["avenue", 1.5, style.avenue],
  ] as const) {
    const d = paths[name].join("");
    parts.push(
      `<path d="${d}" fill="none" stroke="${style.casing}" stroke-width="${(factor * width + 1.6).toFixed(1)}"/>`,
    );
    parts.push(
      `<path d="${d}" fill="none" stroke="${color}" stroke-width="${(factor * width).toFixed(1)}"/>`,
    );
  }
  for (let i = 0; i < 6; i++) {
    parts.push(
      `<text x="${random.integer(size)}" y="${random.integer(size)}" font-family="sans-serif" font-size="${((10 + random.integer(6)) * size) / 512}" fill="${style.text}">${names[random.integer(names.length)]}</text>`,
    );
  }
  return parts.join("");
}
