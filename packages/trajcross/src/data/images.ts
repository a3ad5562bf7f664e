import {
  checkArray,
  checkGiven,
  checkInRange,
  checkLength,
  checkOptions,
  checkPositive,
  checkPositiveInteger,
  type PlanarExtent,
  type Random,
  rasterizeSet,
  ShapeError,
  type TrajectorySet,
  ValueError,
} from "@wayweave/geo-core";
import { checkRandom } from "../internal/arguments.js";
import { boundsOf } from "../internal/bounds.js";
import { Canvas } from "../maps/canvas.js";
import { drawMap, drawPlain } from "../maps/draw-map.js";
import { checkPlanarSet, drawExtents, type ExtentOptions } from "./extents.js";

/** 1: grey, ink 255 on 0. 3: red, green and blue as people see them, so a line is dark on light, or of any colour on a map. */
export type ImageChannels = 1 | 3;

/** Square images of the plane, and the extent that each shows. */
export interface ImageSet {
  /** Row-major, first row at the top (largest y), a pixel's channels together: `[images, size, size, channels]`. */
  readonly pixels: Uint8Array;
  /** @defaultValue 1 */
  readonly channels?: ImageChannels;
  /** Pixels across and down. */
  readonly size: number;
  /** In metres: `[images × 4]` minX, minY, maxX, maxY. */
  readonly extents: Float64Array;
}

/** How {@link renderImages} draws: size, thickness, ink or colour, and what part of the plane each image shows. */
export interface RenderOptions extends ExtentOptions {
  /** Pixels across and down. @defaultValue 64 */
  readonly size?: number;
  /** Each line's thickness is a uniform draw between these, in pixels. @defaultValue [1, 5] */
  readonly thicknessPixels?: readonly [low: number, high: number];
  /** 1 draws ink, 3 draws in colour: the model's `channels`. @defaultValue 1 */
  readonly channels?: ImageChannels;
  /**
   * In colour, the share of images that show the line over a made-up map, in any colour; the others are black on white.
   *
   * @defaultValue 1
   */
  readonly mapShare?: number;
}

/** Grey or colour. */
export function channelsOf({ channels = 1 }: Pick<ImageSet, "channels">): ImageChannels {
  return channels;
}

/** The number of images of a set. */
export function imageCount(images: { readonly extents: ArrayLike<number> }): number {
  checkGiven("imageCount", "images", images);
  checkArray("imageCount", "images.extents", images.extents);
  return images.extents.length / 4;
}

/**
 * Draws an image of each trajectory: extents and line thicknesses drawn at random, as the paper's data set has them.
 *
 * @throws {ValueError} a lon/lat set, a trajectory without points, options out of range
 * @example renderImages(windows, new Random(1))
 */
export function renderImages(set: TrajectorySet, random: Random, options: RenderOptions = {}): ImageSet {
  checkPlanarSet("renderImages", set);
  checkRandom("renderImages", random);
  checkOptions("renderImages", options, [
    "size",
    "thicknessPixels",
    "channels",
    "mapShare",
    "protocol",
    "sideOverSpan",
    "marginMeters",
    "extent",
  ]);
  const { size = 64, thicknessPixels: [low, high] = [1, 5], channels = 1, mapShare = 1 } = options;
  checkPositiveInteger("renderImages", "size", size);
  checkPositive("renderImages", "thicknessPixels[0]", low);
  checkPositive("renderImages", "thicknessPixels[1]", high);
  if (low > high) {
    throw new ValueError(`renderImages: thicknessPixels must be low ≤ high, got [${low}, ${high}]`);
  }
  checkChannels("renderImages", "channels", channels);
  checkInRange("renderImages", "mapShare", mapShare, 0, 1);
  const { protocol, sideOverSpan, marginMeters, extent } = options;
  const extents = drawExtents(set, random.split("extents"), {
    ...(protocol && { protocol }),
    ...(sideOverSpan && { sideOverSpan }),
    ...(marginMeters !== undefined && { marginMeters }),
    ...(extent && { extent }),
  });
  const thickness = random.split("thickness");
  const thicknesses = Float64Array.from({ length: set.length }, () => thickness.uniform(low, high));
  if (channels === 3) {
    const pixels = renderInColor(set, { size, extents, thicknesses, mapShare }, random.split("colour"));
    return { pixels, size, channels, extents };
  }
  const pixels = new Uint8Array(set.length * size * size);
  rasterizeSet(set, { width: size, height: size, extents, thicknessPixels: thicknesses }, pixels);
  return { pixels, size, extents };
}

/** Each trajectory in its extent, over a map or black on white: `[trajectories, size, size, 3]`. */
function renderInColor(
  set: TrajectorySet,
  images: {
    readonly size: number;
    readonly extents: Float64Array;
    readonly thicknesses: Float64Array;
    readonly mapShare: number;
  },
  random: Random,
): Uint8Array {
  const { size, extents, thicknesses, mapShare } = images;
  const pixels = new Uint8Array(set.length * size * size * 3);
  const canvas = new Canvas(size);
  for (let i = 0; i < set.length; i++) {
    const [minX, minY, maxX, maxY] = extents.subarray(4 * i, 4 * i + 4) as unknown as PlanarExtent;
    const { coordinates } = set.at(i);
    const line = { coordinates, extent: [minX, minY, maxX, maxY], thicknessPixels: thicknesses[i]! } as const;
    const own = random.split(i);
    if (own.next() < mapShare) drawMap(canvas, line, own);
    else drawPlain(canvas, line);
    canvas.writeTo(pixels, 3 * size * size * i);
  }
  return pixels;
}

/** The part of the square box that a shape image's trajectory fills. */
const shapeFill = 0.9;
/** A trajectory that stands still is drawn as a dot in a box of this side. */
const smallestBoxMeters = 1e-3;

/**
 * Draws each trajectory's shape, IMG_t of eq. 3: in a normalised box of its own, so it tells the shape and nothing of the place.
 *
 * @param thicknessPixels of the line, always the same
 * @returns row-major `[trajectories, size, size]`
 */
export function renderShapes(set: TrajectorySet, size = 64, thicknessPixels = 1.5): Uint8Array {
  return drawShapes(set, size, thicknessPixels).pixels;
}

/** What {@link renderShapes} draws, with the box that each drawing shows. */
export function drawShapes(set: TrajectorySet, size = 64, thicknessPixels = 1.5): ImageSet {
  checkPositiveInteger("renderShapes", "size", size);
  checkPlanarSet("renderShapes", set);
  const extents = new Float64Array(4 * set.length);
  for (let i = 0; i < set.length; i++) {
    const [minX, minY, maxX, maxY] = boundsOf(set.at(i).coordinates);
    const half = Math.max(maxX - minX, maxY - minY, smallestBoxMeters) / 2 / shapeFill;
    const [x, y] = [(minX + maxX) / 2, (minY + maxY) / 2];
    extents.set([x - half, y - half, x + half, y + half], 4 * i);
  }
  const pixels = new Uint8Array(set.length * size * size);
  rasterizeSet(set, { width: size, height: size, extents, thicknessPixels }, pixels);
  return { pixels, size, extents };
}

/** @throws {ValueError} neither 1 nor 3 */
export function checkChannels(where: string, name: string, channels: number): void {
  if (channels !== 1 && channels !== 3) {
    throw new ValueError(`${where}: ${name} must be 1 or 3, got ${channels}`);
  }
}

/**
 * @throws {ShapeError} pixels, size and extents that do not fit each other
 * @throws {ValueError} an extent that is not finite, or without width or height
 */
export function checkImageSet(where: string, images: ImageSet): void {
  checkGiven(where, "images", images);
  checkArray(where, "images.extents", images.extents);
  checkPositiveInteger(where, "images.size", images.size);
  checkChannels(where, "images.channels", channelsOf(images));
  if (images.extents.length % 4 !== 0) {
    throw new ShapeError(
      `${where}: images.extents must hold 4 numbers an image, got ${images.extents.length}`,
    );
  }
  checkLength(
    where,
    "images.pixels",
    images.pixels,
    imageCount(images) * channelsOf(images) * images.size ** 2,
  );
  for (let i = 0; i < images.extents.length; i += 4) {
    const [minX, minY, maxX, maxY] = images.extents.subarray(i, i + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    checkPositive(where, `images.extents: width of image ${i / 4}`, maxX - minX);
    checkPositive(where, `images.extents: height of image ${i / 4}`, maxY - minY);
  }
}
