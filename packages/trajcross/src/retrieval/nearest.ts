import { checkArray, checkPositiveInteger, ShapeError } from "@wayweave/geo-core";

/** The rows with the largest dot products with a query, best first. */
export interface Nearest {
  /** Of the rows, best first, `[min(k, n)]`. */
  readonly indices: Uint32Array;
  /** Their dot products with the query, in the same order, `[min(k, n)]`. */
  readonly scores: Float64Array;
}

/**
 * Exact top-k by dot product over all rows; ties go to the smaller index.
 *
 * @param query `[width]`
 * @param rows row-major `[n, width]`
 * @throws {ShapeError} rows that are not n × width @throws {ValueError} k not a positive integer
 */
export function nearestRows(query: Float32Array, rows: Float32Array, k: number): Nearest {
  checkArray("nearestRows", "query", query);
  checkArray("nearestRows", "rows", rows);
  checkPositiveInteger("nearestRows", "k", k);
  const width = query.length;
  if (width === 0 || rows.length % width !== 0) {
    throw new ShapeError(`nearestRows: rows must hold ${width} numbers a row, got ${rows.length} in all`);
  }
  const n = rows.length / width;
  const kept = Math.min(k, n);
  const indices = new Uint32Array(kept);
  const scores = new Float64Array(kept).fill(Number.NEGATIVE_INFINITY);
  let filled = 0;
  for (let row = 0; row < n; row++) {
    const start = row * width;
    // Four sums at a time: one would wait for each addition before the next.
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    let i = 0;
    for (; i + 3 < width; i += 4) {
      s0 += query[i]! * rows[start + i]!;
      s1 += query[i + 1]! * rows[start + i + 1]!;
      s2 += query[i + 2]! * rows[start + i + 2]!;
      s3 += query[i + 3]! * rows[start + i + 3]!;
    }
    for (; i < width; i++) s0 += query[i]! * rows[start + i]!;
    const score = s0 + s1 + (s2 + s3);
    if (filled === kept && score <= scores[kept - 1]!) continue;
    // Insertion from the end: k is small beside n, and most rows never get here.
    let at = filled < kept ? filled++ : kept - 1;
    while (at > 0 && scores[at - 1]! < score) {
      scores[at] = scores[at - 1]!;
      indices[at] = indices[at - 1]!;
      at--;
    }
    scores[at] = score;
    indices[at] = row;
  }
  return { indices, scores };
}
