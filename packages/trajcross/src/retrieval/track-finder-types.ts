import {
  type BoundingBox,
  type CoordinateSystem,
  checkArray,
  checkInRange,
  checkOptions,
  checkPositiveInteger,
  type PlanarExtent,
  ValueError,
} from "@wayweave/geo-core";
import type { Raster } from "../data/resize.js";
import { checkSignal } from "../internal/arguments.js";
import { checkPicture } from "../tracing/line-reader.js";
import type { TracedLine } from "../tracing/trace-line.js";
import type { TrackColumns } from "./track-index.js";

/** A picture of a map, and what part of the world it shows where that is known. */
export interface Picture extends Raster {
  /** `[west, south, east, north]` in the tracks' coordinates, west > east across the antimeridian. */
  readonly bounds?: BoundingBox | PlanarExtent;
}

/** A track that a picture may show. */
export interface TrackHit {
  /** Its place in the order of adding. */
  readonly index: number;
  /** The id that the track came with; where it had none, its index in the set that it was added with. */
  readonly id: string;
  /** How likely it is that the picture shows this track, 0 … 1; those of all hits and that of no track add up to 1. */
  readonly score: number;
  /** How much of the track, as far as the picture shows it, and of the line that was read fall together, 0 … 1. */
  readonly overlap: number;
  /** How the track was moved before it was compared, in shares of the picture's longer side, about its middle. */
  readonly registration: {
    readonly shift: readonly [x: number, y: number];
    readonly scale: readonly [x: number, y: number];
  };
}

/** What was found for a picture. */
export interface Found {
  /** Best first. */
  readonly hits: readonly TrackHit[];
  /** How likely it is that the first hit is the track that the picture shows, 0 … 1: its score. Low: probably none of these, or several are alike. */
  readonly confidence: number;
  /** `place`: by where the line lies. `shape`: the picture's corners are unknown, so any track of the line's shape is a hit, wherever it lies. */
  readonly by: "place" | "shape";
  /** The line that was read, in pixels of the picture. */
  readonly line: TracedLine;
}

/** How many hits {@link TrackFinder.find} gives, and what it is told of the picture. */
export interface FindTrackOptions {
  /** @defaultValue 5 */
  readonly k?: number;
  /** Where the picture's corners lie, in place of `picture.bounds`. */
  readonly bounds?: BoundingBox | PlanarExtent;
  /** How far the corners may be off, as a share of the picture's longer side; 0 … 0.1. @defaultValue 0.03 */
  readonly cornerTolerance?: number;
  /**
   * The most tracks that each way of looking finds (by the whole line, by the part that the picture shows, by the line's ends), which are
   * then compared with the picture itself. Each finds `k` at least. Where the corners are unknown there is one way, by shape.
   * @defaultValue 50
   */
  readonly candidates?: number;
  /** Tracks that are known to be wrong, by their index (below the finder's `size`): they are no hits. */
  readonly without?: readonly number[];
  /** Heard before and after the picture's line is read; the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
}

/** Indexed tracks. */
export interface TrackFinderContents {
  /** The tracks' points, and what the search compares: in Web Mercator metres, or in the unit of planar tracks. */
  readonly tracks: TrackColumns;
  /** Of the tracks that were added. */
  readonly coordinateSystem: CoordinateSystem;
}

/** How to watch {@link TrackFinder.add} and stop it. */
export interface AddTracksOptions {
  /** Called after every 1,024 tracks and after the last: tracks indexed, of those that are being added. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Heard between two tracks; the promise is rejected with its reason, and none is added. */
  readonly signal?: AbortSignal;
}

/** @throws {ValueError | ShapeError} options of {@link TrackFinder.find} that are none, or out of range */
export function checkFind(where: string, options: FindTrackOptions): void {
  checkOptions(where, options, ["k", "bounds", "cornerTolerance", "candidates", "without", "signal"]);
  const { k = 5, cornerTolerance = 0.03, candidates = 50, without = [], signal } = options;
  checkPositiveInteger(where, "k", k);
  checkPositiveInteger(where, "candidates", candidates);
  checkInRange(where, "cornerTolerance", cornerTolerance, 0, 0.1);
  checkArray(where, "without", without);
  checkSignal(where, signal);
}

/** @throws {ValueError | ShapeError} a picture that is not in colour, without pixels, or whose numbers are no colours */
export function checkFindable(where: string, picture: Picture): void {
  checkPicture(where, picture);
  const { data } = picture;
  if (/^\[object Uint8(Clamped)?Array\]$/.test(Object.prototype.toString.call(data))) return;
  for (let i = 0; i < data.length; i++) {
    const value: number = data[i]!;
    if (value >= 0 && value <= 255) continue;
    throw new ValueError(`${where}: picture.data[${i}] must be in [0, 255], got ${value}`);
  }
}
