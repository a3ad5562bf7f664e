import { condensedIndex, type Dendrogram } from "@wayweave/numeric";

/** How far a tree is cut open at most in search of k clusters of size: so many times k, and some more for a small k. */
const DEEPEST = { times: 12, more: 40 } as const;

/**
 * Cuts a tree so that k clusters have at least a share of the mean cluster's size; what is smaller joins the cluster of least mean distance.
 *
 * Average linkage gives a far trip a cluster of its own, and of k clusters few are then left for the others: the larger a sample, the more
 * far trips are in it. Where no cut has k such clusters it is the plain one.
 *
 * @param share of n / k, 0 for the plain cut
 * @returns labels 0 … k − 1, by falling size where the cut is not the plain one, `[n]`
 */
export function substantialCut(
  tree: Pick<Dendrogram, "cut">,
  distances: ArrayLike<number>,
  n: number,
  { k, share }: { readonly k: number; readonly share: number },
): Uint32Array {
  if (share === 0) return tree.cut({ k });
  const smallest = Math.max(2, Math.ceil((share * n) / k));
  const deepest = Math.min(n, DEEPEST.times * k + DEEPEST.more);
  for (let clusters = k; clusters < deepest; clusters++) {
    const labels = tree.cut({ k: clusters });
    const sizes = new Map<number, number>();
    for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
    const large = [...sizes]
      .filter(([, size]) => size >= smallest)
      .sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    if (large.length < k) continue;
    return joined(
      labels,
      large.slice(0, k).map(([label]) => label),
      distances,
    );
  }
  return tree.cut({ k });
}

/** Labels by their place among those that stay; the others' members join the cluster of least mean distance. */
function joined(labels: Uint32Array, kept: readonly number[], distances: ArrayLike<number>): Uint32Array {
  const n = labels.length;
  const placeOf = new Map(kept.map((label, place) => [label, place]));
  const members: number[][] = kept.map(() => []);
  for (const [i, label] of labels.entries()) {
    const place = placeOf.get(label);
    if (place !== undefined) members[place]!.push(i);
  }
  const meanDistance = (i: number, cluster: number) => {
    let sum = 0;
    for (const j of members[cluster]!) sum += distances[condensedIndex(n, Math.min(i, j), Math.max(i, j))]!;
    return sum / members[cluster]!.length;
  };
  return labels.map((label, i) => {
    const place = placeOf.get(label);
    if (place !== undefined) return place;
    let nearest = 0;
    let least = Number.POSITIVE_INFINITY;
    for (const cluster of members.keys()) {
      const far = meanDistance(i, cluster);
      if (far < least) [nearest, least] = [cluster, far];
    }
    return nearest;
  });
}
