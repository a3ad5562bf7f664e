import {
  type CoordinateSystem,
  checkOptions,
  checkPositive,
  checkPositiveInteger,
  type TrajectorySet,
  ValueError,
} from "@wayweave/geo-core";
import Flatbush from "flatbush";
import { checkObject, checkTrips } from "../inputs/check-trips.js";
import { gridOver } from "./grid-over.js";

/** Starts the decoder's input, and fills the unused ends of batches. */
export const START_TOKEN = 0;
/** Ends every sequence that the decoder has to write. */
export const END_TOKEN = 1;
/** Tokens from here on are cells. */
export const FIRST_CELL_TOKEN = 2;

/** More cells than this would make the look-up table, and every exported model, needlessly large. */
const MAX_GRID_CELLS = 2 ** 24;

/** How large cells are, and how often one must be visited. */
export interface VocabularyOptions {
  /** Side of a cell: Web Mercator metres (planar: the set's unit). @defaultValue 300 */
  readonly cellSizeMeters?: number;
  /** Visits that a cell needs to be kept. @defaultValue 50 for every 86,000 trajectories, at least 1 */
  readonly minFrequency?: number;
}

/** The square cells that trajectories are spelt with. Columns and rows count from the south-west corner. */
export interface Vocabulary {
  /** Of the trajectories: `lonlat` ones are cut into cells in Web Mercator, `planar` ones as they are. */
  readonly coordinateSystem: CoordinateSystem;
  /** Side of a cell: Web Mercator metres (planar: the set's unit). */
  readonly cellSizeMeters: number;
  /** The grid's western edge: Web Mercator metres (planar: the set's unit). */
  readonly minX: number;
  /** The grid's southern edge, in the same unit. */
  readonly minY: number;
  /** Cells from west to east. */
  readonly columns: number;
  /** Cells from south to north. */
  readonly rows: number;
  /** The grid cell of each token from 2 on (0 and 1 stand for no cell), most visited first, `[kept cells]`. */
  readonly cells: Int32Array;
  /** Visits of each kept cell, `[kept cells]`. */
  readonly counts: Uint32Array;
  /** The token of every grid cell, kept or not, row by row, `[columns × rows]`. */
  readonly tokenOfCell: Int32Array;
  /** Number of tokens, the two special ones included. */
  readonly size: number;
}

/**
 * The cells that are visited often enough, and for every other cell the nearest of them (by centre).
 *
 * Source: E2DTC §V-B. A visit is a run of points of one trajectory in one cell. A point beyond the grid counts as in the
 * grid's nearest cell.
 *
 * @throws {ValueError} a set without points or across the antimeridian, no cell visited often enough, more than 2²⁴ cells
 */
export function buildVocabulary(set: TrajectorySet, options: VocabularyOptions = {}): Vocabulary {
  const where = "buildVocabulary";
  checkTrips(where, "set", set);
  checkOptions(where, options, ["cellSizeMeters", "minFrequency"]);
  const { cellSizeMeters = 300, minFrequency = Math.max(1, Math.round((50 * set.length) / 86_000)) } =
    options;
  checkPositive(where, "cellSizeMeters", cellSizeMeters);
  checkPositiveInteger(where, "minFrequency", minFrequency);
  if (set.pointCount === 0) throw new ValueError(`${where}: set must hold at least one point, got 0`);
  const grid = gridOver(set, cellSizeMeters);
  const { columns, rows, coordinateSystem } = grid;
  if (columns * rows > MAX_GRID_CELLS) {
    throw new ValueError(
      `${where}: cells must number at most ${MAX_GRID_CELLS}, got ${columns} × ${rows}: choose a larger cellSizeMeters`,
    );
  }
  const visits = visitsOf(set, grid.idsOf(set), columns * rows);
  const kept: number[] = [];
  for (let cell = 0; cell < visits.length; cell++) if (visits[cell]! >= minFrequency) kept.push(cell);
  if (kept.length === 0) {
    throw new ValueError(`${where}: minFrequency must leave at least one cell, ${minFrequency} leaves none`);
  }
  const cells = Int32Array.from(kept.sort((a, b) => visits[b]! - visits[a]! || a - b));
  const [centerX, centerY] = grid.projectedCenterOf(0);
  return {
    coordinateSystem,
    cellSizeMeters,
    minX: centerX - cellSizeMeters / 2,
    minY: centerY - cellSizeMeters / 2,
    columns,
    rows,
    cells,
    counts: Uint32Array.from(cells, (cell) => visits[cell]!),
    tokenOfCell: nearestKept(cells, columns, rows),
    size: cells.length + FIRST_CELL_TOKEN,
  };
}

function visitsOf(set: TrajectorySet, cells: Int32Array, cellCount: number): Uint32Array {
  const visits = new Uint32Array(cellCount);
  for (let i = 0; i < set.length; i++) {
    let previous = -1;
    for (let p = set.offsets[i]!; p < set.offsets[i + 1]!; p++) {
      if (cells[p] !== previous) visits[cells[p]!]!++;
      previous = cells[p]!;
    }
  }
  return visits;
}

function nearestKept(cells: Int32Array, columns: number, rows: number): Int32Array {
  const tokens = new Int32Array(columns * rows).fill(-1);
  cells.forEach((cell, i) => {
    tokens[cell] = FIRST_CELL_TOKEN + i;
  });
  const index = indexOf(cells, columns);
  for (let cell = 0; cell < tokens.length; cell++) {
    if (tokens[cell] !== -1) continue;
    const [nearest] = index.neighbors(cell % columns, Math.floor(cell / columns), 1);
    tokens[cell] = FIRST_CELL_TOKEN + nearest!;
  }
  return tokens;
}

/** Kept cells by column and row, for exact nearest-neighbour search. */
function indexOf(cells: Int32Array, columns: number): Flatbush {
  const index = new Flatbush(cells.length, 16, Int32Array);
  for (const cell of cells) index.add(cell % columns, Math.floor(cell / columns));
  index.finish();
  return index;
}

/** The cells around each token, and how much each counts as right in its place. */
export interface CellNeighbors {
  /** Tokens, nearest first, the token itself in front, `[size × count]`. */
  readonly tokens: Int32Array;
  /** Each row sums to 1, `[size × count]`. */
  readonly weights: Float32Array;
  /** Neighbours of each token, itself included. */
  readonly count: number;
}

/** @throws {ValueError} what `buildVocabulary` did not make */
export function checkVocabulary(where: string, vocabulary: Vocabulary): void {
  checkObject(where, "vocabulary", vocabulary);
  if (ArrayBuffer.isView(vocabulary.cells) && Number.isSafeInteger(vocabulary.columns)) return;
  throw new ValueError(
    `${where}: vocabulary must be of buildVocabulary, got an object without cells and columns`,
  );
}

/**
 * The nearest kept cells of each token, itself included, weighted by eq. 8: w = exp(−d/α), divided by the row's sum.
 *
 * d is the distance of the cells' centres, as in t2vec (Li et al. 2018). The two special tokens have no neighbours but
 * themselves. Where fewer than `count` cells exist, weights of 0 fill up.
 *
 * @param options.scaleCells α, in cells; a small one blames far cells more
 */
export function nearestCells(
  vocabulary: Vocabulary,
  options: { readonly count?: number; readonly scaleCells?: number } = {},
): CellNeighbors {
  checkVocabulary("nearestCells", vocabulary);
  checkOptions("nearestCells", options, ["count", "scaleCells"]);
  const { count = 10, scaleCells = 1 } = options;
  checkPositiveInteger("nearestCells", "count", count);
  checkPositive("nearestCells", "scaleCells", scaleCells);
  const { cells, columns, size } = vocabulary;
  const index = indexOf(cells, columns);
  const tokens = new Int32Array(size * count);
  const weights = new Float32Array(size * count);
  for (let token = 0; token < size; token++) {
    const row = token * count;
    tokens.fill(token, row, row + count);
    weights[row] = 1;
    if (token < FIRST_CELL_TOKEN) continue;
    const cell = cells[token - FIRST_CELL_TOKEN]!;
    const [x, y] = [cell % columns, Math.floor(cell / columns)];
    let sum = 0;
    index.neighbors(x, y, count).forEach((other, j) => {
      const [dx, dy] = [(cells[other]! % columns) - x, Math.floor(cells[other]! / columns) - y];
      const weight = Math.exp(-Math.hypot(dx, dy) / scaleCells);
      tokens[row + j] = FIRST_CELL_TOKEN + other;
      weights[row + j] = weight;
      sum += weight;
    });
    for (let j = 0; j < count; j++) weights[row + j]! /= sum;
  }
  return { tokens, weights, count };
}
