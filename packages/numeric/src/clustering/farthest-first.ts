import { checkNonNegativeInteger, checkPositiveInteger, ValueError } from "@wayweave/geo-core";
import { checkRequiredOptions } from "../internal/required-options.js";
import { PACED_OPTIONS, type PacedOptions, runPaced, runThrough, type Steps } from "../internal/steps.js";
import { inUnits, largestOf, unitFor } from "../matrix/magnitude.js";
import { checkMatrix, type Matrix } from "../matrix/matrix.js";

/** How many centres {@link farthestFirst} takes, and the first of them. */
export interface FarthestFirstOptions {
  /** The number of centres, at most the number of rows. */
  readonly k: number;
  /** The row that is taken first. @defaultValue 0 */
  readonly start?: number;
}

const OPTIONS = ["k", "start"] as const;

/**
 * Cluster centres as far from each other as can be: each next row is the one farthest from all taken so far.
 *
 * Source: Gonzalez, _Clustering to minimize the maximum intercluster distance_ (1985); no centre's farthest row is more than twice
 * as far away as in the best choice of k. Unlike k-means' objective it cares nothing for how many rows lie somewhere: clusters of
 * very uneven size each get a centre, and so do outliers. Of equally far rows the first is taken.
 *
 * @returns k rows, row-major, `[k × columns]`; some coincide where fewer different rows exist
 * @throws {ValueError} k above the number of rows, a start that is no row, a non-finite value
 * @example farthestFirst({ data: Float64Array.of(0, 1, 5, 9), rows: 4, columns: 1 }, { k: 3 }) // 0, 9, 5
 */
export function farthestFirst(rows: Matrix, options: FarthestFirstOptions): Float64Array {
  checkRequiredOptions("farthestFirst", options, OPTIONS);
  return runThrough(spread("farthestFirst", rows, options));
}

/**
 * {@link farthestFirst} that lets other work in between, reports and stops: the same result.
 *
 * @throws as {@link farthestFirst}, by rejecting; the signal's reason
 */
export async function farthestFirstAsync(
  rows: Matrix,
  options: FarthestFirstOptions & PacedOptions,
): Promise<Float64Array> {
  const where = "farthestFirstAsync";
  checkRequiredOptions(where, options, [...OPTIONS, ...PACED_OPTIONS]);
  const steps = spread(where, rows, options);
  return runPaced(steps, rows.rows * rows.columns * options.k, options);
}

function* spread(where: string, rows: Matrix, { k, start = 0 }: FarthestFirstOptions): Steps<Float64Array> {
  checkMatrix(where, "rows", rows);
  checkPositiveInteger(where, "k", k);
  checkNonNegativeInteger(where, "start", start);
  const { columns, rows: count } = rows;
  if (k > count) throw new ValueError(`${where}: k must be at most the ${count} rows, got ${k}`);
  if (start >= count) throw new ValueError(`${where}: start must be below the ${count} rows, got ${start}`);
  const { data } = inUnits(rows, unitFor(largestOf(rows.data)));
  const centers = new Float64Array(k * columns);
  const nearest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  let next = start;
  for (let j = 0; j < k; j++) {
    const center = next * columns;
    centers.set(rows.data.subarray(center, center + columns), j * columns);
    let farthest = -1;
    for (let i = 0; i < count; i++) {
      let squared = 0;
      for (let d = 0; d < columns; d++) {
        const difference = data[i * columns + d]! - data[center + d]!;
        squared += difference * difference;
      }
      if (squared < nearest[i]!) nearest[i] = squared;
      if (nearest[i]! > farthest) {
        farthest = nearest[i]!;
        next = i;
      }
    }
    yield count * columns;
  }
  return centers;
}
