import type { CondensedTree } from "./condensed-tree.js";

/**
 * The clusters that count, none within another (Campello, Moulavi and Sander 2013, §3.3).
 *
 * `excessOfMass` takes those that live longest: a cluster's stability is Σ over its objects of the λ at which each leaves
 * it less the λ at which it began, and a cluster counts unless its descendants' stabilities add up to more. `leaf` takes
 * the clusters that are not split any more: more, and smaller.
 *
 * @returns the numbers of the clusters, ascending
 */
export function selectClusters(
  tree: CondensedTree,
  selection: "excessOfMass" | "leaf",
  allowSingleCluster: boolean,
): number[] {
  const { clusters, parents } = tree;
  const hasChildren = new Uint8Array(clusters);
  for (let c = 1; c < clusters; c++) hasChildren[parents[c]!] = 1;
  const all = Array.from({ length: clusters }, (_, c) => c);
  if (selection === "leaf") {
    // Without any split, cluster 0 is the only one there is.
    return all.filter((c) => hasChildren[c] === 0 && (c > 0 || allowSingleCluster));
  }
  const best = stabilities(tree);
  const isSelected = new Uint8Array(clusters);
  const below = new Float64Array(clusters);
  for (let c = clusters - 1; c >= 0; c--) {
    if (c === 0 && !allowSingleCluster) break;
    if (hasChildren[c] === 1 && below[c]! > best[c]!) best[c] = below[c]!;
    else isSelected[c] = 1;
    if (c > 0) below[parents[c]!]! += best[c]!;
  }
  // Of clusters within each other the outermost counts.
  const isCovered = new Uint8Array(clusters);
  for (let c = 1; c < clusters; c++) {
    const parent = parents[c]!;
    isCovered[c] = isCovered[parent] === 1 || isSelected[parent] === 1 ? 1 : 0;
  }
  return all.filter((c) => isSelected[c] === 1 && isCovered[c] === 0);
}

function stabilities({ clusters, parents, births, sizes, lastCluster, exits }: CondensedTree): Float64Array {
  const stability = new Float64Array(clusters);
  for (let i = 0; i < exits.length; i++) {
    const cluster = lastCluster[i]!;
    stability[cluster]! += lifetime(exits[i]!, births[cluster]!);
  }
  for (let c = 1; c < clusters; c++) {
    stability[parents[c]!]! += sizes[c]! * lifetime(births[c]!, births[parents[c]!]!);
  }
  return stability;
}

/** Objects at distance 0 from each other never part: what begins there ends there. */
function lifetime(exit: number, birth: number): number {
  return exit === birth ? 0 : exit - birth;
}
