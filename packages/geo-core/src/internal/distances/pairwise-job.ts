import type { DistanceMetric } from "../../distances/distance-metric.js";
import { ValueError } from "../../foundation/errors.js";
import { checkOneOf } from "../../foundation/validate.js";
import type { TrajectorySet } from "../../trajectories/trajectory-set.js";
import { pairDistance, type ResolvedMetric } from "./metric.js";
import type { Allocate, PreparedPoints } from "./points.js";
import { prepareSet, resolveForSet } from "./prepare.js";

/** All pairs of a set, cut into tiles of about equal work; plain data, so that workers can share it. */
export interface PairwiseJob {
  readonly metric: ResolvedMetric;
  readonly points: PreparedPoints;
  /** The first pair (i, j) of each tile, and (n − 1, n) at the end; `[(tiles + 1) × 2]`. */
  readonly tiles: Uint32Array;
  readonly output: Float32Array | Float64Array;
  /** The entries at {@link NEXT_TILE} and {@link STOP}. */
  readonly control: Int32Array;
}

/** Entry of {@link PairwiseJob.control}: the first tile that nobody has taken. */
export const NEXT_TILE = 0;
/** Entry of {@link PairwiseJob.control}: not 0 when work must end. */
export const STOP = 1;

/** About 50 ms of dynamic programming: how long one slice on the calling thread may keep it busy. */
const LARGEST_TILE_CELLS = 16e6;
const SMALLEST_TILE_CELLS = 1e5;
const TILES = 256;
/** Fixed work of a pair, in cells, so that many one-point trajectories also make balanced tiles. */
const PAIR_CELLS = 20;

/** Checks everything about a pairwise computation, then lays it out. */
export function createPairwiseJob(
  where: string,
  set: TrajectorySet,
  metric: DistanceMetric,
  precision: "float32" | "float64",
  allocate: Allocate,
): PairwiseJob {
  checkOneOf(where, "output", precision, ["float32", "float64"]);
  const resolved = resolveForSet(where, set, metric);
  if (resolved.name === "directedHausdorff") {
    throw new ValueError(`${where}: metric must be symmetric, got "directedHausdorff"`);
  }
  const points = prepareSet(where, set, resolved.onSphere, allocate);
  const pairs = (set.length * (set.length - 1)) / 2;
  const tiles = tileBoundaries(points.offsets, allocate);
  const control = new Int32Array(allocate(8));
  const bytes = (precision === "float32" ? 4 : 8) * pairs;
  let buffer: ArrayBuffer | SharedArrayBuffer;
  try {
    buffer = allocate(bytes);
  } catch (cause) {
    throw new ValueError(
      `${where}: set must leave room for ${pairs} distances (${bytes} bytes), got ${set.length} trajectories`,
      { cause },
    );
  }
  const output = precision === "float32" ? new Float32Array(buffer) : new Float64Array(buffer);
  return { metric: resolved, points, tiles, output, control };
}

/** Cells of all pairs, counting {@link PAIR_CELLS} for each pair's fixed work. */
export function totalCells(offsets: Uint32Array): number {
  const count = offsets.length - 1;
  const points = offsets[count]!;
  let cells = 0;
  for (let i = 0; i < count; i++) {
    cells += (offsets[i + 1]! - offsets[i]!) * (points - offsets[i + 1]!) + (count - 1 - i) * PAIR_CELLS;
  }
  return cells;
}

function tileBoundaries(offsets: Uint32Array, allocate: Allocate): Uint32Array {
  const count = offsets.length - 1;
  const tileCells = Math.min(LARGEST_TILE_CELLS, Math.max(SMALLEST_TILE_CELLS, totalCells(offsets) / TILES));
  const starts: number[] = [];
  let cells = Infinity;
  for (let i = 0; i < count - 1; i++) {
    const rows = offsets[i + 1]! - offsets[i]!;
    for (let j = i + 1; j < count; j++) {
      if (cells >= tileCells) {
        starts.push(i, j);
        cells = 0;
      }
      cells += rows * (offsets[j + 1]! - offsets[j]!) + PAIR_CELLS;
    }
  }
  starts.push(Math.max(0, count - 1), count);
  const tiles = new Uint32Array(allocate(4 * starts.length));
  tiles.set(starts);
  return tiles;
}

export function tileCount(job: PairwiseJob): number {
  return job.tiles.length / 2 - 1;
}

/** The place of pair i < j among n trajectories: row by row above the diagonal, as in SciPy's `pdist`. */
export function condensedIndex(n: number, i: number, j: number): number {
  return n * i - (i * (i + 1)) / 2 + (j - i - 1);
}

/**
 * Fills one tile of the output. Every pair is computed on its own, so who computes it does not change a bit.
 *
 * @returns the number of pairs done: all of the tile's unless {@link STOP} was set meanwhile
 */
export function computeTile(job: PairwiseJob, tile: number): number {
  const { metric, points, tiles, output, control } = job;
  const count = points.offsets.length - 1;
  let i = tiles[2 * tile]!;
  let j = tiles[2 * tile + 1]!;
  const first = condensedIndex(count, i, j);
  const end = condensedIndex(count, tiles[2 * tile + 2]!, tiles[2 * tile + 3]!);
  for (let at = first; at < end; at++) {
    if (Atomics.load(control, STOP) !== 0) return at - first;
    output[at] = pairDistance(metric, points, i, points, j);
    j++;
    if (j === count) {
      i++;
      j = i + 1;
    }
  }
  return end - first;
}
