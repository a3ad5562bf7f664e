import { checkSameLength, encodeLabels, type Labels } from "../labels.js";

/** How many items each class and each cluster share; only the pairs that occur. */
export interface Contingency {
  readonly n: number;
  readonly classes: readonly (number | string)[];
  readonly clusters: readonly (number | string)[];
  /** Items of each class, `[classes]`. */
  readonly classSizes: Float64Array;
  /** Items of each cluster, `[clusters]`. */
  readonly clusterSizes: Float64Array;
  /** Class, cluster and count of each pair that occurs, by class and then cluster. */
  readonly cellClass: Uint32Array;
  readonly cellCluster: Uint32Array;
  readonly cellCount: Float64Array;
}

/** Tables of at most this many cells are counted in place; larger ones by sorting the pairs. */
const DENSE_CELLS = 4_000_000;

/** @throws {ShapeError} lengths that differ; @throws {ValueError} no labels, or a number that is not an integer */
export function contingency(where: string, labelsTrue: Labels, labelsPredicted: Labels): Contingency {
  checkSameLength(where, labelsTrue, labelsPredicted);
  const rows = encodeLabels(where, "labelsTrue", labelsTrue);
  const columns = encodeLabels(where, "labelsPredicted", labelsPredicted);
  const width = columns.values.length;
  const cells =
    rows.values.length * width <= DENSE_CELLS
      ? countDense(rows.codes, columns.codes, rows.values.length, width)
      : countSorted(rows.codes, columns.codes, width);

  const classSizes = new Float64Array(rows.values.length);
  const clusterSizes = new Float64Array(width);
  const cellClass = new Uint32Array(cells.keys.length);
  const cellCluster = new Uint32Array(cells.keys.length);
  for (let cell = 0; cell < cells.keys.length; cell++) {
    const key = cells.keys[cell]!;
    const row = Math.floor(key / width);
    const column = key % width;
    const count = cells.counts[cell]!;
    cellClass[cell] = row;
    cellCluster[cell] = column;
    classSizes[row] = classSizes[row]! + count;
    clusterSizes[column] = clusterSizes[column]! + count;
  }
  return {
    n: labelsTrue.length,
    classes: rows.values,
    clusters: columns.values,
    classSizes,
    clusterSizes,
    cellClass,
    cellCluster,
    cellCount: cells.counts,
  };
}

interface Cells {
  /** class · width + cluster, ascending; below 2⁵³ for any arrays that fit in memory. */
  readonly keys: Float64Array;
  readonly counts: Float64Array;
}

function countDense(rows: Uint32Array, columns: Uint32Array, height: number, width: number): Cells {
  const table = new Uint32Array(height * width);
  for (let i = 0; i < rows.length; i++) {
    const at = rows[i]! * width + columns[i]!;
    table[at] = table[at]! + 1;
  }
  const keys: number[] = [];
  const counts: number[] = [];
  for (let at = 0; at < table.length; at++) {
    if (table[at] === 0) continue;
    keys.push(at);
    counts.push(table[at]!);
  }
  return { keys: Float64Array.from(keys), counts: Float64Array.from(counts) };
}

function countSorted(rows: Uint32Array, columns: Uint32Array, width: number): Cells {
  const sorted = Float64Array.from(rows, (row, i) => row * width + columns[i]!).sort();
  const counts = new Float64Array(sorted.length);
  let cells = 0;
  for (let i = 0; i < sorted.length; i++) {
    // Writing behind the reading position: the distinct keys move to the front.
    if (i === 0 || sorted[i] !== sorted[cells - 1]) sorted[cells++] = sorted[i]!;
    counts[cells - 1] = counts[cells - 1]! + 1;
  }
  return { keys: sorted.slice(0, cells), counts: counts.slice(0, cells) };
}

/** The table with its zeros, row-major `[classes × clusters]`. */
export function denseTable(table: Contingency): Float64Array {
  const width = table.clusters.length;
  const dense = new Float64Array(table.classes.length * width);
  for (let cell = 0; cell < table.cellCount.length; cell++) {
    dense[table.cellClass[cell]! * width + table.cellCluster[cell]!] = table.cellCount[cell]!;
  }
  return dense;
}

/** Whether both labellings split the items in the same way, whatever the labels are called. */
export function isSamePartition(table: Contingency): boolean {
  return table.cellCount.length === table.classes.length && table.cellCount.length === table.clusters.length;
}
