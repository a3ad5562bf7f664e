import { checkFinite, checkLength, checkOptions, checkPositiveInteger, ValueError } from "@wayweave/geo-core";

/** Where a dendrogram is cut: give one of the two. */
export type DendrogramCut =
  | {
      /** This many clusters: the last k − 1 merges are undone. */
      readonly k: number;
    }
  | {
      /** Clusters none of whose merges is higher than this. */
      readonly distance: number;
    };

/** A hierarchy of clusters: n objects that are joined two by two into one. */
export class Dendrogram {
  /** The number of objects, the tree's leaves. */
  readonly n: number;
  /**
   * SciPy's linkage matrix, row-major `[n − 1, 4]`: row i joins the clusters `[0]` and `[1]` at height `[2]` into cluster
   * n + i, which holds `[3]` objects. Clusters below n are the objects.
   */
  readonly linkage: Float64Array;

  /**
   * @param linkage as {@link Dendrogram.linkage}, by `agglomerative` or by SciPy
   * @throws {ShapeError} linkage.length ≠ 4(n − 1)
   * @throws {ValueError} a row that joins a cluster twice or one that does not exist yet, or a height that is not finite
   */
  constructor(n: number, linkage: ArrayLike<number>) {
    checkPositiveInteger("Dendrogram", "n", n);
    checkLength("Dendrogram", "linkage", linkage, 4 * (n - 1));
    this.n = n;
    this.linkage = Float64Array.from(linkage);
    checkLinkage(this.linkage, n);
  }

  /**
   * The objects' clusters where the tree is cut.
   *
   * @returns labels from 0 in the order of the clusters' first objects, `[n]`
   * @throws {ValueError} neither or both of k and distance, k outside [1, n], a distance that is no finite number
   * @example
   * dendrogram.cut({ k: 3 }); // three clusters
   * dendrogram.cut({ distance: 250 }); // as many as are more than 250 apart
   */
  cut(at: DendrogramCut): Uint32Array {
    const where = "Dendrogram.cut";
    checkOptions(where, at, ["k", "distance"]);
    const { k, distance } = at as { k?: number; distance?: number };
    if ((k === undefined) === (distance === undefined)) {
      throw new ValueError(
        `${where}: give either k or distance, got ${k === undefined ? "neither" : "both"}`,
      );
    }
    if (k !== undefined) {
      checkPositiveInteger(where, "k", k);
      if (k > this.n) throw new ValueError(`${where}: k must be at most the ${this.n} objects, got ${k}`);
      return this.#labels((merge) => merge < this.n - k);
    }
    checkFinite(where, "distance", distance!);
    const highest = this.#highestBelow();
    return this.#labels((merge) => highest[merge]! <= distance!);
  }

  /** The largest height of each merge and all below it: heights of centroid and median linkage may fall. */
  #highestBelow(): Float64Array {
    const { n, linkage } = this;
    const highest = new Float64Array(n - 1);
    for (let i = 0; i < n - 1; i++) {
      highest[i] = linkage[4 * i + 2]!;
      for (const child of [linkage[4 * i]!, linkage[4 * i + 1]!]) {
        if (child >= n) highest[i] = Math.max(highest[i]!, highest[child - n]!);
      }
    }
    return highest;
  }

  /** Labels of the clusters that the kept merges leave; what is below a kept merge must be kept too. */
  #labels(isKept: (merge: number) => boolean): Uint32Array {
    const { n, linkage } = this;
    // The cluster that each node ends in, from the root down.
    const cluster = Uint32Array.from({ length: 2 * n - 1 }, (_, node) => node);
    for (let i = n - 2; i >= 0; i--) {
      if (!isKept(i)) continue;
      cluster[linkage[4 * i]!] = cluster[n + i]!;
      cluster[linkage[4 * i + 1]!] = cluster[n + i]!;
    }
    return numberByFirst(cluster.subarray(0, n));
  }
}

/** Renumbers clusters from 0 in the order of their first objects. */
function numberByFirst(clusters: Uint32Array): Uint32Array {
  const numbers = new Map<number, number>();
  return clusters.map((cluster) => {
    const number = numbers.get(cluster) ?? numbers.size;
    numbers.set(cluster, number);
    return number;
  });
}

function checkLinkage(linkage: Float64Array, n: number): void {
  const isJoined = new Uint8Array(2 * n - 1);
  for (let i = 0; i < n - 1; i++) {
    for (const column of [0, 1]) {
      const cluster = linkage[4 * i + column]!;
      if (!Number.isInteger(cluster) || cluster < 0 || cluster >= n + i || isJoined[cluster] === 1) {
        throw new ValueError(
          `Dendrogram: row ${i} of linkage must join two clusters below ${n + i} that no row joined before, got ${cluster}`,
        );
      }
      isJoined[cluster] = 1;
    }
    checkFinite("Dendrogram", `linkage[${4 * i + 2}]`, linkage[4 * i + 2]!);
  }
}
