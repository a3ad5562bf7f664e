/**
 * HDBSCAN's tree of clusters: a single-linkage tree from the root down, in which only a split into two parts that both
 * are large enough makes new clusters. Smaller parts fall out of the cluster they were in.
 */
export interface CondensedTree {
  /** Clusters; cluster 0 holds all objects, and a cluster's number is larger than its parent's. */
  readonly clusters: number;
  /** The cluster that each was split from; 0 for cluster 0, `[clusters]`. */
  readonly parents: Uint32Array;
  /** λ = 1 / distance at which each cluster begins, `[clusters]`. */
  readonly births: Float64Array;
  /** Objects of each cluster when it begins, `[clusters]`. */
  readonly sizes: Float64Array;
  /** The last cluster that each object was in, `[n]`. */
  readonly lastCluster: Uint32Array;
  /** λ at which each object fell out of it, `[n]`. */
  readonly exits: Float64Array;
}

/** @param linkage single linkage's, SciPy's form, heights ascending, `[n − 1, 4]` */
export function condense(linkage: Float64Array, n: number, minClusterSize: number): CondensedTree {
  const parents: number[] = [0];
  const births: number[] = [0];
  const sizes: number[] = [n];
  const lastCluster = new Uint32Array(n);
  const exits = new Float64Array(n);
  // The cluster of each node of the linkage that is still in one, or −1.
  const clusterOf = new Int32Array(2 * n - 1).fill(-1);
  clusterOf[2 * n - 2] = 0;
  for (let node = 2 * n - 2; node >= n; node--) {
    const cluster = clusterOf[node]!;
    if (cluster < 0) continue;
    const row = 4 * (node - n);
    const children = [linkage[row]!, linkage[row + 1]!] as const;
    const height = linkage[row + 2]!;
    const lambda = height > 0 ? 1 / height : Number.POSITIVE_INFINITY;
    const isLarge = children.map((child) => sizeOf(linkage, n, child) >= minClusterSize);
    for (const [side, child] of children.entries()) {
      if (!isLarge[side])
        drop(linkage, n, child, (object) => {
          lastCluster[object] = cluster;
          exits[object] = lambda;
        });
      else if (!isLarge[1 - side]) clusterOf[child] = cluster;
      else {
        clusterOf[child] = parents.length;
        parents.push(cluster);
        births.push(lambda);
        sizes.push(sizeOf(linkage, n, child));
      }
    }
  }
  return {
    clusters: parents.length,
    parents: Uint32Array.from(parents),
    births: Float64Array.from(births),
    sizes: Float64Array.from(sizes),
    lastCluster,
    exits,
  };
}

function sizeOf(linkage: Float64Array, n: number, node: number): number {
  return node < n ? 1 : linkage[4 * (node - n) + 3]!;
}

/** Visits all objects below a node. */
function drop(linkage: Float64Array, n: number, node: number, visit: (object: number) => void): void {
  const pending = [node];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (at < n) visit(at);
    else pending.push(linkage[4 * (at - n)]!, linkage[4 * (at - n) + 1]!);
  }
}
