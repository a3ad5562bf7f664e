import { ValueError } from "../foundation/errors.js";
import type { Random } from "../foundation/random.js";
import { bend, type Vector } from "./path.js";

const LANE_METERS = 3.7;

/** Lanes of both directions along a gentle curve, half of the routes each way. */
export function motorwayRoutes(routes: number, random: Random): Vector[][] {
  if (routes % 2 !== 0)
    throw new ValueError(`createRoutes: routes of a motorway must be even, got ${routes}`);
  const length = 200 + 300 * random.next();
  const curve = 0.15 * (random.next() - 0.5);
  const lanes = routes / 2;
  const median = 2 + 6 * random.next();
  const line = (offset: number): Vector[] =>
    Array.from({ length: 41 }, (_, i) => {
      const y = (length * i) / 40;
      return [offset + (curve * y * y) / length, y];
    });
  return Array.from({ length: routes }, (_, i) => {
    const lane = LANE_METERS * ((i % lanes) + 0.5) + median / 2;
    return i < lanes ? line(lane) : line(-lane).reverse();
  });
}

/** From each of four arms straight on, left, right, then back; `routes` of these 16. */
export function crossingRoutes(routes: number, random: Random): Vector[][] {
  if (routes > 16)
    throw new ValueError(`createRoutes: routes of a crossing must be at most 16, got ${routes}`);
  const arm = 35 + 25 * random.next();
  const half = 8;
  const lane = LANE_METERS / 2;
  // Right-hand traffic: turned by the arm, a car comes from the south in the lane right of the middle.
  const turned = ([x, y]: Vector, quarter: number): Vector =>
    [
      [x, y],
      [-y, x],
      [-x, -y],
      [y, -x],
    ][quarter] as unknown as Vector;
  const moves: readonly (readonly Vector[])[] = [
    [
      [lane, -arm],
      [lane, -half],
      [lane, half],
      [lane, arm],
    ],
    [[lane, -arm], [lane, -half], ...bend([lane, -half], [lane, lane], [-half, lane]), [-arm, lane]],
    [[lane, -arm], [lane, -half], ...bend([lane, -half], [lane, -lane], [half, -lane]), [arm, -lane]],
    [[lane, -arm], [lane, -half], ...bend([lane, -half], [0, 0], [-lane, -half]), [-lane, -arm]],
  ];
  return moves
    .flatMap((move) => [0, 1, 2, 3].map((quarter) => move.map((at) => turned(at, quarter))))
    .slice(0, routes);
}

/** Walks between doors around the walls by way of a place inside, each way. */
export function roomRoutes(routes: number, random: Random): Vector[][] {
  if (routes > 42) throw new ValueError(`createRoutes: routes of a room must be at most 42, got ${routes}`);
  const [width, height] = [12 + 8 * random.next(), 9 + 5 * random.next()];
  const doors: Vector[] = [
    [0, 0.2 * height],
    [0, 0.8 * height],
    [width, 0.3 * height],
    [width, 0.75 * height],
    [0.35 * width, 0],
    [0.75 * width, 0],
    [0.5 * width, height],
  ];
  const pairs = doors.flatMap((_, i) => doors.slice(i + 1).map((__, j) => [i, i + 1 + j] as const));
  const chosen = random.shuffle(pairs).slice(0, Math.ceil(routes / 2));
  return chosen
    .flatMap(([a, b]) => {
      const [from, to] = [doors[a]!, doors[b]!];
      const middle: Vector = [width * (0.3 + 0.4 * random.next()), height * (0.3 + 0.4 * random.next())];
      const way = [from, ...bend(from, middle, to, 16)];
      return [way, [...way].reverse()];
    })
    .slice(0, routes);
}

/** Ways along the streets of a grid; every third turns off late from the one before. */
export function townRoutes(routes: number, random: Random): Vector[][] {
  const block = 250;
  const at = (column: number, row: number): Vector => [block * column, block * row];
  const made: Vector[][] = [];
  let last: [number, number][] = [];
  while (made.length < routes) {
    const isBranch = made.length % 3 === 2;
    const corners = isBranch ? last.slice(0, Math.ceil(0.7 * last.length)) : [startOf(random)];
    const length = 10 + random.integer(8);
    let heading = random.integer(4);
    while (corners.length < length) {
      if (random.next() < 0.3) heading = (heading + (random.next() < 0.5 ? 1 : 3)) % 4;
      const [column, row] = corners.at(-1)!;
      const [dx, dy] = [
        [1, 0],
        [0, 1],
        [-1, 0],
        [0, -1],
      ][heading] as [number, number];
      const next: [number, number] = [column + dx, row + dy];
      const isInside = Math.min(...next) >= 0 && Math.max(...next) <= 14;
      const back = corners.at(-2);
      if (!isInside || (back !== undefined && back[0] === next[0] && back[1] === next[1])) {
        heading = random.integer(4);
        continue;
      }
      corners.push(next);
    }
    last = corners;
    made.push(corners.map(([column, row]) => at(column, row)));
  }
  return made;
}

function startOf(random: Random): [number, number] {
  return [random.integer(15), random.integer(15)];
}
