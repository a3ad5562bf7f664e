import type { IndexHit } from "../search/geo-multimedia-index.js";
import type { PhotoPayload } from "./photo-items.js";

/** A hit, without what was not asked for: how far it is from no place, how like it is to nothing. */
export type ShownHit = Omit<IndexHit<PhotoPayload>, "distanceMeters" | "similarity"> &
  Partial<Pick<IndexHit<PhotoPayload>, "distanceMeters" | "similarity">>;
