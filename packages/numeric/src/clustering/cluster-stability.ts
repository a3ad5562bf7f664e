import { adjustedRandIndex } from "@wayweave/eval";
import {
  checkInRange,
  checkLength,
  checkPositiveInteger,
  Pace,
  Random,
  ValueError,
} from "@wayweave/geo-core";
import { checkRequiredOptions } from "../internal/required-options.js";

/** What {@link clusterStability} clusters, and how often. */
export interface ClusterStabilityOptions {
  /** Number of objects. */
  readonly n: number;
  /**
   * Clusters some of the objects.
   *
   * @param objects which, ascending, of 0 … n − 1
   * @param repeat from 0: for a seed that differs between repeats
   * @returns a label for each of them, `[objects.length]`; −1, say, is a label like any other
   */
  readonly cluster: (objects: Uint32Array, repeat: number) => ArrayLike<number> | Promise<ArrayLike<number>>;
  /** The share of the objects in each sample, above ½, so that any two have objects in common. @defaultValue 0.7 */
  readonly share?: number;
  /** Samples, ≥ 2. @defaultValue 10 */
  readonly repeats?: number;
  /** Seed of the samples: the same for all methods that are compared. @defaultValue 0 */
  readonly seed?: number;
  /** Called after every sample. */
  readonly onProgress?: (progress: { done: number; total: number }) => void;
  /** Stops between two samples; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How far the clusterings of several samples agree. */
export interface ClusterStability {
  /** The mean agreement, at most 1; about 0 where clusters are drawn by chance. */
  readonly mean: number;
  /** Standard deviation of the agreements (divisor: their number). */
  readonly standardDeviation: number;
  /** The adjusted Rand index of every two samples on their common objects: 0 and 1, 0 and 2, … `[repeats(repeats − 1)/2]`. */
  readonly agreements: Float64Array;
}

/**
 * How far clusters stay the same when some objects are left out: the mean adjusted Rand index between the clusterings of
 * random samples, on the objects that two samples have in common.
 *
 * Source: Ben-Hur, Elisseeff and Guyon, _A stability based method for discovering structure in clustered data_ (2002), with
 * the adjusted Rand index (Hubert and Arabie 1985) as the agreement. No labels are needed and no distance is preferred, so
 * methods that see the objects differently can be compared. One cluster of everything is perfectly stable: compare
 * methods at one number of clusters, and look at the clusters' sizes.
 *
 * @throws {ValueError} an option out of range, or samples so small that two need not share two objects
 * @throws {ShapeError} `cluster` returned another number of labels than it was given objects
 * @example
 * const stability = await clusterStability({
 *   n,
 *   cluster: async (objects, repeat) => {
 *     const tree = await agglomerative(selectDistances(distances, n, objects), objects.length);
 *     return tree.cut({ k: 8 });
 *   },
 * });
 */
export async function clusterStability(options: ClusterStabilityOptions): Promise<ClusterStability> {
  const where = "clusterStability";
  const known = ["n", "cluster", "share", "repeats", "seed", "onProgress", "signal"] as const;
  checkRequiredOptions(where, options, known);
  const { n, cluster, share = 0.7, repeats = 10, seed = 0, onProgress, signal } = options;
  checkPositiveInteger(where, "n", n);
  if (typeof cluster !== "function") {
    throw new ValueError(`${where}: cluster must be a function, got ${String(cluster)}`);
  }
  checkInRange(where, "share", share, 0, 1);
  checkInRange(where, "repeats", repeats, 2, Number.MAX_SAFE_INTEGER);
  checkPositiveInteger(where, "repeats", repeats);
  const size = Math.round(share * n);
  if (2 * size - n < 2) {
    throw new ValueError(
      `${where}: share must be so large that two samples of ${n} objects have two in common, got ${share}: ${size} objects each`,
    );
  }
  const pace = new Pace(signal);
  const random = new Random(seed, where).split(where);
  // The label of each object in each sample; undefined where it is not in it.
  const labelings: (number | undefined)[][] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    await pace.step();
    const objects = random.split(repeat).sample(n, size).sort();
    const labels = await cluster(objects.slice(), repeat);
    checkLength(where, "the labels of cluster", labels, size);
    const labeling = new Array<number | undefined>(n).fill(undefined);
    objects.forEach((object, i) => {
      labeling[object] = labels[i]!;
    });
    labelings.push(labeling);
    onProgress?.({ done: repeat + 1, total: repeats });
  }
  const agreements: number[] = [];
  for (let a = 0; a < repeats; a++) {
    await pace.step();
    for (let b = a + 1; b < repeats; b++) agreements.push(agreement(labelings[a]!, labelings[b]!));
  }
  const mean = agreements.reduce((sum, value) => sum + value, 0) / agreements.length;
  const variance = agreements.reduce((sum, value) => sum + (value - mean) ** 2, 0) / agreements.length;
  return { mean, standardDeviation: Math.sqrt(variance), agreements: Float64Array.from(agreements) };
}

function agreement(a: readonly (number | undefined)[], b: readonly (number | undefined)[]): number {
  const common: [number[], number[]] = [[], []];
  for (let i = 0; i < a.length; i++) {
    if (a[i] === undefined || b[i] === undefined) continue;
    common[0].push(a[i]!);
    common[1].push(b[i]!);
  }
  return adjustedRandIndex(common[0], common[1]);
}
