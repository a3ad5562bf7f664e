import { type CondensedDistances, condensedIndex } from "../../matrix/condensed.js";

/**
 * How far a cluster is from the union of two others, from the distances before: the Lance-Williams formula of a linkage.
 *
 * @param toFirst from the cluster to the first of the two that join
 * @param toSecond to the second
 * @param between from the first to the second
 */
export type DistanceToUnion = (
  toFirst: number,
  toSecond: number,
  between: number,
  firstSize: number,
  secondSize: number,
  size: number,
) => number;

/** Distances between the clusters that are left; the union of two stands in the place of the second. */
export class WorkingDistances {
  readonly distances: CondensedDistances;
  readonly n: number;
  /** The clusters left, ascending; entries from `count` on mean nothing. */
  readonly active: Uint32Array;
  count: number;
  readonly #sizes: Float64Array;
  readonly #toUnion: DistanceToUnion;

  /** @param distances overwritten */
  constructor(distances: CondensedDistances, n: number, toUnion: DistanceToUnion) {
    this.distances = distances;
    this.n = n;
    this.active = Uint32Array.from({ length: n }, (_, i) => i);
    this.count = n;
    this.#sizes = new Float64Array(n).fill(1);
    this.#toUnion = toUnion;
  }

  between(a: number, b: number): number {
    return this.distances[a < b ? condensedIndex(this.n, a, b) : condensedIndex(this.n, b, a)]!;
  }

  /** Joins `first` to `second`, first < second, and updates the distances to their union. */
  join(first: number, second: number): void {
    const { distances, n, active } = this;
    const toUnion = this.#toUnion;
    const sizes = this.#sizes;
    const firstSize = sizes[first]!;
    const secondSize = sizes[second]!;
    const between = this.between(first, second);
    let kept = 0;
    for (let slot = 0; slot < this.count; slot++) {
      const other = active[slot]!;
      if (other === first) continue;
      active[kept++] = other;
      if (other === second) continue;
      const toFirst = other < first ? condensedIndex(n, other, first) : condensedIndex(n, first, other);
      const toSecond = other < second ? condensedIndex(n, other, second) : condensedIndex(n, second, other);
      distances[toSecond] = toUnion(
        distances[toFirst]!,
        distances[toSecond]!,
        between,
        firstSize,
        secondSize,
        sizes[other]!,
      );
    }
    this.count = kept;
    sizes[second] = firstSize + secondSize;
  }
}
