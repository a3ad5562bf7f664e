import type { Random, RoadNetwork } from "@wayweave/geo-core";
import type { Canvas } from "../../maps/canvas.js";
import type { Palette } from "../../maps/palette.js";
import { dashesOf } from "./dashes.js";
import type { Placement } from "./frame.js";

/** Metres a second from which on a road is drawn as a main one. */
const mainRoadSpeed = 10;

/** So many small streets in a picture are still told apart; some maps show more. */
const mostSmallStreets = 400;
const mostCrowdedStreets = 2000;

/** Roads by class, in pixels. */
interface Roads {
  readonly small: readonly Float64Array[];
  readonly main: readonly Float64Array[];
}

/** Paints a city's own roads where the picture shows them: the line that is drawn later runs along some of them. */
export function paintCityRoads(
  canvas: Canvas,
  network: RoadNetwork,
  placement: Placement,
  palette: Palette,
  random: Random,
): void {
  const nodes = placement.place(network.nodes);
  const { size } = canvas;
  const small: Float64Array[] = [];
  const main: Float64Array[] = [];
  for (let node = 0; node + 1 < network.edgeStarts.length; node++) {
    for (let edge = network.edgeStarts[node]!; edge < network.edgeStarts[node + 1]!; edge++) {
      const target = network.edgeTargets[edge]!;
      if (target < node) continue;
      const [ax, ay, bx, by] = [
        nodes[2 * node]!,
        nodes[2 * node + 1]!,
        nodes[2 * target]!,
        nodes[2 * target + 1]!,
      ];
      if (Math.max(ax, bx) < -8 || Math.min(ax, bx) > size + 8) continue;
      if (Math.max(ay, by) < -8 || Math.min(ay, by) > size + 8) continue;
      (network.edgeSpeeds[edge]! > mainRoadSpeed ? main : small).push(Float64Array.of(ax, ay, bx, by));
    }
  }
  // A map leaves out the small streets where they would lie closer than a few pixels.
  const tooMany = (random.next() < 0.25 ? mostCrowdedStreets : mostSmallStreets) * random.uniform(0.3, 1);
  paintRoadClasses(canvas, { small: small.length > tooMany ? [] : small, main }, palette, random);
}

/** Paints roads that bend a little, a road under the line itself among them if `under` is given. */
export function paintMadeUpRoads(
  canvas: Canvas,
  under: Float64Array | undefined,
  palette: Palette,
  random: Random,
): void {
  const isGrid = random.next() < 0.4;
  const roads = isGrid ? streetGrid(canvas.size, random) : bentRoads(canvas.size, random);
  const isMain = random.next() < 0.5;
  const own = under === undefined ? [] : [extended(under, canvas.size, random)];
  paintRoadClasses(
    canvas,
    {
      small: isMain ? roads.small : [...roads.small, ...own],
      main: isMain ? [...roads.main, ...own] : roads.main,
    },
    palette,
    random,
  );
}

function paintRoadClasses(canvas: Canvas, roads: Roads, palette: Palette, random: Random): void {
  const unit = canvas.size / 128;
  const hasCasing = random.next() < 0.7;
  const smallWidth = random.uniform(0.6, 2.6) * unit;
  const mainWidth = smallWidth * random.uniform(1, 2.2);
  for (const [lines, width, color] of [
    [roads.small, smallWidth, palette.road],
    [roads.main, mainWidth, palette.mainRoad],
  ] as const) {
    if (lines.length === 0) continue;
    if (hasCasing) {
      for (const line of lines) canvas.line(line, width + random.uniform(0.8, 1.4));
      canvas.paint(palette.casing);
    }
    for (const line of lines) canvas.line(line, width);
    canvas.paint(color);
  }
}

function streetGrid(size: number, random: Random): Roads {
  const turn = random.uniform(0, Math.PI / 2);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const spacing = size * random.uniform(0.07, 0.3);
  const reach = 0.75 * size;
  const every = 2 + random.integer(4);
  const small: Float64Array[] = [];
  const main: Float64Array[] = [];
  for (const isAcross of [false, true]) {
    let n = random.integer(every);
    for (let at = -reach; at < reach; at += spacing * random.uniform(0.7, 1.3)) {
      const ends = isAcross ? [at, -reach, at, reach] : [-reach, at, reach, at];
      const road = new Float64Array(4);
      for (let i = 0; i < 4; i += 2) {
        road[i] = size / 2 + cos * ends[i]! - sin * ends[i + 1]!;
        road[i + 1] = size / 2 + sin * ends[i]! + cos * ends[i + 1]!;
      }
      (n++ % every === 0 ? main : small).push(road);
    }
  }
  return { small, main };
}

function bentRoads(size: number, random: Random): Roads {
  const roads = (count: number) => Array.from({ length: count }, () => bentRoad(size, random));
  return { small: roads(1 + random.integer(12)), main: roads(random.integer(4)) };
}

/** A road across the picture, or a part of it, whose heading drifts. */
function bentRoad(size: number, random: Random): Float64Array {
  const points = 6 + random.integer(20);
  const drift = random.uniform(0, 0.25);
  const step = (size * random.uniform(0.3, 2)) / points;
  const coordinates = new Float64Array(2 * points);
  let [x, y] = [random.uniform(-0.2, 1.2) * size, random.uniform(-0.2, 1.2) * size];
  let heading = random.uniform(0, 2 * Math.PI);
  for (let i = 0; i < points; i++) {
    coordinates[2 * i] = x;
    coordinates[2 * i + 1] = y;
    heading += drift * random.normal();
    x += step * Math.cos(heading);
    y += step * Math.sin(heading);
  }
  return coordinates;
}

/** A line that goes straight on beyond both ends. */
function extended(line: Float64Array, size: number, random: Random): Float64Array {
  const n = line.length;
  const beyond = (x: number, y: number, fromX: number, fromY: number): [number, number] => {
    const length = Math.hypot(x - fromX, y - fromY) || 1;
    const reach = random.next() < 0.3 ? 0 : random.uniform(0, 0.6) * size;
    return [x + ((x - fromX) / length) * reach, y + ((y - fromY) / length) * reach];
  };
  const start = beyond(line[0]!, line[1]!, line[2]!, line[3]!);
  const end = beyond(line[n - 2]!, line[n - 1]!, line[n - 4]!, line[n - 3]!);
  return Float64Array.of(...start, ...line, ...end);
}

/** Thin lines that are no route: borders, railways, ferries. */
export function paintOtherLines(canvas: Canvas, palette: Palette, random: Random): void {
  const count = 1 + random.integer(3);
  const unit = canvas.size / 128;
  for (let i = 0; i < count; i++) {
    const line = bentRoad(canvas.size, random);
    const width = random.uniform(0.5, 1.4) * unit;
    if (random.next() < 0.6) {
      for (const dash of dashesOf(line, random.uniform(2, 6) * unit, random.uniform(1, 4) * unit))
        canvas.line(dash, width);
    } else canvas.line(line, width);
    canvas.paint(random.next() < 0.5 ? palette.casing : palette.label, random.uniform(0.25, 0.8));
  }
}
