import { checkGiven, checkLength, checkPositive, checkPositiveInteger } from "@wayweave/geo-core";
import type { Raster } from "../data/resize.js";
import type { LineReading } from "./line-reader.js";
import { thin } from "./thin.js";

/** A line in a picture. */
export interface TracedLine {
  /** Points along the line, about two pixels of what was read apart, interleaved x, y in pixels of the picture, y down: `[points × 2]`. */
  readonly points: Float64Array;
  /** How sure the reader is that the line runs there, one a point, 0 … 1. */
  readonly confidences: Float32Array;
}

/** Cells that the reader is surer of belong to the line. */
const surelyLine = 0.4;
/** So many cells without the line are passed over: labels, markers, where it crosses itself. */
const mostGap = 6;
/** Steps whose direction is kept at a crossing. */
const remembered = 5;

/**
 * The line as points in their order, as many as it needs. From one of its ends it is followed, straight on where it crosses itself, over small gaps
 * where it is hidden. The direction of travel is not known from a picture: the points may be the other way round.
 */
export function traceLine(reading: LineReading, picture: Pick<Raster, "width" | "height">): TracedLine {
  const where = "traceLine";
  checkGiven(where, "reading", reading);
  checkGiven(where, "picture", picture);
  const { columns, rows, line } = reading;
  for (const [name, value] of Object.entries({ columns, rows }))
    checkPositiveInteger(where, `reading.${name}`, value);
  checkLength(where, "reading.line", line, columns * rows);
  checkPositive(where, "picture.width", picture.width);
  checkPositive(where, "picture.height", picture.height);
  const cells = Uint8Array.from(line, (p) => (p >= surelyLine ? 1 : 0));
  thin(cells, columns, rows);
  const paths: number[][] = [];
  for (;;) {
    const start = startOf(cells, columns);
    if (start === undefined) break;
    paths.push(follow(cells, columns, rows, start));
  }
  const longest = paths.reduce<number[]>((a, b) => (b.length > a.length ? b : a), []);
  const points = new Float64Array(2 * longest.length);
  const scaleX = picture.width / columns;
  const scaleY = picture.height / rows;
  for (const [n, cell] of longest.entries()) {
    const [x, y] = centreAbout(reading, cell);
    points[2 * n] = x * scaleX;
    points[2 * n + 1] = y * scaleY;
  }
  return { points, confidences: Float32Array.from(longest, (cell) => line[cell]!) };
}

/** A cell with one neighbour, or any cell of a ring. */
function startOf(cells: Uint8Array, columns: number): number | undefined {
  let any: number | undefined;
  for (let i = 0; i < cells.length; i++) {
    if (cells[i] === 0) continue;
    any ??= i;
    if (neighboursOf(i, columns).filter((j) => cells[j] === 1).length === 1) return i;
  }
  return any;
}

function neighboursOf(i: number, columns: number): number[] {
  return [
    i - columns - 1,
    i - columns,
    i - columns + 1,
    i - 1,
    i + 1,
    i + columns - 1,
    i + columns,
    i + columns + 1,
  ];
}

/** Walks from cell to cell and takes them away, so that the walk ends. */
function follow(cells: Uint8Array, columns: number, rows: number, start: number): number[] {
  const path = [start];
  cells[start] = 0;
  for (
    let next = step(cells, columns, rows, path);
    next !== undefined;
    next = step(cells, columns, rows, path)
  ) {
    path.push(next);
    cells[next] = 0;
  }
  return path;
}

/** The neighbour that goes straight on most; without one, the nearest cell ahead within a small gap. */
function step(cells: Uint8Array, columns: number, rows: number, path: readonly number[]): number | undefined {
  const at = path.at(-1)!;
  const from = path.at(-1 - Math.min(remembered, path.length - 1))!;
  const [x, y] = [at % columns, Math.floor(at / columns)];
  const [dx, dy] = [x - (from % columns), y - Math.floor(from / columns)];
  const length = Math.hypot(dx, dy);
  let best: number | undefined;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (let row = Math.max(0, y - mostGap); row <= Math.min(rows - 1, y + mostGap); row++) {
    for (let column = Math.max(0, x - mostGap); column <= Math.min(columns - 1, x + mostGap); column++) {
      if (cells[row * columns + column] === 0) continue;
      const [ex, ey] = [column - x, row - y];
      const distance = Math.hypot(ex, ey);
      const ahead = length === 0 ? 1 : (ex * dx + ey * dy) / (distance * length);
      const isNeighbour = distance < 1.5;
      if (!isNeighbour && ahead < 0.5) continue;
      const score = ahead - (isNeighbour ? 0 : 2 + distance);
      if (score > bestScore) {
        bestScore = score;
        best = row * columns + column;
      }
    }
  }
  return best;
}

/** The middle of what was read about a cell, in cells. */
function centreAbout({ columns, rows, line }: LineReading, cell: number): [x: number, y: number] {
  const [column, row] = [cell % columns, Math.floor(cell / columns)];
  let [sum, sumX, sumY] = [0, 0, 0];
  for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r++) {
    for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++) {
      const p = line[r * columns + c]!;
      sum += p;
      sumX += p * (c + 0.5);
      sumY += p * (r + 0.5);
    }
  }
  return [sumX / sum, sumY / sum];
}
