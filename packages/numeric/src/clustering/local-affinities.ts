import { checkOptions, checkPositiveInteger, Pace } from "@wayweave/geo-core";
import { type CondensedDistances, CondensedRows, checkCondensed } from "../matrix/condensed.js";
import { kthSmallest } from "./internal/kth-smallest.js";

/** Which neighbour sets the scale of {@link localAffinities}. */
export interface LocalAffinityOptions {
  /** An object's scale is the distance to this neighbour: 1 is the nearest other object; the farthest where there are fewer. @defaultValue 7 */
  readonly neighbor?: number;
  /** Called now and then with the objects whose scales, and then whose affinities, are known: twice n in all. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Stops between two objects; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Locally scaled affinities: how alike objects are, judged by how far their neighbours are.
 *
 * Source: Zelnik-Manor and Perona, _Self-tuning spectral clustering_ (2004), eq. (1): exp(−d²ᵢⱼ/(σᵢσⱼ)), σᵢ the distance of
 * object i to its K-th neighbour, K = 7 in the source. Dense and sparse clusters come out of one setting. Where the K-th
 * neighbour is at distance 0 (duplicates; EDR and LCSS have many), the nearest object at another place takes its part.
 *
 * @param distances in scipy's `pdist` order, `[n(n − 1)/2]`
 * @returns in [0, 1], in the same order, for {@link spectralClustering}
 * @throws {ShapeError} distances.length ≠ n(n − 1)/2
 * @throws {ValueError} a distance that is negative or not finite, an option out of range
 */
export async function localAffinities(
  distances: CondensedDistances,
  n: number,
  options: LocalAffinityOptions = {},
): Promise<Float64Array> {
  const where = "localAffinities";
  checkOptions(where, options, ["neighbor", "onProgress", "signal"]);
  const { neighbor = 7, onProgress, signal } = options;
  checkCondensed(where, distances, n);
  checkPositiveInteger(where, "neighbor", neighbor);
  const pace = new Pace(signal);
  const stride = Math.max(1, Math.floor(n / 50));
  let done = 0;
  const onObject = async (): Promise<void> => {
    done++;
    if (done % stride === 0 || done === 2 * n) onProgress?.({ done, total: 2 * n });
    await pace.step();
  };
  const scales = await localScales(distances, n, neighbor, onObject);
  const affinities = new Float64Array(distances.length);
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++, at++) {
      const d = distances[at]!;
      // Divided one by one: the product of two small scales may be 0.
      affinities[at] = d === 0 ? 1 : Math.exp(-(d / scales[i]!) * (d / scales[j]!));
    }
    await onObject();
  }
  return affinities;
}

/** σᵢ, above 0 wherever an object lies at another place. */
async function localScales(
  distances: CondensedDistances,
  n: number,
  neighbor: number,
  onObject: () => Promise<void>,
): Promise<Float64Array> {
  const rows = new CondensedRows(distances, n);
  const smallest = new Float64Array(neighbor);
  const scales = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    await onObject();
    const row = rows.row(i);
    scales[i] = kthSmallest(row, neighbor, i, smallest);
    if (scales[i] === 0) scales[i] = leastPositive(row);
  }
  return scales;
}

function leastPositive(row: CondensedDistances): number {
  let least = Number.POSITIVE_INFINITY;
  for (let j = 0; j < row.length; j++) if (row[j]! > 0 && row[j]! < least) least = row[j]!;
  return least;
}
