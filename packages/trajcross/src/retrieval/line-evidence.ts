import { ImageFrame, type PlanarExtent, rasterizePolyline } from "@wayweave/geo-core";
import type { LineReading } from "../tracing/line-reader.js";
import { LineEnds } from "./line-ends.js";
import { type LineShape, shapeOf } from "./line-shape.js";
import { sampleLine } from "./sample-line.js";

/** How a track is moved before it is compared with a picture whose corners are not quite right: about the picture's middle, in cells. */
export interface Registration {
  readonly shiftX: number;
  readonly shiftY: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

export const unmoved: Registration = { shiftX: 0, shiftY: 0, scaleX: 1, scaleY: 1 };

/** As wide as a reader was taught to see a line, in cells. */
const lineWidthCells = 1.5;
/** Cells that a reader is less sure of do not count for the line's shape. */
const leastSure = 0.3;
/** A track is compared at this many places of the picture at most. */
const mostSamples = 256;
/** Of the coarse search for a registration. */
const coarseStepCells = 1.5;
/** An end of a track on an end that was read counts as so much of the line. */
const endShare = 0.1;
/** Moves of one step size at most. */
const mostRounds = 8;

/** What a picture says about a line, to compare tracks with; positions are the plane's, by the picture's extent. */
export class LineEvidence {
  readonly reading: LineReading;
  readonly extent: PlanarExtent;
  readonly ends: LineEnds;
  /** Σ p² over the cells. */
  readonly #squares: number;
  /** The reading with each cell mixed with its neighbours, one cell of nothing around: `[rows + 2, columns + 2]`. */
  readonly #soft: Float32Array;
  readonly #canvas: Uint8Array;
  readonly #frame: ImageFrame;

  constructor(reading: LineReading, extent: PlanarExtent) {
    this.reading = reading;
    this.extent = extent;
    this.ends = new LineEnds(reading);
    let squares = 0;
    for (const p of reading.line) squares += p * p;
    this.#squares = squares;
    this.#soft = softened(reading);
    this.#canvas = new Uint8Array(reading.line.length);
    const { columns, rows } = reading;
    this.#frame = new ImageFrame({
      width: columns,
      height: rows,
      extent: [0, 0, columns, rows],
      yAxis: "down",
    });
  }

  /** Where the line lies and how it is shaped; absent where the picture shows none. */
  shape(): LineShape | undefined {
    const { columns, line } = this.reading;
    const positions: number[] = [];
    const weights: number[] = [];
    for (let i = 0; i < line.length; i++) {
      if (line[i]! < leastSure) continue;
      positions.push(...this.#positionOf((i % columns) + 0.5, Math.floor(i / columns) + 0.5));
      weights.push(line[i]!);
    }
    return weights.length === 0 ? undefined : shapeOf(Float64Array.from(positions), weights);
  }

  /** About how long the line is, in cells. */
  get lengthCells(): number {
    let sum = 0;
    for (const p of this.reading.line) if (p >= leastSure) sum += p;
    return sum / lineWidthCells;
  }

  /** Whether the line reaches the picture's edge, so that it may go on beyond. */
  get isCropped(): boolean {
    const { columns, rows, line } = this.reading;
    for (let i = 0; i < line.length; i++) {
      const [column, row] = [i % columns, Math.floor(i / columns)];
      const isEdge = column < 2 || row < 2 || column >= columns - 2 || row >= rows - 2;
      if (isEdge && line[i]! > 0.5) return true;
    }
    return false;
  }

  #positionOf(column: number, row: number): [number, number] {
    const [left, bottom, right, top] = this.extent;
    const { columns, rows } = this.reading;
    return [left + (column / columns) * (right - left), top - (row / rows) * (top - bottom)];
  }

  /** Positions of the plane as cells. */
  toCells(coordinates: ArrayLike<number>): Float64Array {
    const [left, bottom, right, top] = this.extent;
    const { columns, rows } = this.reading;
    const scaleX = columns / (right - left);
    const scaleY = rows / (top - bottom);
    const out = new Float64Array(coordinates.length);
    for (let i = 0; i < out.length; i += 2) {
      out[i] = (coordinates[i]! - left) * scaleX;
      out[i + 1] = (top - coordinates[i + 1]!) * scaleY;
    }
    return out;
  }

  /** How sure the reader is about a place, in cells; 0 outside. */
  at(column: number, row: number): number {
    const { columns, rows } = this.reading;
    if (!(column >= -1 && column < columns + 1 && row >= -1 && row < rows + 1)) return 0;
    return this.#soft[(Math.floor(row) + 1) * (columns + 2) + Math.floor(column) + 1]!;
  }

  /**
   * Dice's coefficient of the line that was read and a track that is drawn as wide, as far as the picture shows it: 2 Σ pt / Σ (p² + t²), 0 … 1.
   *
   * @param cells the track, from {@link toCells}
   */
  overlap(cells: Float64Array, registration: Registration = unmoved): number {
    const { line } = this.reading;
    const canvas = this.#canvas;
    canvas.fill(0);
    rasterizePolyline(this.moved(cells, registration), this.#frame, lineWidthCells, canvas);
    let both = 0;
    let drawn = 0;
    for (let i = 0; i < canvas.length; i++) {
      const t = canvas[i]!;
      if (t === 0) continue;
      both += t * line[i]!;
      drawn += t * t;
    }
    const all = drawn / 65025 + this.#squares;
    return all === 0 ? 0 : (2 * both) / 255 / all;
  }

  moved(cells: Float64Array, { shiftX, shiftY, scaleX, scaleY }: Registration): Float64Array {
    if (shiftX === 0 && shiftY === 0 && scaleX === 1 && scaleY === 1) return cells;
    const { columns, rows } = this.reading;
    const out = new Float64Array(cells.length);
    for (let i = 0; i < cells.length; i += 2) {
      out[i] = columns / 2 + scaleX * (cells[i]! - columns / 2) + shiftX;
      out[i + 1] = rows / 2 + scaleY * (cells[i + 1]! - rows / 2) + shiftY;
    }
    return out;
  }

  /**
   * The small move of a track that puts most of it onto the line: a coarse search of shifts and scales, then ever smaller steps.
   *
   * @param reach how far each corner may be off, as a share of the picture's longer side
   */
  register(cells: Float64Array, reach: number): Registration {
    const points = this.#samplesInside(cells, reach);
    if (points.length === 0) return unmoved;
    const tips = Float64Array.of(cells[0]!, cells[1]!, cells.at(-2)!, cells.at(-1)!);
    const { columns, rows } = this.reading;
    const most = reach * Math.max(columns, rows);
    let best = unmoved;
    let bestFit = this.#fit(points, tips, unmoved);
    const attempt = (registration: Registration): boolean => {
      const fit = this.#fit(points, tips, registration);
      if (fit <= bestFit + 1e-6) return false;
      bestFit = fit;
      best = registration;
      return true;
    };
    const steps = Math.max(1, Math.ceil(most / coarseStepCells));
    for (const scale of [1, 1 - 1.5 * reach, 1 - 0.75 * reach, 1 + 0.75 * reach, 1 + 1.5 * reach]) {
      for (let i = -steps; i <= steps; i++) {
        for (let j = -steps; j <= steps; j++) {
          attempt({ shiftX: (i * most) / steps, shiftY: (j * most) / steps, scaleX: scale, scaleY: scale });
        }
      }
    }
    for (const step of [1, 0.5, 0.25]) {
      for (let round = 0; round < mostRounds; round++) {
        const moves = neighboursOf(best, step, columns, rows).filter((move) => isWithin(move, most, reach));
        if (!moves.map(attempt).includes(true)) break;
      }
    }
    return best;
  }

  #fit(points: Float64Array, tips: Float64Array, registration: Registration): number {
    const { shiftX, shiftY, scaleX, scaleY } = registration;
    const { columns, rows } = this.reading;
    const [middleX, middleY] = [columns / 2, rows / 2];
    let sum = 0;
    for (let i = 0; i < points.length; i += 2) {
      const column = middleX + shiftX + scaleX * (points[i]! - middleX);
      sum += this.at(column, middleY + shiftY + scaleY * (points[i + 1]! - middleY));
    }
    let seen = 0;
    for (let i = 0; i < 4; i += 2) {
      const column = middleX + shiftX + scaleX * (tips[i]! - middleX);
      seen += Math.max(0, this.ends.at(column, middleY + shiftY + scaleY * (tips[i + 1]! - middleY)));
    }
    return sum / (points.length / 2) + endShare * seen;
  }

  /** Places along a track about a cell apart, as far as they are in the picture or near it. */
  #samplesInside(cells: Float64Array, reach: number): Float64Array {
    const { columns, rows } = this.reading;
    const margin = reach * Math.max(columns, rows);
    const { length } = sampleLine(cells, 1);
    const count = Math.max(8, Math.min(8 * mostSamples, Math.round(length)));
    const { positions } = sampleLine(cells, count);
    const inside: number[] = [];
    for (let i = 0; i < positions.length; i += 2) {
      const [x, y] = [positions[i]!, positions[i + 1]!];
      if (x < -margin || y < -margin || x > columns + margin || y > rows + margin) continue;
      inside.push(x, y);
    }
    const every = Math.ceil(inside.length / 2 / mostSamples);
    if (every <= 1) return Float64Array.from(inside);
    return Float64Array.from(inside.filter((_, i) => Math.floor(i / 2) % every === 0));
  }
}

/** Moves of one number, by about `step` cells at the picture's edges. */
function neighboursOf(from: Registration, step: number, columns: number, rows: number): Registration[] {
  const [stretchX, stretchY] = [(2 * step) / columns, (2 * step) / rows];
  return [-1, 1].flatMap((sign) => [
    { ...from, shiftX: from.shiftX + sign * step },
    { ...from, shiftY: from.shiftY + sign * step },
    { ...from, scaleX: from.scaleX + sign * stretchX },
    { ...from, scaleY: from.scaleY + sign * stretchY },
  ]);
}

function isWithin({ shiftX, shiftY, scaleX, scaleY }: Registration, most: number, reach: number): boolean {
  const isNear = Math.abs(shiftX) <= 1.2 * most && Math.abs(shiftY) <= 1.2 * most;
  return isNear && Math.abs(scaleX - 1) <= 2.2 * reach && Math.abs(scaleY - 1) <= 2.2 * reach;
}

/** Each cell by its neighbours, 1 2 1 across and down, largest of that and its own. */
function softened({ columns, rows, line }: LineReading): Float32Array {
  const width = columns + 2;
  const padded = new Float32Array(width * (rows + 2));
  for (let row = 0; row < rows; row++) {
    padded.set(line.subarray(row * columns, (row + 1) * columns), (row + 1) * width + 1);
  }
  const out = padded.slice();
  for (let row = 1; row <= rows; row++) {
    for (let column = 1; column <= columns; column++) {
      const i = row * width + column;
      const across = (at: number) => padded[at - 1]! + 2 * padded[at]! + padded[at + 1]!;
      out[i] = (across(i - width) + 2 * across(i) + across(i + width)) / 16;
    }
  }
  return out;
}
