import type { Dendrogram } from "@wayweave/numeric";

/** Clusters this many times farther apart than they are wide leave no doubt. */
const CLEAR = 10;
const MAX_K = 20;
/** Share of all trips that each cluster must have: of many trips, a single far one is no cluster but a fault or an outlier. */
const LEAST_SHARE = 0.05;

/**
 * The number of clusters where it is beyond doubt: 1 where all trips are equal; else the k below which clusters are joined that are ten times
 * farther apart than any that were joined before. Of k up to 20 and half of the trips (of three trips, up to 2), each cluster with a twentieth
 * of the trips at least.
 *
 * @returns `null` where there is no such k
 */
export function clearCount(tree: Dendrogram): number | null {
  const { n, linkage } = tree;
  const heightOf = (clusters: number) => linkage[4 * (n - clusters - 1) + 2]!;
  if (n === 1 || heightOf(1) === 0) return 1;
  let clear: number | null = null;
  let widest = CLEAR;
  for (let k = 2; k <= Math.min(MAX_K, n - 1, Math.max(2, n / 2)); k++) {
    const [apart, within] = [heightOf(k - 1), heightOf(k)];
    const ratio = apart > 0 ? apart / within : 0;
    if (ratio < widest || smallestOf(tree.cut({ k }), k) < LEAST_SHARE * n) continue;
    [clear, widest] = [k, ratio];
  }
  return clear;
}

function smallestOf(labels: Uint32Array, k: number): number {
  const sizes = new Uint32Array(k);
  for (const label of labels) sizes[label]!++;
  return Math.min(...sizes);
}
