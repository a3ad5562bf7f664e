import {
  type DistanceMetric,
  type DistanceProgress,
  pairwiseDistances,
  pairwiseLcss,
  type TrajectorySet,
} from "@wayweave/geo-core";

/** What trips are compared by. */
export type ViewName = "dtw" | "lcss×1" | "lcss×2" | "lcss×4" | "lcss×8";

/** One way to compare trips, and the distances that it gives. */
export interface View {
  readonly name: ViewName;
  /** ε of LCSS, metres or the plane's unit; `null` for DTW. */
  readonly epsilon: number | null;
  /** Condensed, as scipy's `pdist`. */
  readonly distances: Float32Array;
}

/** DTW adds up over a warping path, whose steps number at most the points of both trips. */
export const DTW: DistanceMetric = { name: "dtw", value: "normalized" };
/** LCSS takes ε as so many times the data's own scale. */
const EPSILON_FACTORS = [1, 2, 4, 8] as const;
/** Steps in which each kind of distance is reported. */
const PROGRESS_STEPS = 20;
/** The scale is the distance to this neighbour. */
const SCALE_NEIGHBOR = 10;

export interface ViewOptions {
  readonly signal?: AbortSignal | undefined;
  /** Steps done, of all. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly only?: "dtw" | undefined;
}

export interface Views {
  readonly views: readonly View[];
  /** The scale: the median trip's DTW distance a point to its 10th neighbour. */
  readonly base: number;
}

/** All views of some trips, which are planar lines. */
export async function viewsOf(
  lines: TrajectorySet,
  { signal, onProgress, only }: ViewOptions = {},
): Promise<Views> {
  const parts = only === undefined ? 2 : 1;
  const total = parts * PROGRESS_STEPS;
  const part = (nth: number) => ({
    output: "float32" as const,
    signal,
    onProgress: ({ done, total: pairs }: DistanceProgress) =>
      onProgress?.(Math.floor(PROGRESS_STEPS * (nth + done / pairs)), total),
  });
  onProgress?.(0, total);
  const distances = await pairwiseDistances(lines, DTW, part(0));
  const base = scaleOf(distances, lines.length);
  const views: View[] = [{ name: "dtw", epsilon: null, distances }];
  if (only === undefined) {
    const epsilons = EPSILON_FACTORS.map((factor) => factor * base);
    const found = await pairwiseLcss(lines, epsilons, part(1));
    for (const [at, factor] of EPSILON_FACTORS.entries()) {
      views.push({ name: `lcss×${factor}`, epsilon: epsilons[at]!, distances: found[at]! });
    }
  }
  onProgress?.(total, total);
  return { views, base };
}

/** The metric of a view, for distances to further trips. */
export function metricOf({ epsilon }: Pick<View, "epsilon">): DistanceMetric {
  return epsilon === null ? DTW : { name: "lcss", epsilon };
}

/** The median object's distance to its 10th neighbour; where that is 0, the least positive distance there is. */
function scaleOf(distances: Float32Array, n: number): number {
  const rows = Array.from({ length: n }, () => new Float32Array(n - 1));
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++, at++) {
      rows[i]![j - 1] = distances[at]!;
      rows[j]![i] = distances[at]!;
    }
  }
  const neighbor = Math.min(SCALE_NEIGHBOR, n - 1) - 1;
  const tenth = Float32Array.from(rows, (row) => row.sort()[neighbor] ?? 0).sort();
  const median = tenth[n >> 1] ?? 0;
  return median > 0 ? median : (distances.filter((d) => d > 0).sort()[0] ?? 1);
}
