import { checkOneOf } from "@wayweave/geo-core";
import {
  affineColumns,
  checkMatrix,
  type Matrix,
  type Matrix64,
  timesTransposed,
  unitRows,
} from "@wayweave/numeric";

/**
 * How two representations are compared. `cosine` is the paper's eq. 7; `centeredCosine` first subtracts the mean of each
 * vector's entries, which for posteriors is the uniform distribution: then ignorance is the origin, and two posteriors that
 * share nothing but ignorance are not similar.
 */
export type SemanticSimilarity = "cosine" | "centeredCosine";

/** A deviation from the mean that is a smaller share of the largest entry is rounding: equal entries have no direction. */
const ROUNDING = 1e-12;

export const semanticSimilarities = ["cosine", "centeredCosine"] as const;

/**
 * Vectors whose dot product is the similarity: ready for an index. A vector without direction stays zero.
 *
 * @param vectors `[n, d]`
 * @returns `[n, d]`, rows of length 1
 */
export function toUnitVectors(vectors: Matrix, similarity: SemanticSimilarity): Matrix64 {
  checkMatrix("toUnitVectors", "vectors", vectors);
  checkOneOf("toUnitVectors", "similarity", similarity, semanticSimilarities);
  if (similarity === "cosine") return unitRows(vectors);
  const { rows, columns } = vectors;
  const centered = affineColumns(vectors, new Float64Array(columns));
  for (let i = 0; i < rows; i++) {
    const row = centered.data.subarray(i * columns, (i + 1) * columns);
    const largest = row.reduce((kept, value) => Math.max(kept, Math.abs(value)), 0);
    const mean = row.reduce((sum, value) => sum + value, 0) / columns;
    for (let j = 0; j < columns; j++) {
      const deviation = row[j]! - mean;
      row[j] = Math.abs(deviation) > ROUNDING * largest ? deviation : 0;
    }
  }
  return unitRows(centered);
}

/**
 * Similarity of every query with every item.
 *
 * @param queries `[n, d]`
 * @param items `[m, d]`
 * @returns `[n, m]`, in [−1, 1]
 * @throws {ShapeError} different widths
 */
export function similarities(
  queries: Matrix,
  items: Matrix,
  similarity: SemanticSimilarity = "cosine",
): Matrix64 {
  checkMatrix("similarities", "queries", queries);
  checkMatrix("similarities", "items", items, queries.columns);
  checkOneOf("similarities", "similarity", similarity, semanticSimilarities);
  return timesTransposed(toUnitVectors(queries, similarity), toUnitVectors(items, similarity));
}
