import type { Random } from "@wayweave/geo-core";
import type { ScreenshotKind, Square } from "./screenshot.js";

/** A square that holds the track somewhere inside, or shows a part of it. */
export function squareAround(coordinates: Float64Array, isCropped: boolean, random: Random): Square {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < coordinates.length; i += 2) {
    minX = Math.min(minX, coordinates[i]!);
    maxX = Math.max(maxX, coordinates[i]!);
    minY = Math.min(minY, coordinates[i + 1]!);
    maxY = Math.max(maxY, coordinates[i + 1]!);
  }
  const span = Math.max(maxX - minX, maxY - minY, 100);
  if (isCropped) {
    const side = span * random.uniform(0.5, 0.85);
    const at = 2 * random.integer(coordinates.length / 2);
    const [west, south] = [coordinates[at]! - side / 2, coordinates[at + 1]! - side / 2];
    return [west, south, west + side, south + side];
  }
  const side = span * random.uniform(1.15, 2);
  const west = random.uniform(maxX - side, minX);
  const south = random.uniform(maxY - side, minY);
  return [west, south, west + side, south + side];
}

/** The square as somebody says it who is off by up to a share of its side at each edge. */
export function cornersOff(
  square: Square,
  kind: ScreenshotKind,
  random: Random,
): [number, number, number, number] {
  const share = kind === "corners 1 % off" ? 0.01 : kind === "corners 3 % off" ? 0.03 : 0;
  const reach = share * (square[2] - square[0]);
  const [west, south, east, north] = square.map((value) => value + random.uniform(-reach, reach));
  return [west!, south!, east!, north!];
}
