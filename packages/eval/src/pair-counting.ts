import { ValueError } from "@wayweave/geo-core";
import { contingency } from "./internal/contingency.js";
import { checkSameLength, type Labels } from "./labels.js";

/** n(n − 1) stays an exact integer up to here. */
const MAX_ITEMS = 94_906_265;

/** Pairs of items, by whether they share a class and whether they share a cluster; exact integers. */
export interface PairCounts {
  /** Same class, same cluster: TP. */
  readonly bothSame: number;
  /** Same class, different clusters: FN. */
  readonly classOnly: number;
  /** Different classes, same cluster: FP. */
  readonly clusterOnly: number;
  /** Different classes, different clusters: TN. */
  readonly bothDifferent: number;
}

/**
 * Counts the n(n − 1)/2 pairs of items from the contingency table, without looking at any pair.
 *
 * @throws {ShapeError} lengths that differ
 * @throws {ValueError} no labels, a number that is not an integer, or more than 94,906,265 items
 */
export function pairCounts(labelsTrue: Labels, labelsPredicted: Labels): PairCounts {
  return countPairs("pairCounts", labelsTrue, labelsPredicted);
}

/**
 * Rand index: the share of pairs of items on which both labellings agree.
 *
 * Source: E2DTC eq. (17), (TP + TN) / (N(N − 1)/2); Rand 1971.
 *
 * @param labelsTrue integers or strings, `[n]`
 * @param labelsPredicted integers or strings, `[n]`
 * @returns in [0, 1]; 1 for the same partition, and for a single item, which has no pairs
 * @throws as {@link pairCounts}
 * @example randIndex([0, 0, 1, 1], [0, 0, 1, 2]) // 5 of 6 pairs: 0.8333
 */
export function randIndex(labelsTrue: Labels, labelsPredicted: Labels): number {
  const { bothSame, classOnly, clusterOnly, bothDifferent } = countPairs(
    "randIndex",
    labelsTrue,
    labelsPredicted,
  );
  const total = bothSame + classOnly + clusterOnly + bothDifferent;
  return total === 0 ? 1 : (bothSame + bothDifferent) / total;
}

/**
 * Adjusted Rand index: pair agreement above that expected of random labellings with the same cluster sizes.
 *
 * Source: Hubert & Arabie 1985: (TP − AB/P) / ((A + B)/2 − AB/P), A and B the pairs within a class and within a
 * cluster, P all pairs.
 *
 * @param labelsTrue integers or strings, `[n]`
 * @param labelsPredicted integers or strings, `[n]`
 * @returns in [−0.5, 1]; 1 for the same partition, about 0 for unrelated ones
 * @throws as {@link pairCounts}
 * @example adjustedRandIndex([0, 0, 1, 1], [0, 0, 1, 2]) // 0.5714
 */
export function adjustedRandIndex(labelsTrue: Labels, labelsPredicted: Labels): number {
  const { bothSame, classOnly, clusterOnly, bothDifferent } = countPairs(
    "adjustedRandIndex",
    labelsTrue,
    labelsPredicted,
  );
  // The same partition: also where the formula is 0/0 (one cluster, or all alone).
  if (classOnly === 0 && clusterOnly === 0) return 1;
  const withinClasses = bothSame + classOnly;
  const withinClusters = bothSame + clusterOnly;
  const total = withinClasses + clusterOnly + bothDifferent;
  const expected = withinClasses * (withinClusters / total);
  return (bothSame - expected) / ((withinClasses + withinClusters) / 2 - expected);
}

function countPairs(where: string, labelsTrue: Labels, labelsPredicted: Labels): PairCounts {
  checkSameLength(where, labelsTrue, labelsPredicted);
  if (labelsTrue.length > MAX_ITEMS) {
    throw new ValueError(`${where}: labels must number at most ${MAX_ITEMS}, got ${labelsTrue.length}`);
  }
  const table = contingency(where, labelsTrue, labelsPredicted);
  const bothSame = pairsWithin(table.cellCount);
  const withinClasses = pairsWithin(table.classSizes);
  const withinClusters = pairsWithin(table.clusterSizes);
  return {
    bothSame,
    classOnly: withinClasses - bothSame,
    clusterOnly: withinClusters - bothSame,
    bothDifferent: (table.n * (table.n - 1)) / 2 - withinClasses - withinClusters + bothSame,
  };
}

/** Σ s(s − 1)/2: every term and the sum are integers below 2⁵³. */
function pairsWithin(sizes: Float64Array): number {
  let pairs = 0;
  for (let i = 0; i < sizes.length; i++) pairs += (sizes[i]! * (sizes[i]! - 1)) / 2;
  return pairs;
}
