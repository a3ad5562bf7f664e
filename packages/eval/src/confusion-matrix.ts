import { contingency, denseTable } from "./internal/contingency.js";
import { compareLabels, type Labels } from "./labels.js";

/** How often each true label (row) was predicted as each label (column). */
export interface ConfusionMatrix {
  /** All labels that occur on either side: numbers ascending, then strings. */
  readonly labels: readonly (number | string)[];
  /** Row-major, `[labels × labels]`. */
  readonly counts: Float64Array;
}

/** How many items each class (row) shares with each cluster (column), whatever both are called. */
export interface ContingencyTable {
  /** The distinct true labels: numbers ascending, then strings. */
  readonly classes: readonly (number | string)[];
  /** The distinct predicted labels, in the same order. */
  readonly clusters: readonly (number | string)[];
  /** Row-major, `[classes × clusters]`. */
  readonly counts: Float64Array;
}

/**
 * Confusion matrix of a classifier: rows and columns are the same labels.
 *
 * @throws {ShapeError} lengths that differ
 * @throws {ValueError} no labels, or a number that is not an integer
 * @example confusionMatrix(["a", "a", "b"], ["a", "b", "b"]).counts // [1, 1, 0, 1]
 */
export function confusionMatrix(labelsTrue: Labels, labelsPredicted: Labels): ConfusionMatrix {
  const table = contingency("confusionMatrix", labelsTrue, labelsPredicted);
  const labels = [...new Set([...table.classes, ...table.clusters])].sort(compareLabels);
  const indexOf = new Map(labels.map((label, i) => [label, i]));
  const counts = new Float64Array(labels.length ** 2);
  for (let cell = 0; cell < table.cellCount.length; cell++) {
    const row = indexOf.get(table.classes[table.cellClass[cell]!]!)!;
    const column = indexOf.get(table.clusters[table.cellCluster[cell]!]!)!;
    counts[row * labels.length + column] = table.cellCount[cell]!;
  }
  return { labels, counts };
}

/**
 * Contingency table of a clustering: rows are classes, columns clusters.
 *
 * @throws {ShapeError} lengths that differ
 * @throws {ValueError} no labels, or a number that is not an integer
 * @example contingencyTable([7, 7, 9], ["x", "y", "y"]).counts // [1, 1, 0, 1]
 */
export function contingencyTable(labelsTrue: Labels, labelsPredicted: Labels): ContingencyTable {
  const table = contingency("contingencyTable", labelsTrue, labelsPredicted);
  return { classes: table.classes, clusters: table.clusters, counts: denseTable(table) };
}
