export { type KMeansOptions, type KMeansResult, kMeans } from "./k-means.js";
export type { DenseMatrix, Matrix, SparseMatrix } from "./matrix.js";
