import {
  checkNonNegativeInteger,
  checkOneOf,
  checkOptions,
  checkPositiveInteger,
  Pace,
  type PlanarExtent,
  type TrajectorySet,
} from "@wayweave/geo-core";
import { checkPlanarSet } from "../data/extents.js";
import { channelsOf, checkImageSet, type ImageSet, imageCount } from "../data/images.js";
import type { Raster } from "../data/resize.js";
import { checkHas } from "../internal/arguments.js";
import type { LineReader } from "../tracing/line-reader.js";
import { matchTracks } from "./find-tracks.js";
import { LineEvidence } from "./line-evidence.js";
import { PathColors } from "./path-colors.js";
import { RenderComparer } from "./render-comparer.js";
import { TrackIndex } from "./track-index.js";

/** A window that an image may show. */
export interface WindowHit {
  /** Of the trajectory in the set that was searched. */
  readonly index: number;
  /** The larger the better; what it is made of depends on the stage. */
  readonly score: number;
}

/** How many hits {@link findWindows} gives, and how far it searches. */
export interface FindWindowsOptions {
  /** @defaultValue 10 */
  readonly k?: number;
  /**
   * How far the search goes. `shape`: nearest by place and shape. `line`: those compared with the line that was read. `pixels`: those compared with the
   * image by drawing ({@link RenderComparer}). @defaultValue "pixels"
   */
  readonly stage?: "shape" | "line" | "pixels";
  /** Tracks that a stage hands to the next. @defaultValue 50 */
  readonly candidates?: number;
  /** Called after each image: images searched, of all. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Heard between two trajectories while these are indexed, then before each image; the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * The trajectories that each of some images shows, best first, with nothing trained on them: for images whose extents are exact.
 *
 * @param trajectories planar
 * @throws {ValueError | ShapeError} images or trajectories that do not fit, options out of range or unknown
 */
export async function findWindows(
  reader: LineReader,
  trajectories: TrajectorySet,
  images: ImageSet,
  options: FindWindowsOptions = {},
): Promise<WindowHit[][]> {
  const where = "findWindows";
  checkHas(where, "reader", reader, "read", "a LineReader");
  checkOptions(where, options, ["k", "stage", "candidates", "onProgress", "signal"]);
  const { k = 10, stage = "pixels", candidates = 50, onProgress, signal } = options;
  checkPositiveInteger(where, "k", k);
  checkNonNegativeInteger(where, "candidates", candidates);
  checkOneOf(where, "stage", stage, ["shape", "line", "pixels"]);
  checkPlanarSet(where, trajectories, "trajectories");
  checkImageSet(where, images);
  const pace = new Pace(signal);
  const index = await TrackIndex.build(trajectories, { pace });
  const comparer = stage === "pixels" ? new RenderComparer(trajectories, images) : undefined;
  const found: WindowHit[][] = [];
  const total = imageCount(images);
  for (let image = 0; image < total; image++) {
    await pace.step();
    const picture = rasterOf(images, image);
    const reading = await reader.read(picture);
    const [minX, minY, maxX, maxY] = images.extents.subarray(
      4 * image,
      4 * image + 4,
    ) as unknown as PlanarExtent;
    const evidence = new LineEvidence(reading, [minX, minY, maxX, maxY]);
    const colors = new PathColors(picture, reading);
    const hits = hitsOf(evidence, colors, index, Math.max(k, candidates), stage);
    if (comparer !== undefined) {
      const measured = hits
        .slice(0, candidates)
        .map(({ index: track }) => ({ index: track, score: 1 - comparer.distance(track, image) }));
      hits.splice(0, hits.length, ...measured.sort((a, b) => b.score - a.score));
    }
    found.push(hits.slice(0, k));
    onProgress?.({ done: image + 1, total });
  }
  return found;
}

function hitsOf(
  evidence: LineEvidence,
  colors: PathColors,
  index: TrackIndex,
  count: number,
  stage: "shape" | "line" | "pixels",
): WindowHit[] {
  if (stage === "shape") {
    const shape = evidence.shape();
    if (shape === undefined) return [];
    const { indices, distances } = index.nearest(shape, Math.min(count, index.size));
    return Array.from(indices, (track, rank) => ({ index: track, score: -distances[rank]! }));
  }
  return matchTracks(evidence, colors, index, { cornerTolerance: 0, candidates: count }).map(
    ({ index: track, odds }) => ({ index: track, score: odds }),
  );
}

/** One image of a set in colour; ink becomes dark on white. */
export function rasterOf(images: ImageSet, image: number): Raster {
  const { size, pixels } = images;
  const channels = channelsOf(images);
  const own = pixels.subarray(image * size * size * channels, (image + 1) * size * size * channels);
  if (channels === 3) return { width: size, height: size, data: own, channels: 3 };
  const data = new Uint8Array(3 * size * size);
  for (let i = 0; i < own.length; i++) data.fill(255 - own[i]!, 3 * i, 3 * i + 3);
  return { width: size, height: size, data, channels: 3 };
}
