import { checkInRange, checkPositiveInteger, Pace, ValueError } from "@wayweave/geo-core";
import { checkRequiredOptions } from "../internal/required-options.js";
import { leadingEigen } from "../linear-algebra/leading-eigen.js";
import { symmetricEigen } from "../linear-algebra/symmetric-eigen.js";
import { type CondensedDistances, checkCondensed } from "../matrix/condensed.js";
import { largestOf, unitFor } from "../matrix/magnitude.js";
import { type Matrix64, zeros } from "../matrix/matrix.js";
import { unitRows } from "../matrix/rows.js";
import { NormalizedAffinities } from "./internal/normalized-affinities.js";
import { kMeans } from "./k-means.js";

/** How many clusters {@link spectralClustering} looks for, and how it turns eigenvectors into them. */
export interface SpectralClusteringOptions {
  /** The number of clusters, and of eigenvectors. */
  readonly k: number;
  /**
   * Scale each row of the embedding to length 1 before k-means, as Ng, Jordan and Weiss do, instead of dividing it by the
   * root of its object's degree, as Shi and Malik do and scikit-learn. @defaultValue false
   */
  readonly unitLength?: boolean;
  /** Seed of k-means and of the first vectors. @defaultValue 0 */
  readonly seed?: number;
  /** Starts of k-means. @defaultValue 10 */
  readonly restarts?: number;
  /** Called while eigenvectors are sought, with the number that is found. */
  readonly onProgress?: (progress: { done: number; total: number }) => void;
  /**
   * Stops between two products with the affinities and between two iterations of k-means, not while a small matrix's
   * eigenvectors are found; the promise then rejects with the signal's reason.
   */
  readonly signal?: AbortSignal;
}

/** The clusters that {@link spectralClustering} found, and the eigenvectors they were read from. */
export interface SpectralClustering {
  /** The cluster of each object, 0 … k − 1, `[n]`. */
  readonly labels: Uint32Array;
  /** The rows that k-means saw, `[n, k]`. Each column's entry of largest magnitude is positive, before rows are scaled. */
  readonly embedding: Matrix64;
  /**
   * The k leading eigenvalues of the normalised affinities, largest first: 1 minus the Laplacian's. As many 1s as the
   * graph has components; a large fall after the last one says that k fits.
   */
  readonly eigenvalues: Float64Array;
  /** False when the eigenvectors or k-means ran out of iterations. */
  readonly converged: boolean;
}

/** Up to here all eigenvalues are found at once. */
const SMALL = 400;
/** Errors of eigenvectors far below what tells rows of different clusters apart. */
const TOLERANCE = 1e-7;

/**
 * Spectral clustering: k-means on the leading eigenvectors of the normalised affinities.
 *
 * Sources: Shi and Malik, _Normalized cuts and image segmentation_ (2000), and Ng, Jordan and Weiss, _On spectral clustering_
 * (2001); as scikit-learn's `SpectralClustering` computes it. Clusters may have any shape as long as objects of one are
 * connected by chains of alike ones. Affinities of an object with itself play no part.
 *
 * @param affinities of each pair, in scipy's `pdist` order, `[n(n − 1)/2]`, non-negative: larger is more alike; such as
 *   {@link localAffinities} makes of distances
 * @throws {ShapeError} affinities.length ≠ n(n − 1)/2
 * @throws {ValueError} k outside [1, n], an affinity that is negative or not finite, an option out of range
 * @example
 * const affinities = await localAffinities(distances, n, { neighbor: 7 });
 * const { labels } = await spectralClustering(affinities, n, { k: 3 });
 */
export async function spectralClustering(
  affinities: CondensedDistances,
  n: number,
  options: SpectralClusteringOptions,
): Promise<SpectralClustering> {
  const where = "spectralClustering";
  checkRequiredOptions(where, options, ["k", "unitLength", "seed", "restarts", "onProgress", "signal"]);
  const { k, unitLength = false, seed = 0, restarts = 10, onProgress, signal } = options;
  checkCondensed(where, affinities, n, "affinities");
  checkPositiveInteger(where, "k", k);
  if (k > n) throw new ValueError(`${where}: k must be at most the number of objects, ${n}, got ${k}`);
  checkInRange(where, "seed", seed, 0, 2 ** 32 - 1);
  checkPositiveInteger(where, "restarts", restarts);
  await new Pace(signal).step();
  // Only ratios of affinities count; the sums of extreme ones would overflow, or lose digits.
  const unit = unitFor(largestOf(affinities));
  const usual = unit === 1 ? affinities : Float64Array.from(affinities, (affinity) => affinity / unit);
  const operator = new NormalizedAffinities(usual, n);
  const isSmall = n <= SMALL || 4 * k > n;
  const leading = isSmall
    ? { ...symmetricEigen(operator.toMatrix(), k), converged: true }
    : await leadingEigen(operator, k, {
        tolerance: TOLERANCE,
        seed,
        ...(signal ? { signal } : {}),
        onProgress: ({ converged }) => onProgress?.({ done: converged, total: k }),
      });
  if (isSmall) onProgress?.({ done: k, total: k });
  const embedding = embed(leading.vectors, operator.rootDegrees, unitLength);
  const clustering = await kMeans(embedding, { k, seed, restarts, ...(signal ? { signal } : {}) });
  return {
    labels: clustering.labels,
    embedding,
    eigenvalues: leading.values.slice(0, k),
    converged: leading.converged && clustering.converged,
  };
}

/** Eigenvectors, one a row, as columns of the objects' rows. */
function embed(
  { rows: k, columns: n, data }: Matrix64,
  rootDegrees: Float64Array,
  unitLength: boolean,
): Matrix64 {
  const embedding = zeros(n, k);
  for (let j = 0; j < k; j++) {
    let extreme = 0;
    for (let i = 0; i < n; i++) {
      const value = data[j * n + i]! / (unitLength ? 1 : rootDegrees[i]!);
      embedding.data[i * k + j] = value;
      if (Math.abs(value) > Math.abs(extreme)) extreme = value;
    }
    if (extreme < 0) for (let i = 0; i < n; i++) embedding.data[i * k + j]! *= -1;
  }
  return unitLength ? unitRows(embedding) : embedding;
}
