import type { TrajectoriesReport, TrajectoryColumns, TrajectoryHit } from "@wayweave/geo-core";
import type { comparisons, methods, sampleNames } from "../foundation/page-state.js";
import type { Job } from "../foundation/worker-calls.js";

export type SampleName = (typeof sampleNames)[number];
export type Method = (typeof methods)[number];
export type CompareBy = (typeof comparisons)[number];
export type ExportFormat = "geojson" | "gpx" | "csv";
export type SimilarityName = "dtw" | "frechet" | "hausdorff";

/** Tracks as the page draws them. */
export interface LoadedTracks {
  readonly columns: TrajectoryColumns & { readonly coordinateSystem: "lonlat" | "planar" };
  /** What reading the files came to; absent for samples. */
  readonly report?: TrajectoriesReport;
  /** Ground to draw the tracks on, ends of straight pieces in the tracks' coordinates, `[pieces × 4]`. */
  readonly roads?: Float64Array;
}

export interface Clusters {
  /** −1 for none, `[tracks]`. */
  readonly labels: Int32Array;
  readonly k: number;
  /** A track in the middle of each, −1 where there is none. */
  readonly medoids: Int32Array;
  /** How it was made, in a sentence. */
  readonly how: string;
}

export interface Elbow {
  readonly ks: readonly number[];
  readonly errors: readonly number[];
  readonly silhouettes: readonly number[];
  readonly elbow: number | undefined;
}

/** What the worker of the panel Tracks does. */
export type TracksApi = {
  sample(input: { readonly name: SampleName }, job: Job): Promise<LoadedTracks>;
  read(
    input: { readonly files: readonly { name: string; data: Blob }[]; readonly planar: boolean },
    job: Job,
  ): Promise<LoadedTracks>;
  cluster(
    input: {
      readonly method: Method;
      readonly by: CompareBy;
      readonly k: number | "auto";
      readonly outliers: boolean;
    },
    job: Job,
  ): Promise<Clusters>;
  elbow(input: { readonly by: CompareBy; readonly max: number }, job: Job): Promise<Elbow>;
  similar(
    input: { readonly track: number; readonly k: number; readonly distance: SimilarityName },
    job: Job,
  ): Promise<readonly TrajectoryHit[]>;
  model(input: { readonly bytes: ArrayBuffer }, job: Job): Promise<Clusters>;
  text(
    input: { readonly format: ExportFormat; readonly labels: Int32Array | undefined },
    job: Job,
  ): Promise<{ readonly text: string }>;
};
