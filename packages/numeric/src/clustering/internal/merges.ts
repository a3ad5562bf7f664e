/** Pairs of clusters that join, each named by any object in it, in any order; at most n − 1 of n objects. */
export class Merges {
  count = 0;
  readonly first: Uint32Array;
  readonly second: Uint32Array;
  readonly heights: Float64Array;
  /** Which of two merges at one height comes first: the one of lower rank, then the one added first. */
  readonly ranks: Float64Array;

  constructor(n: number) {
    this.first = new Uint32Array(n - 1);
    this.second = new Uint32Array(n - 1);
    this.heights = new Float64Array(n - 1);
    this.ranks = new Float64Array(n - 1);
  }

  add(first: number, second: number, height: number, rank = 0): void {
    this.first[this.count] = first;
    this.second[this.count] = second;
    this.heights[this.count] = height;
    this.ranks[this.count] = rank;
    this.count++;
  }

  /**
   * SciPy's linkage matrix, `[n − 1, 4]`: row i joins clusters `[0]` < `[1]` at height `[2]` into cluster n + i of `[3]`
   * objects. Merges are sorted by height where `sorted`, else they stay in the order they were added.
   */
  toLinkage(sorted: boolean): Float64Array {
    const { count, first, second, heights, ranks } = this;
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    if (sorted) order.sort((a, b) => heights[a]! - heights[b]! || ranks[a]! - ranks[b]! || a - b);
    const sets = new DisjointSets(count + 1);
    const linkage = new Float64Array(4 * count);
    for (let i = 0; i < count; i++) {
      const a = sets.find(first[order[i]!]!);
      const b = sets.find(second[order[i]!]!);
      linkage[4 * i] = Math.min(a, b);
      linkage[4 * i + 1] = Math.max(a, b);
      linkage[4 * i + 2] = heights[order[i]!]!;
      linkage[4 * i + 3] = sets.join(a, b);
    }
    return linkage;
  }
}

/** Union-find whose sets are numbered like SciPy's clusters: objects first, then each union. */
class DisjointSets {
  readonly #parents: Uint32Array;
  readonly #sizes: Uint32Array;
  #next: number;

  constructor(n: number) {
    this.#parents = Uint32Array.from({ length: 2 * n - 1 }, (_, i) => i);
    this.#sizes = new Uint32Array(2 * n - 1).fill(1, 0, n);
    this.#next = n;
  }

  find(node: number): number {
    const parents = this.#parents;
    let root = node;
    while (parents[root] !== root) root = parents[root]!;
    for (let at = node; parents[at] !== root; ) {
      const parent = parents[at]!;
      parents[at] = root;
      at = parent;
    }
    return root;
  }

  /** @returns the size of the union of two roots */
  join(a: number, b: number): number {
    const size = this.#sizes[a]! + this.#sizes[b]!;
    this.#parents[a] = this.#next;
    this.#parents[b] = this.#next;
    this.#sizes[this.#next] = size;
    this.#next++;
    return size;
  }
}
