import type { Job } from "../foundation/worker-calls.js";

export const kinds = [
  "café",
  "museum",
  "park",
  "bar",
  "bookshop",
  "market",
  "viewpoint",
  "bathing place",
] as const;
export type Kind = (typeof kinds)[number];

/** Places as the page draws them. */
export interface Places {
  /** Interleaved longitude, latitude, `[places × 2]`. */
  readonly positions: Float64Array;
  /** An index into {@link kinds}, `[places]`. */
  readonly kinds: Uint8Array;
}

export interface PlaceQuery {
  readonly words: string;
  readonly position: readonly [lon: number, lat: number];
  /** Weight of nearness against likeness. */
  readonly mu: number;
  readonly kind: Kind | undefined;
  readonly minRating: number;
  /** How much the rating weighs, 0 … 1, beside the two others together. */
  readonly ratingWeight: number;
}

export interface PlaceHit {
  readonly id: number;
  readonly name: string;
  readonly text: string;
  readonly kind: number;
  readonly rating: number;
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
  search(input: PlaceQuery, job: Job): Promise<PlaceAnswer>;
};
