import type { PackSource } from "./pack.js";

/** Objects in the order of their arrival, in growing columns. Taking one out moves the last into its place. */
export class ObjectList implements PackSource {
  readonly dimensions: number;
  readonly ids: number[] = [];
  readonly positions: number[] = [];
  /** [capacity, dimensions], unit vectors. */
  vectors: Float32Array;
  readonly #numbers = new Map<number, number>();

  constructor(dimensions: number) {
    this.dimensions = dimensions;
    this.vectors = new Float32Array(64 * dimensions);
  }

  get count(): number {
    return this.ids.length;
  }

  /** The number of the object with this id, or −1. */
  find(id: number): number {
    return this.#numbers.get(id) ?? -1;
  }

  has(id: number): boolean {
    return this.#numbers.has(id);
  }

  /** @param unit a unit vector, or zeros */
  push(id: number, x: number, y: number, unit: Float32Array): void {
    const i = this.ids.length;
    if ((i + 1) * this.dimensions > this.vectors.length) {
      const larger = new Float32Array(2 * this.vectors.length);
      larger.set(this.vectors);
      this.vectors = larger;
    }
    this.vectors.set(unit, i * this.dimensions);
    this.ids.push(id);
    this.positions.push(x, y);
    this.#numbers.set(id, i);
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
      this.#numbers.set(ids[i]!, i);
    }
    ids.length = last;
    positions.length = 2 * last;
  }

  writeUnit(i: number, target: Float32Array | Float64Array, to: number): void {
    const start = i * this.dimensions;
    for (let j = 0; j < this.dimensions; j++) target[to + j] = this.vectors[start + j]!;
  }
}
