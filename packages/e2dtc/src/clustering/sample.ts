import { Random, type TrajectorySet } from "@wayweave/geo-core";
import { selectDistances } from "@wayweave/numeric";
import { planarOf, thinned } from "./lines.js";
import { type View, type Views, viewsOf } from "./views.js";

/** A sample of trips and all distances among them. */
export interface Sample {
  /** All trips as lines of few points in the plane: see `thinned`. */
  readonly lines: TrajectorySet;
  /** Which trips, ascending. */
  readonly trips: Uint32Array;
  readonly views: Views;
}

export interface SampleOptions {
  /** The function that the user called, for error messages. */
  readonly where: string;
  readonly seed: number;
  /** What trips are compared by: as recorded, where speed and stops show, or by the way alone. */
  readonly clusterBy: "auto" | "routes";
  /** Trips whose distances are all computed. */
  readonly sampleSize: number;
  /** Which of several samples. @defaultValue 0 */
  readonly nth?: number;
  /** Of another sample of the same trips, compared by the same: samples of many trips share them. */
  readonly lines?: TrajectorySet | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (phase: "distances", done: number, total: number) => void;
  /** The one view to compute; all where absent. */
  readonly only?: "dtw";
}

/** Distances of a sample in all views, or by DTW alone. */
export async function sampleOf(
  set: TrajectorySet,
  {
    where,
    seed,
    clusterBy,
    sampleSize,
    nth = 0,
    lines = thinned(planarOf(where, set), clusterBy === "routes" ? "spaced" : "recorded"),
    signal,
    onProgress,
    only,
  }: SampleOptions,
): Promise<Sample> {
  const size = Math.min(set.length, sampleSize);
  const random = new Random(seed).split("sample");
  const trips = Uint32Array.from((nth === 0 ? random : random.split(nth)).sample(set.length, size)).sort();
  const tell = (done: number, total: number) => onProgress?.("distances", done, total);
  return { lines, trips, views: await viewsOf(lines.select(trips), { signal, onProgress: tell, only }) };
}

/** A sample without some of its trips. */
export function withoutTrips({ lines, trips, views }: Sample, strays: ReadonlySet<number>): Sample {
  const kept = Uint32Array.from([...trips.keys()].filter((a) => !strays.has(trips[a]!)));
  const part = (view: View) => ({
    ...view,
    distances: selectDistances(view.distances, trips.length, kept) as Float32Array,
  });
  return {
    lines,
    trips: kept.map((a) => trips[a]!),
    views: { ...views, views: views.views.map(part) },
  };
}
