import { checkOptions } from "../foundation/check-options.js";
import { ShapeError, ValueError } from "../foundation/errors.js";
import { isFloat64Array } from "../foundation/realms.js";
import {
  checkAllFinite,
  checkArray,
  checkGiven,
  checkOneOf,
  checkPositive,
  checkPositiveInteger,
} from "../foundation/validate.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { drawPolyline } from "./draw-polyline.js";
import type { ImageFrame, PlanarExtent } from "./image-frame.js";

/** What images are drawn into: 0 … 255 in bytes, 0 … 1 in floats. */
export type ImageBuffer = Uint8Array | Uint8ClampedArray | Float32Array;

/**
 * Draws a polyline with anti-aliasing, round ends and round joins.
 *
 * A pixel's ink is the part of the stroke's cross-section that falls into a pixel-wide window around the pixel's
 * centre: with d its distance to the nearest segment and r half the thickness, the length of
 * [d − ½, d + ½] ∩ [−r, r]. Where segments overlap the larger ink counts, so joins are not darker than the line.
 * Segments are drawn as far as they lie in the frame, whatever lies outside.
 *
 * @param coordinates interleaved planar positions `[points × 2]`; one point draws a dot, none draws nothing
 * @param frame the image's size and the part of the plane it shows; project lon/lat first
 * @param thicknessPixels a positive real number
 * @param out row-major `[height × width]` from `offset` on; what it holds already stays where it is darker, so that
 *   several lines can share an image
 * @throws {ShapeError} an odd number of coordinates, or a buffer too short
 * @throws {ValueError} a coordinate that is not finite, or a thickness that is not positive
 */
export function rasterizePolyline(
  coordinates: Float64Array | Float32Array,
  frame: ImageFrame,
  thicknessPixels: number,
  out: ImageBuffer,
  offset = 0,
): void {
  const where = "rasterizePolyline";
  checkArray(where, "coordinates", coordinates);
  checkGiven(where, "frame", frame);
  if (coordinates.length % 2 !== 0) {
    throw new ShapeError(`${where}: coordinates must hold pairs, got ${coordinates.length} numbers`);
  }
  checkAllFinite(where, "coordinates", coordinates);
  checkPositive(where, "thicknessPixels", thicknessPixels);
  checkRoom(where, out, offset, frame.width * frame.height);
  const { width, height, extent, yAxis } = frame;
  const [minX, minY, maxX, maxY] = extent;
  drawPolyline(
    coordinates,
    0,
    coordinates.length / 2,
    minX,
    minY,
    maxX,
    maxY,
    yAxis === "up",
    width,
    height,
    thicknessPixels,
    out,
    offset,
  );
}

/** What {@link rasterizeSet} draws. */
export interface RasterizeSetOptions {
  /** Pixels across each image. */
  readonly width: number;
  /** Pixels down each image. */
  readonly height: number;
  /** One extent for all images, or four numbers an image: `[images × 4]` minX, minY, maxX, maxY. */
  readonly extents: PlanarExtent | Float64Array;
  /** In pixels; one for all images, or one each: `[images]`. */
  readonly thicknessPixels: number | ArrayLike<number>;
  /** Which trajectories to draw, one an image; all in order by default. */
  readonly indices?: ArrayLike<number>;
  /** Which way y grows: `up` puts maxY in the first row, `down` minY. @defaultValue "up" */
  readonly yAxis?: "up" | "down";
}

/**
 * Draws one image a trajectory into one buffer, each as {@link rasterizePolyline} does onto an empty image; nothing
 * is allocated on the way.
 *
 * @param out `[images × height × width]`; its first images are overwritten
 * @returns the number of images drawn
 * @throws {ShapeError} extents, thicknesses or a buffer of the wrong length
 * @throws {ValueError} a lon/lat set (project it first), an extent without width or height, a thickness that is not
 *   positive
 */
export function rasterizeSet(set: TrajectorySet, options: RasterizeSetOptions, out: ImageBuffer): number {
  checkSet("rasterizeSet", set);
  checkGiven("rasterizeSet", "options", options);
  const where = "rasterizeSet";
  checkOptions(where, options, ["width", "height", "extents", "thicknessPixels", "indices", "yAxis"]);
  const { width, height, extents, thicknessPixels, indices, yAxis = "up" } = options;
  checkPositiveInteger(where, "width", width);
  checkPositiveInteger(where, "height", height);
  checkOneOf(where, "yAxis", yAxis, ["up", "down"]);
  if (set.coordinateSystem !== "planar") {
    throw new ValueError(`${where}: set must be planar (see projectSet), got ${set.coordinateSystem}`);
  }
  const count = indices?.length ?? set.length;
  const pixels = width * height;
  checkRoom(where, out, 0, count * pixels);
  const isShared = !isFloat64Array(extents);
  if (extents.length !== (isShared ? 4 : 4 * count)) {
    const required = isShared ? "4" : `${4 * count} (4 × ${count} images)`;
    throw new ShapeError(`${where}: extents must have length ${required}, got ${extents.length}`);
  }
  if (typeof thicknessPixels !== "number" && thicknessPixels.length !== count) {
    throw new ShapeError(
      `${where}: thicknessPixels must have length ${count}, got ${thicknessPixels.length}`,
    );
  }
  out.fill(0, 0, count * pixels);
  for (let i = 0; i < count; i++) {
    const index = indices === undefined ? i : indices[i]!;
    if (!Number.isInteger(index) || index < 0 || index >= set.length) {
      throw new ValueError(`${where}: indices must be integers in [0, ${set.length}), got ${index}`);
    }
    const at = isShared ? 0 : 4 * i;
    const minX = extents[at]!;
    const minY = extents[at + 1]!;
    const maxX = extents[at + 2]!;
    const maxY = extents[at + 3]!;
    // Written so that NaN and infinities fail too.
    if (!(maxX - minX > 0 && maxY - minY > 0 && maxX - minX + (maxY - minY) < Number.POSITIVE_INFINITY)) {
      throw new ValueError(
        `${where}: extent ${i} must be [minX, minY, maxX, maxY] with minX < maxX and minY < maxY, got [${minX}, ${minY}, ${maxX}, ${maxY}]`,
      );
    }
    const thickness = typeof thicknessPixels === "number" ? thicknessPixels : thicknessPixels[i]!;
    checkPositive(where, "thicknessPixels", thickness);
    drawPolyline(
      set.coordinates,
      set.offsets[index]!,
      set.offsets[index + 1]!,
      minX,
      minY,
      maxX,
      maxY,
      yAxis === "up",
      width,
      height,
      thickness,
      out,
      i * pixels,
    );
  }
  return count;
}

function checkRoom(where: string, out: ImageBuffer, offset: number, pixels: number): void {
  if (!Number.isInteger(offset) || offset < 0) {
    throw new ValueError(`${where}: offset must be a non-negative integer, got ${offset}`);
  }
  if (out.length < offset + pixels) {
    throw new ShapeError(`${where}: out must hold at least ${offset + pixels} pixels, got ${out.length}`);
  }
}
