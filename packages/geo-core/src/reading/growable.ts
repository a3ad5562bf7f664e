import type { ColumnValue, PointColumn } from "../trajectories/columns.js";

/** Numbers that grow; the array doubles when full. */
export class GrowableNumbers {
  values = new Float64Array(64);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) this.reserve(this.length + 1);
    this.values[this.length++] = value;
  }

  pushAll(values: Float64Array): void {
    this.reserve(this.length + values.length);
    this.values.set(values, this.length);
    this.length += values.length;
  }

  /** Fills up to `length` with `value`. */
  padTo(length: number, value: number): void {
    if (length <= this.length) return;
    this.reserve(length);
    this.values.fill(value, this.length, length);
    this.length = length;
  }

  reserve(length: number): void {
    if (length <= this.values.length) return;
    const grown = new Float64Array(Math.max(length, 2 * this.values.length));
    grown.set(this.values.subarray(0, this.length));
    this.values = grown;
  }

  /** A copy of what was pushed. */
  toArray(): Float64Array<ArrayBuffer> {
    return this.values.slice(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }
}

/** A further column that grows: numbers until the first other value, then values of any kind. */
export class GrowableColumn {
  readonly #numbers = new GrowableNumbers();
  #values: ColumnValue[] | undefined;

  get length(): number {
    return this.#values?.length ?? this.#numbers.length;
  }

  push(value: ColumnValue): void {
    if (this.#values !== undefined) this.#values.push(typeof value === "number" ? amongOthers(value) : value);
    else if (typeof value === "number") this.#numbers.push(value);
    else if (value === null) this.#numbers.push(Number.NaN);
    else {
      this.#values = Array.from(this.#numbers.toArray(), amongOthers);
      this.#values.push(value);
    }
  }

  pushAll(values: ArrayLike<ColumnValue>): void {
    for (let i = 0; i < values.length; i++) this.push(values[i] ?? null);
  }

  /** Fills up to `length` with nothing. */
  padTo(length: number): void {
    if (this.#values === undefined) this.#numbers.padTo(length, Number.NaN);
    else while (this.#values.length < length) this.#values.push(null);
  }

  toColumn(): PointColumn {
    return this.#values ?? this.#numbers.toArray();
  }
}

/** A number in a column of several kinds, which holds no infinite ones. */
function amongOthers(value: number): ColumnValue {
  if (Number.isNaN(value)) return null;
  return Number.isFinite(value) ? value : String(value);
}
