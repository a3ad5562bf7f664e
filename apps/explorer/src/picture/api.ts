import type { Job } from "../foundation/worker-calls.js";
import type { LoadedTracks } from "../tracks/api.js";

/** Where a picture's sides lie: west, south, east, north in degrees, or left, bottom, right, top in metres. */
export type Sides = readonly [left: number, bottom: number, right: number, top: number];

/** Red, green and blue of each pixel, the first row at the top. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface PictureHit {
  readonly index: number;
  readonly id: string;
  /** How likely it is that the picture shows this track, 0 … 1. */
  readonly score: number;
  /** How much of the track and of the line that was read fall together, 0 … 1. */
  readonly overlap: number;
  /** The track in pixels of the picture; absent where the sides are unknown. */
  readonly line: Float64Array | undefined;
}

export interface PictureFound {
  readonly hits: readonly PictureHit[];
  readonly confidence: number;
  readonly by: "place" | "shape";
  /** The line that was read, in pixels. */
  readonly line: Float64Array;
}

/** What the worker of the panel Which track does. */
export type PictureApi = {
  tracks(input: { readonly columns: LoadedTracks["columns"] }, job: Job): Promise<{ readonly count: number }>;
  sample(
    input: { readonly track: number },
    job: Job,
  ): Promise<{ readonly pixels: Pixels; readonly sides: Sides }>;
  find(
    input: { readonly pixels: Pixels; readonly sides: Sides | undefined },
    job: Job,
  ): Promise<PictureFound>;
};
