import type { Job } from "../foundation/worker-calls.js";

/** Places as the page draws them, and what can be asked of them. */
export interface Places {
  /** Interleaved longitude, latitude, `[places × 2]`. */
  readonly positions: Float64Array;
  /** An index into `kindNames`, `[places]`. */
  readonly kinds: Uint8Array;
  readonly kindNames: readonly string[];
  /** The lowest and the highest rating; undefined where nothing is rated, or all alike. */
  readonly ratings: readonly [least: number, most: number] | undefined;
  /** Words to try. */
  readonly examples: readonly string[];
  /** Where to stand at first. */
  readonly here: readonly [lon: number, lat: number];
  /** Nearness falls to 37 % at this distance. */
  readonly scaleMeters: number;
  /** What reading files came to; absent for made-up places. */
  readonly report?: PlacesReport;
}

/** What reading files of places came to. */
export interface PlacesReport {
  readonly files: number;
  readonly places: number;
  readonly photos: number;
  readonly skipped: readonly Reason[];
  /** Taken, but not as it was given. */
  readonly mended: readonly Reason[];
}

export interface Reason {
  readonly reason: string;
  readonly count: number;
  /** File, and line or number of the feature where there is one, of the first. */
  readonly firstAt: string;
}

export interface PlaceQuery {
  readonly words: string;
  readonly position: readonly [lon: number, lat: number];
  /** Weight of nearness against likeness. */
  readonly mu: number;
  readonly kind: string | undefined;
  readonly minRating: number;
  /** How much the rating weighs, 0 … 1, beside the two others together. */
  readonly ratingWeight: number;
}

export interface PlaceHit {
  readonly id: number;
  readonly name: string;
  readonly text: string;
  readonly kind: number;
  readonly rating: number | undefined;
  readonly photo: Blob | undefined;
  readonly position: readonly [lon: number, lat: number];
  readonly distanceMeters: number;
  readonly score: number;
  /** What nearness, likeness and rating add to the score. */
  readonly parts: readonly [near: number, alike: number, rating: number];
}

export interface PlaceAnswer {
  readonly hits: readonly PlaceHit[];
  /** Words that no description holds. */
  readonly unknown: readonly string[];
  /** Whether any word counted; without, nearness and rating decide. */
  readonly isMeaningful: boolean;
  readonly milliseconds: number;
}

/** What the worker of the panel Places does. */
export type PlacesApi = {
  make(input: { readonly count: number }, job: Job): Promise<Places>;
  open(
    input: { readonly files: readonly { readonly name: string; readonly data: Blob }[] },
    job: Job,
  ): Promise<Places>;
  search(input: PlaceQuery, job: Job): Promise<PlaceAnswer>;
};
