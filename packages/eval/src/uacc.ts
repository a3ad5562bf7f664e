import { ValueError } from "@wayweave/geo-core";
import { largestAssignment } from "./internal/assignment.js";
import { type Contingency, contingency, denseTable } from "./internal/contingency.js";
import type { Labels } from "./labels.js";

/** The matching is cubic: beyond this table it would take a minute, and mean nothing. */
const MAX_CELLS = 4_000_000;

/**
 * Unsupervised clustering accuracy: the share of items whose cluster is matched to their class, under the best
 * one-to-one matching of clusters to classes.
 *
 * Source: E2DTC eq. (15); the matching is a linear sum assignment. Where there are more clusters than
 * classes, the clusters left over count as wrong; where there are fewer, the classes left over do.
 *
 * @param labelsTrue integers or strings, `[n]`
 * @param labelsPredicted integers or strings, `[n]`; need not be the same labels
 * @returns in (0, 1], 1 for the same partition
 * @throws {ShapeError} lengths that differ
 * @throws {ValueError} no labels, a number that is not an integer, more than 4,000,000 class–cluster pairs
 * @example uacc([0, 0, 1, 1], ["b", "b", "a", "b"]) // 0.75
 */
export function uacc(labelsTrue: Labels, labelsPredicted: Labels): number {
  const table = contingency("uacc", labelsTrue, labelsPredicted);
  let matched = 0;
  const classOf = assign("uacc", table);
  for (let cell = 0; cell < table.cellCount.length; cell++) {
    if (classOf[table.cellCluster[cell]!] === table.cellClass[cell]) matched += table.cellCount[cell]!;
  }
  return matched / table.n;
}

/**
 * The matching behind {@link uacc}: from each cluster's label to its class's. A cluster that no class is left for is
 * absent.
 *
 * @throws as {@link uacc}
 * @example matchClusters([0, 0, 1, 1], ["b", "b", "a", "b"]) // Map { "a" → 1, "b" → 0 }
 */
export function matchClusters(
  labelsTrue: Labels,
  labelsPredicted: Labels,
): Map<number | string, number | string> {
  const table = contingency("matchClusters", labelsTrue, labelsPredicted);
  const matching = new Map<number | string, number | string>();
  assign("matchClusters", table).forEach((row, column) => {
    if (row >= 0) matching.set(table.clusters[column]!, table.classes[row]!);
  });
  return matching;
}

/** The class of each cluster, −1 where none is left, `[clusters]`. */
function assign(where: string, table: Contingency): Int32Array {
  const cells = table.classes.length * table.clusters.length;
  if (cells > MAX_CELLS) {
    throw new ValueError(`${where}: classes × clusters must be at most ${MAX_CELLS}, got ${cells}`);
  }
  return largestAssignment(denseTable(table), table.classes.length, table.clusters.length);
}
