import type { LineReading } from "../tracing/line-reader.js";

/** A track's end counts as seen where an end was read within so many cells. */
const reachCells = 2;
/** So near to the picture's edge, a line that goes on beyond it looks as if it ended. */
const edgeCells = 3;

/** How the ends of a track fit to those that were read. */
export interface EndsFit {
  /** Sum over the ends that the picture shows of how sure the reader is of one there, 0 … 2. */
  readonly seen: number;
  /** Sum of how sure it is of none, 0 … 2. */
  readonly missed: number;
}

/** Where a picture's line starts and ends, as it was read. */
export class LineEnds {
  readonly columns: number;
  readonly rows: number;
  /** The surest reading within {@link reachCells} of each cell. */
  readonly #near: Float32Array;

  constructor({ columns, rows, ends }: LineReading) {
    this.columns = columns;
    this.rows = rows;
    this.#near = largestWithin(largestWithin(ends, columns, rows, 1), rows, columns, columns);
  }

  /** How sure it is that an end is near a place, in cells; −1 outside the picture and at its edge, where that cannot be told. */
  at(column: number, row: number): number {
    const [right, bottom] = [this.columns - edgeCells, this.rows - edgeCells];
    if (!(column >= edgeCells && row >= edgeCells && column < right && row < bottom)) return -1;
    return this.#near[Math.floor(row) * this.columns + Math.floor(column)]!;
  }

  /** @param cells a track's positions in cells, the first and the last of which count */
  fit(cells: Float64Array): EndsFit {
    const n = cells.length;
    let [seen, missed] = [0, 0];
    for (const at of [0, n - 2]) {
      const sure = this.at(cells[at]!, cells[at + 1]!);
      if (sure < 0) continue;
      seen += sure;
      missed += 1 - sure;
    }
    return { seen, missed };
  }
}

/** The largest value within {@link reachCells} along one axis: along rows with a step of 1, along columns with one of their number. */
function largestWithin(values: Float32Array, length: number, lines: number, step: number): Float32Array {
  const out = new Float32Array(values.length);
  const lineStep = step === 1 ? length : 1;
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < length; i++) {
      let largest = 0;
      for (let j = Math.max(0, i - reachCells); j <= Math.min(length - 1, i + reachCells); j++)
        largest = Math.max(largest, values[line * lineStep + j * step]!);
      out[line * lineStep + i * step] = largest;
    }
  }
  return out;
}
