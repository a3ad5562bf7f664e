import type { Random } from "../foundation/random.js";

/** Free-flow speeds by class of road, in metres a second: 30, 50 and 80 km/h. */
const LOCAL_SPEED = 30 / 3.6;
const ARTERIAL_SPEED = 50 / 3.6;
const RING_SPEED = 80 / 3.6;

/** Every how many streets one is an arterial road. */
const ARTERIAL_EVERY = 4;

/** A city's roads: a graph on the plane, metres about the centre; every road runs both ways. */
export interface RoadNetwork {
  /** Junctions, interleaved x, y: `[nodes × 2]`. The first `side²` form the jittered street grid, row by row. */
  readonly nodes: Float64Array;
  /** Streets each way. */
  readonly side: number;
  /** Node n's roads are entries `edgeStarts[n]` up to, not including, `edgeStarts[n + 1]`; `[nodes + 1]`. */
  readonly edgeStarts: Uint32Array;
  /** The node at a road's other end, `[edges]`. */
  readonly edgeTargets: Uint32Array;
  /** `[edges]` */
  readonly edgeLengthsMeters: Float64Array;
  /** Free-flow metres a second, `[edges]`. */
  readonly edgeSpeeds: Float64Array;
}

/** What {@link createRoadNetwork} builds. */
export interface RoadNetworkShape {
  readonly sizeMeters: number;
  readonly spacingMeters: number;
  readonly diagonals: number;
  readonly rings: number;
  /** Share of local streets that do not exist, as far as the city stays in one piece. */
  readonly missingShare: number;
}

interface Road {
  readonly from: number;
  readonly to: number;
  readonly speed: number;
}

/**
 * A street grid with jittered junctions, every fourth street an arterial road, some local streets missing, with
 * diagonal avenues through the centre and ring roads laid over it. Always connected.
 */
export function createRoadNetwork(shape: RoadNetworkShape, random: Random): RoadNetwork {
  const side = Math.max(2, Math.round(shape.sizeMeters / shape.spacingMeters) + 1);
  const nodes = jitteredGrid(side, shape.spacingMeters, random.split("jitter"));
  const roads = new Map<number, Road>();
  const lay = (from: number, to: number, speed: number): void => {
    const key = Math.min(from, to) * side * side + Math.max(from, to);
    // Where two roads coincide the faster one is built.
    if (from !== to && speed > (roads.get(key)?.speed ?? 0)) roads.set(key, { from, to, speed });
  };
  layStreets(side, shape.missingShare, random.split("missing"), lay);
  const halfSize = ((side - 1) * shape.spacingMeters) / 2;
  for (let i = 0; i < shape.diagonals; i++) {
    // Halfway between the grid's own directions, and turned a little so that no two cities are alike.
    const angle = Math.PI / 4 + (i * Math.PI) / shape.diagonals + random.uniform(-0.2, 0.2);
    const reach = halfSize / Math.max(Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle)));
    layAlong(nodes, side, shape.spacingMeters, ARTERIAL_SPEED, lay, (t) => [
      (2 * t - 1) * reach * Math.cos(angle),
      (2 * t - 1) * reach * Math.sin(angle),
    ]);
  }
  for (let i = 0; i < shape.rings; i++) {
    const radius = (0.9 * halfSize * (i + 1)) / shape.rings;
    layAlong(nodes, side, shape.spacingMeters, RING_SPEED, lay, (t) => [
      radius * Math.cos(2 * Math.PI * t),
      radius * Math.sin(2 * Math.PI * t),
    ]);
  }
  return toGraph(nodes, side, [...roads.values()]);
}

/** The junction nearest to a point, among the nine of the grid around it. */
export function nearestNode(
  nodes: Float64Array,
  side: number,
  spacingMeters: number,
  x: number,
  y: number,
): number {
  const half = (side - 1) / 2;
  const clampIndex = (value: number): number => Math.max(0, Math.min(side - 1, Math.round(value)));
  const column = clampIndex(x / spacingMeters + half);
  const row = clampIndex(y / spacingMeters + half);
  let nearest = row * side + column;
  let best = Number.POSITIVE_INFINITY;
  for (let r = Math.max(0, row - 1); r <= Math.min(side - 1, row + 1); r++) {
    for (let c = Math.max(0, column - 1); c <= Math.min(side - 1, column + 1); c++) {
      const node = r * side + c;
      const distance = (nodes[2 * node]! - x) ** 2 + (nodes[2 * node + 1]! - y) ** 2;
      if (distance < best) {
        best = distance;
        nearest = node;
      }
    }
  }
  return nearest;
}

function jitteredGrid(side: number, spacingMeters: number, random: Random): Float64Array {
  const nodes = new Float64Array(2 * side * side);
  const jitter = 0.2 * spacingMeters;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const node = row * side + column;
      nodes[2 * node] = (column - (side - 1) / 2) * spacingMeters + random.uniform(-jitter, jitter);
      nodes[2 * node + 1] = (row - (side - 1) / 2) * spacingMeters + random.uniform(-jitter, jitter);
    }
  }
  return nodes;
}

function layStreets(
  side: number,
  missingShare: number,
  random: Random,
  lay: (from: number, to: number, speed: number) => void,
): void {
  const parents = Int32Array.from({ length: side * side }, (_, i) => i);
  const root = (node: number): number => {
    let at = node;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  };
  const build = (from: number, to: number, speed: number): void => {
    parents[root(from)] = root(to);
    lay(from, to, speed);
  };
  const missing: [from: number, to: number][] = [];
  const consider = (from: number, to: number, street: number): void => {
    if (street % ARTERIAL_EVERY === 0) build(from, to, ARTERIAL_SPEED);
    else if (random.next() >= missingShare) build(from, to, LOCAL_SPEED);
    else missing.push([from, to]);
  };
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const node = row * side + column;
      if (column + 1 < side) consider(node, node + 1, row);
      if (row + 1 < side) consider(node, node + side, column);
    }
  }
  // A missing street that would cut the city in two is built after all.
  for (const [from, to] of missing) if (root(from) !== root(to)) build(from, to, LOCAL_SPEED);
}

/** Lays a road along a curve, t from 0 to 1, through the junctions nearest to it. */
function layAlong(
  nodes: Float64Array,
  side: number,
  spacingMeters: number,
  speed: number,
  lay: (from: number, to: number, speed: number) => void,
  curve: (t: number) => [x: number, y: number],
): void {
  const steps = 16 * side;
  let [x, y] = curve(0);
  let from = nearestNode(nodes, side, spacingMeters, x, y);
  for (let i = 1; i <= steps; i++) {
    [x, y] = curve(i / steps);
    const to = nearestNode(nodes, side, spacingMeters, x, y);
    lay(from, to, speed);
    from = to;
  }
}

function toGraph(nodes: Float64Array, side: number, roads: readonly Road[]): RoadNetwork {
  const count = nodes.length / 2;
  const edgeStarts = new Uint32Array(count + 1);
  for (const { from, to } of roads) {
    edgeStarts[from + 1]!++;
    edgeStarts[to + 1]!++;
  }
  for (let i = 0; i < count; i++) edgeStarts[i + 1]! += edgeStarts[i]!;
  const next = edgeStarts.slice();
  const edgeTargets = new Uint32Array(2 * roads.length);
  const edgeLengthsMeters = new Float64Array(2 * roads.length);
  const edgeSpeeds = new Float64Array(2 * roads.length);
  for (const { from, to, speed } of roads) {
    const length = Math.hypot(nodes[2 * from]! - nodes[2 * to]!, nodes[2 * from + 1]! - nodes[2 * to + 1]!);
    for (const [start, end] of [
      [from, to],
      [to, from],
    ] as const) {
      const edge = next[start]!++;
      edgeTargets[edge] = end;
      edgeLengthsMeters[edge] = length;
      edgeSpeeds[edge] = speed;
    }
  }
  return { nodes, side, edgeStarts, edgeTargets, edgeLengthsMeters, edgeSpeeds };
}
