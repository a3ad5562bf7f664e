import { LEAF } from "../../src/internal/packed-tree.js";
import { LEAF_SIZE, Partition } from "../../src/internal/partition.js";
import type { Rows } from "./objects.js";

const FANOUT = 16;
const HILBERT_BITS = 16;

/** A tree over rows, which are in its order: what the package's own packing makes, or one like it. */
export interface Tree extends Rows {
  readonly starts: Uint32Array;
  readonly counts: Uint32Array;
}

export type PackingName = "Hilbert" | "STR" | "space only" | "meaning first" | "mixed";
export const packings: readonly PackingName[] = ["Hilbert", "STR", "space only", "meaning first", "mixed"];

export function packRows(source: Rows, packing: PackingName, spaceWeight: number): Tree {
  if (packing === "Hilbert" || packing === "STR") return packInOrder(source, packing);
  const weights = { "space only": 1e9, "meaning first": 1e-9, mixed: spaceWeight };
  const rows = source.rows.slice();
  const order = new Uint32Array(source.count);
  const nodes = new Partition(rows, order, source.length, weights[packing], () => {}).run();
  return {
    ...source,
    rows,
    starts: nodes.starts.slice(0, nodes.count),
    counts: nodes.counts.slice(0, nodes.count),
  };
}

/** Cuts a spatial order into full leaves, these into full nodes, and so on. */
function packInOrder(source: Rows, packing: "Hilbert" | "STR"): Tree {
  const order = packing === "Hilbert" ? hilbertOrder(source) : tiledOrder(source);
  const rows = new Float32Array(source.rows.length);
  order.forEach((from, to) => {
    rows.set(source.rows.subarray(from * source.length, (from + 1) * source.length), to * source.length);
  });
  // Levels from the leaves to the root; a level's entry is where its part of the one below begins.
  const levels: number[] = [source.count];
  while (levels.at(-1)! > 1)
    levels.push(Math.ceil(levels.at(-1)! / (levels.length === 1 ? LEAF_SIZE : FANOUT)));
  const starts: number[] = [];
  const counts: number[] = [];
  let below = 1;
  for (let level = levels.length - 1; level > 0; level--) {
    const size = level === 1 ? LEAF_SIZE : FANOUT;
    if (level > 1) below = starts.length + levels[level]!;
    for (let i = 0; i < levels[level]!; i++) {
      const begin = i * size;
      const count = Math.min(size, levels[level - 1]! - begin);
      starts.push(level === 1 ? begin : below + begin);
      counts.push(level === 1 ? (count | LEAF) >>> 0 : count);
    }
  }
  return { ...source, rows, starts: Uint32Array.from(starts), counts: Uint32Array.from(counts) };
}

/** Longitude and latitude as shares of their ranges. */
function shares({ rows, length }: Rows, i: number): [x: number, y: number] {
  const [x = 0, y = 0, z = 0] = rows.subarray(i * length, i * length + 3);
  return [Math.atan2(y, x) / (2 * Math.PI) + 0.5, Math.asin(Math.max(-1, Math.min(1, z))) / Math.PI + 0.5];
}

function hilbertOrder(source: Rows): number[] {
  const keys = Float64Array.from({ length: source.count }, (_, i) => hilbert(...shares(source, i)));
  return Array.from(keys.keys()).sort((a, b) => keys[a]! - keys[b]!);
}

/** The distance along the Hilbert curve; Wikipedia's xy2d. */
function hilbert(shareX: number, shareY: number): number {
  const cells = 2 ** HILBERT_BITS;
  let x = Math.min(cells - 1, Math.floor(shareX * cells));
  let y = Math.min(cells - 1, Math.floor(shareY * cells));
  let distance = 0;
  for (let side = cells / 2; side >= 1; side /= 2) {
    const right = (x & side) > 0 ? 1 : 0;
    const upper = (y & side) > 0 ? 1 : 0;
    distance += side * side * ((3 * right) ^ upper);
    if (upper === 0) {
      if (right === 1) [x, y] = [cells - 1 - x, cells - 1 - y];
      [x, y] = [y, x];
    }
  }
  return distance;
}

/** Sort-Tile-Recursive: slices by longitude, each sorted by latitude. */
function tiledOrder(source: Rows): number[] {
  const places = Array.from({ length: source.count }, (_, i) => shares(source, i));
  const order = places.map((_, i) => i).sort((a, b) => places[a]![0] - places[b]![0]);
  const slices = Math.ceil(Math.sqrt(source.count / LEAF_SIZE));
  const size = slices * LEAF_SIZE;
  return Array.from({ length: Math.ceil(source.count / size) }, (_, s) =>
    order.slice(s * size, (s + 1) * size).sort((a, b) => places[a]![1] - places[b]![1]),
  ).flat();
}
