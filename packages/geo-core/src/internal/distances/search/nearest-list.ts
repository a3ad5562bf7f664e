/** The k smallest distances so far, nearest first; of equal ones the smaller index comes first. */
export class NearestList {
  readonly indices: number[] = [];
  readonly distances: number[] = [];
  readonly #k: number;
  readonly #maxDistance: number;

  constructor(k: number, maxDistance: number) {
    this.#k = k;
    this.#maxDistance = maxDistance;
  }

  /** A larger distance would not be taken in. */
  get limit(): number {
    return this.distances.length < this.#k ? this.#maxDistance : this.distances[this.#k - 1]!;
  }

  /** Takes a distance in where it is among the k smallest; `Infinity` stands for one beyond the limit. */
  add(index: number, distance: number): void {
    if (distance === Infinity || distance > this.limit) return;
    let low = 0;
    let high = this.distances.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.distances[middle]!;
      if (other < distance || (other === distance && this.indices[middle]! < index)) low = middle + 1;
      else high = middle;
    }
    this.distances.splice(low, 0, distance);
    this.indices.splice(low, 0, index);
    if (this.distances.length > this.#k) {
      this.distances.pop();
      this.indices.pop();
    }
  }
}
