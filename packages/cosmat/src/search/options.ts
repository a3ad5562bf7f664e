import type { Position } from "@wayweave/geo-core";
import type { Proximity } from "@wayweave/gmr-tree";
import type { CoSMatConfig } from "../model/cosmat.js";
import type { CrossModalModel } from "../model/cross-modal-model.js";
import type { Modality } from "./common-space.js";
import type { StoredItem } from "./index-builder.js";
import type { Encoders } from "./index-parts.js";
import type { GeoItem } from "./items.js";
import type { Where } from "./where.js";

/** What {@link GeoMultimediaIndex.build} indexes, by which encoders, in which common space. */
export interface BuildOptions<Image, Payload> {
  /** Taken one after the other; they may be made as they are asked for. */
  readonly items: Iterable<GeoItem<Image, Payload>> | AsyncIterable<GeoItem<Image, Payload>>;
  /** At least one; an item that none of them is for is listed in `failures`. */
  readonly encoders: Encoders<Image>;
  /** A model fitted to the encoders' features. @defaultValue CoSMat, fitted without labels to items that have both */
  readonly model?: CrossModalModel;
  /** Whether the encoders share a space of their own (CLIP): then nothing is fitted. @defaultValue false */
  readonly sharedSpace?: boolean;
  /** Whole items that the model is fitted to, where one is: the first ones; the features of at most four times as many are held. @defaultValue 5,000 */
  readonly fitPairs?: number;
  /** Settings of CoSMat. */
  readonly fit?: Omit<CoSMatConfig, "onProgress" | "signal">;
  /** Told of each item, `total` where the number of items is known; and of the fit, as `CoSMat.fit` tells it. */
  readonly onProgress?: (progress: {
    readonly phase: "items" | "tune" | "fit";
    readonly done: number;
    readonly total: number | undefined;
  }) => void;
  /** Stops before the next item, batch or fit; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Where to look, and how much nearness counts against likeness. */
export interface IndexQuery<Payload> {
  /** Longitude and latitude, degrees. */
  readonly position: Position;
  /** How many hits at most; Infinity for all. @defaultValue 10 */
  readonly k?: number;
  /** Weight of nearness against likeness, in [0, 1]. @defaultValue 0.5 */
  readonly mu?: number;
  /** What comes back. @defaultValue photos for a text and texts for a photo, or what the index has */
  readonly target?: Modality;
  /** Conditions on the items' attributes. */
  readonly where?: Where;
  /** Items for which it returns false are left out; not async; called for candidates only. */
  readonly filter?: (item: StoredItem<Payload>) => boolean;
  /** How nearness falls with distance. @defaultValue the paper's, relative to the farthest item */
  readonly proximity?: Proximity;
  /** Items farther away are left out; ≥ 0. Default Infinity. */
  readonly maxDistanceMeters?: number;
}

/** An {@link IndexQuery} with what to look for: a text or an image. */
export type SearchQuery<Image, Payload> = IndexQuery<Payload> &
  ({ readonly text: string; readonly image?: never } | { readonly image: Image; readonly text?: never });
