import { contingency } from "./internal/contingency.js";
import type { Labels } from "./labels.js";

/**
 * Purity: the share of items that belong to the most frequent class of their cluster.
 *
 * Unlike {@link uacc}, several clusters may stand for one class, so purity grows with the number of clusters and is 1
 * when every item is alone.
 *
 * @param labelsTrue integers or strings, `[n]`
 * @param labelsPredicted integers or strings, `[n]`
 * @returns in (0, 1]
 * @throws {ShapeError} lengths that differ
 * @throws {ValueError} no labels, or a number that is not an integer
 * @example purity([0, 0, 1, 1], [0, 0, 0, 1]) // (2 + 1) / 4 = 0.75
 */
export function purity(labelsTrue: Labels, labelsPredicted: Labels): number {
  const table = contingency("purity", labelsTrue, labelsPredicted);
  const largest = new Float64Array(table.clusters.length);
  for (let cell = 0; cell < table.cellCount.length; cell++) {
    const cluster = table.cellCluster[cell]!;
    largest[cluster] = Math.max(largest[cluster]!, table.cellCount[cell]!);
  }
  return largest.reduce((sum, count) => sum + count, 0) / table.n;
}
