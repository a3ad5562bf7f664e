import { emptyRecord } from "../foundation/lookup.js";
import type { ColumnValue, PointColumn } from "../trajectories/columns.js";
import { GrowableColumn, GrowableNumbers } from "./growable.js";

/** The points of one trajectory while it is being read. */
export class PointBuffer {
  readonly #xs = new GrowableNumbers();
  readonly #ys = new GrowableNumbers();
  readonly #times = new GrowableNumbers();
  readonly #lines = new GrowableNumbers();
  #columns: Map<string, GrowableColumn> | undefined;

  get length(): number {
    return this.#xs.length;
  }

  /**
   * @param timeMs NaN where the point has no time
   * @param line where the point stands in its file
   */
  add(x: number, y: number, timeMs: number, line: number): void {
    this.#xs.push(x);
    this.#ys.push(y);
    this.#times.push(timeMs);
    this.#lines.push(line);
  }

  /** A further value of the point added last. */
  set(name: string, value: ColumnValue): void {
    this.#columns ??= new Map();
    let column = this.#columns.get(name);
    if (column === undefined) {
      column = new GrowableColumn();
      this.#columns.set(name, column);
    }
    // A value given twice: the first one counts.
    if (column.length >= this.length) return;
    column.padTo(this.length - 1);
    column.push(value);
  }

  /** The time of the last point; −∞ where there is none. */
  get lastTimeMs(): number {
    return this.length === 0 ? Number.NEGATIVE_INFINITY : this.#times.values[this.length - 1]!;
  }

  get firstTimeMs(): number {
    return this.#times.values[0]!;
  }

  get firstLine(): number {
    return this.#lines.values[0]!;
  }

  /** Puts another time in the place of each. */
  mapTimes(map: (timeMs: number) => number): void {
    for (let i = 0; i < this.length; i++) this.#times.values[i] = map(this.#times.values[i]!);
  }

  reverse(): void {
    for (const column of [this.#xs, this.#ys, this.#times, this.#lines]) {
      column.values.subarray(0, this.length).reverse();
    }
  }

  /** Interleaved positions, `[points × 2]`. */
  positions(): Float64Array {
    const positions = new Float64Array(2 * this.length);
    for (let i = 0; i < this.length; i++) {
      positions[2 * i] = this.#xs.values[i]!;
      positions[2 * i + 1] = this.#ys.values[i]!;
    }
    return positions;
  }

  timesMs(): Float64Array {
    return this.#times.toArray();
  }

  lines(): Float64Array {
    return this.#lines.toArray();
  }

  columns(): Record<string, PointColumn> {
    const columns = emptyRecord<PointColumn>();
    for (const [name, column] of this.#columns ?? []) {
      column.padTo(this.length);
      columns[name] = column.toColumn();
    }
    return columns;
  }

  clear(): void {
    this.#xs.clear();
    this.#ys.clear();
    this.#times.clear();
    this.#lines.clear();
    this.#columns = undefined;
  }
}
