export type { CondensedDistances } from "./internal/condensed.js";
export { type KMeansOptions, type KMeansResult, kMeans } from "./k-means.js";
export { type KMedoidsOptions, type KMedoidsResult, kMedoids } from "./k-medoids.js";
export type { DenseMatrix, Matrix, SparseMatrix } from "./matrix.js";
