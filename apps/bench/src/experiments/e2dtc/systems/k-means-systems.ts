import { cellHistogramFeatures, centroidFeatures } from "@wayweave/e2dtc";
import { kMeans, type Matrix, type SparseMatrix } from "@wayweave/numeric";
import type { LabelledTrips } from "../../../datasets/trips.js";
import type { RunContext } from "../../experiment.js";
import { type ClusteringRaw, sampledSilhouettes } from "./clustering.js";

export interface KMeansSettings {
  readonly restarts: number;
}

/** k-means on the trips' mean positions: the least that a method has to beat. */
export async function runCentroidKMeans(
  { seed, signal, onProgress }: RunContext,
  { set, labels, k }: LabelledTrips,
  { restarts }: KMeansSettings,
): Promise<ClusteringRaw> {
  const features: Matrix = centroidFeatures(set);
  const result = await kMeans(features, { k, seed, restarts, signal, onProgress });
  return {
    labelsTrue: labels,
    labelsPredicted: result.labels,
    silhouettes: sampledSilhouettes(features, result.labels, seed),
  };
}

/** k-means on each trip's share of points in every 300 m cell. */
export async function runCellHistogramKMeans(
  { seed, random, signal, onProgress }: RunContext,
  { set, labels, k }: LabelledTrips,
  { restarts }: KMeansSettings,
): Promise<ClusteringRaw> {
  const features = cellHistogramFeatures(set);
  const result = await kMeans(features, { k, seed, restarts, signal, onProgress });
  // Sparse rows have no silhouette of their own: a sample's distances among each other stand in.
  const items = random.split("silhouette").sample(set.length, Math.min(set.length, 1000)).sort();
  return {
    labelsTrue: labels,
    labelsPredicted: result.labels,
    silhouettes: sampledSilhouettes(
      { distances: euclideanDistances(features, items), n: items.length },
      items.map((i) => result.labels[i]!),
      seed,
    ),
  };
}

/** Condensed Euclidean distances between some rows of a sparse matrix, `[items (items − 1) / 2]`. */
function euclideanDistances(matrix: SparseMatrix, items: Uint32Array): Float64Array {
  const { values, columnIndices, rowOffsets } = matrix;
  const n = items.length;
  const distances = new Float64Array((n * (n - 1)) / 2);
  const dense = new Float64Array(matrix.columns);
  const squares = Float64Array.from(items, (row) => {
    let sum = 0;
    for (let e = rowOffsets[row]!; e < rowOffsets[row + 1]!; e++) sum += values[e]! ** 2;
    return sum;
  });
  let at = 0;
  for (let i = 0; i < n; i++) {
    dense.fill(0);
    for (let e = rowOffsets[items[i]!]!; e < rowOffsets[items[i]! + 1]!; e++)
      dense[columnIndices[e]!] = values[e]!;
    for (let j = i + 1; j < n; j++, at++) {
      // ‖a − b‖² = ‖a‖² + ‖b‖² − 2 a·b
      let dot = 0;
      for (let e = rowOffsets[items[j]!]!; e < rowOffsets[items[j]! + 1]!; e++)
        dot += dense[columnIndices[e]!]! * values[e]!;
      distances[at] = Math.sqrt(Math.max(0, squares[i]! + squares[j]! - 2 * dot));
    }
  }
  return distances;
}
