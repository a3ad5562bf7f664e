import type { PackSource } from "./pack.js";
import type { ScoredColumns } from "./score.js";

/** Objects in the order of their arrival, in growing columns. Taking one out moves the last into its place. */
export class ObjectList implements PackSource, ScoredColumns {
  readonly dimensions: number;
  readonly attributes: number;
  readonly ids: number[] = [];
  readonly positions: number[] = [];
  /** [capacity, dimensions], unit vectors. */
  vectors: Float32Array;
  /** [count, attributes]; NaN where missing. */
  readonly #values: number[] = [];
  readonly #numbers = new Map<number, number>();

  constructor(dimensions: number, attributes: number) {
    this.dimensions = dimensions;
    this.attributes = attributes;
    this.vectors = new Float32Array(64 * dimensions);
  }

  get count(): number {
    return this.ids.length;
  }

  /** What the columns take, as far as it can be told. */
  get byteLength(): number {
    return this.vectors.byteLength + 8 * (this.ids.length + this.positions.length + this.#values.length);
  }

  /** The number of the object with this id, or −1. */
  find(id: number): number {
    return this.#numbers.get(id) ?? -1;
  }

  has(id: number): boolean {
    return this.#numbers.has(id);
  }

  vectorOffset(i: number): number {
    return i * this.dimensions;
  }

  attribute(i: number, attribute: number): number {
    return this.#values[i * this.attributes + attribute]!;
  }

  /**
   * @param unit a unit vector, or zeros
   * @param values [attributes]
   */
  push(id: number, x: number, y: number, unit: Float32Array, values: ArrayLike<number>): void {
    const i = this.ids.length;
    if ((i + 1) * this.dimensions > this.vectors.length) {
      const larger = new Float32Array(2 * this.vectors.length);
      larger.set(this.vectors);
      this.vectors = larger;
    }
    this.vectors.set(unit, i * this.dimensions);
    this.ids.push(id);
    this.positions.push(x, y);
    for (let a = 0; a < this.attributes; a++) this.#values.push(values[a]!);
    this.#numbers.set(id, i);
  }

  /** A copy of object i. */
  read(i: number): { id: number; x: number; y: number; unit: Float32Array; values: Float64Array } {
    const start = i * this.dimensions;
    return {
      id: this.ids[i]!,
      x: this.positions[2 * i]!,
      y: this.positions[2 * i + 1]!,
      unit: this.vectors.slice(start, start + this.dimensions),
      values: Float64Array.from({ length: this.attributes }, (_, a) => this.attribute(i, a)),
    };
  }

  take(i: number): void {
    const { ids, positions, vectors, dimensions } = this;
    const last = ids.length - 1;
    this.#numbers.delete(ids[i]!);
    if (i !== last) {
      ids[i] = ids[last]!;
      positions[2 * i] = positions[2 * last]!;
      positions[2 * i + 1] = positions[2 * last + 1]!;
      vectors.copyWithin(i * dimensions, last * dimensions, (last + 1) * dimensions);
      for (let a = 0; a < this.attributes; a++) {
        this.#values[i * this.attributes + a] = this.attribute(last, a);
      }
      this.#numbers.set(ids[i]!, i);
    }
    this.#values.length = last * this.attributes;
    ids.length = last;
    positions.length = 2 * last;
  }

  writeUnit(i: number, target: Float32Array | Float64Array, to: number): void {
    const start = i * this.dimensions;
    for (let j = 0; j < this.dimensions; j++) target[to + j] = this.vectors[start + j]!;
  }
}
