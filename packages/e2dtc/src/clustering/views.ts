import { type DistanceMetric, pairwiseDistances } from "@wayweave/geo-core";
import type { Lines } from "./lines.js";

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

/** LCSS takes ε as so many times the data's own scale. */
const EPSILON_FACTORS = [1, 2, 4, 8] as const;
/** The scale is the distance to this neighbour. */
const SCALE_NEIGHBOR = 10;

export interface ViewOptions {
  readonly signal?: AbortSignal | undefined;
  /** Views done, of all. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly only?: "dtw" | undefined;
}

export interface Views {
  readonly views: readonly View[];
  /** The scale: the median trip's DTW distance a point to its 10th neighbour. */
  readonly base: number;
}

/** All views of some trips. DTW is divided by the points of both trips. */
export async function viewsOf(lines: Lines, { signal, onProgress, only }: ViewOptions = {}): Promise<Views> {
  const factors = only === undefined ? EPSILON_FACTORS : [];
  const total = 1 + factors.length;
  onProgress?.(0, total);
  const options = { output: "float32", signal } as const;
  const distances = await pairwiseDistances(lines.set, { name: "dtw" }, options);
  divideByCounts(distances, lines.counts);
  const base = scaleOf(distances, lines.set.length);
  const views: View[] = [{ name: "dtw", epsilon: null, distances }];
  for (const factor of factors) {
    onProgress?.(views.length, total);
    const epsilon = factor * base;
    const metric: DistanceMetric = { name: "lcss", epsilon };
    views.push({
      name: `lcss×${factor}`,
      epsilon,
      distances: await pairwiseDistances(lines.set, metric, options),
    });
  }
  onProgress?.(total, total);
  return { views, base };
}

/** The metric of a view, for distances to further trips. */
export function metricOf({ epsilon }: Pick<View, "epsilon">): DistanceMetric {
  return epsilon === null ? { name: "dtw" } : { name: "lcss", epsilon };
}

/** DTW adds up over a warping path, whose steps number at most the points of both trips. */
function divideByCounts(distances: Float32Array, counts: Uint32Array): void {
  let at = 0;
  for (let i = 0; i < counts.length; i++) {
    for (let j = i + 1; j < counts.length; j++) distances[at++]! /= counts[i]! + counts[j]!;
  }
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
