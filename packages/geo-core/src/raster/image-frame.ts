import { checkOptions } from "../foundation/check-options.js";
import { ValueError } from "../foundation/errors.js";
import { checkGiven, checkLength, checkOneOf, checkPositiveInteger } from "../foundation/validate.js";
import { checkPlanar, type Position } from "../geometry/position.js";

/** `[minX, minY, maxX, maxY]` on the plane. */
export type PlanarExtent = readonly [minX: number, minY: number, maxX: number, maxY: number];

/** What an {@link ImageFrame} maps between. */
export interface ImageFrameOptions {
  /** Pixels across. */
  readonly width: number;
  /** Pixels down. */
  readonly height: number;
  /** The part of the plane that the image shows. */
  readonly extent: PlanarExtent;
  /** Which way y grows in the plane: `"up"` puts maxY in the first row, `"down"` (as in pictures) minY. */
  readonly yAxis?: "up" | "down";
}

/**
 * The affine map between planar positions and the pixels of an image.
 *
 * Pixel coordinates are continuous: the image spans [0, width] × [0, height] from its upper left corner, and the pixel
 * in column c, row r has its centre at (c + ½, r + ½).
 *
 * @throws {ValueError} a size that is not a positive integer, or an extent without width or height
 */
export class ImageFrame {
  /** Pixels across. */
  readonly width: number;
  /** Pixels down. */
  readonly height: number;
  /** The part of the plane that the image shows. */
  readonly extent: PlanarExtent;
  /** Which way y grows in the plane: `up` puts maxY in the first row, `down` minY. */
  readonly yAxis: "up" | "down";

  constructor(options: ImageFrameOptions) {
    checkGiven("ImageFrame", "options", options);
    checkOptions("ImageFrame", options, ["width", "height", "extent", "yAxis"]);
    const { width, height, extent, yAxis = "up" } = options;
    checkPositiveInteger("ImageFrame", "width", width);
    checkPositiveInteger("ImageFrame", "height", height);
    checkOneOf("ImageFrame", "yAxis", yAxis, ["up", "down"]);
    checkLength("ImageFrame", "extent", extent, 4);
    if (!(extent[0] < extent[2] && extent[1] < extent[3] && extent.every(Number.isFinite))) {
      throw new ValueError(
        `ImageFrame: extent must be [minX, minY, maxX, maxY] with minX < maxX and minY < maxY, got [${extent.join(", ")}]`,
      );
    }
    this.width = width;
    this.height = height;
    this.extent = [extent[0], extent[1], extent[2], extent[3]];
    this.yAxis = yAxis;
  }

  /** The continuous pixel coordinates of a position; outside [0, width] × [0, height] beyond the extent. */
  toPixel(position: Position): [column: number, row: number] {
    checkPlanar("ImageFrame.toPixel", "position", position);
    const [minX, minY, maxX, maxY] = this.extent;
    const down = this.yAxis === "up" ? maxY - position[1] : position[1] - minY;
    return [((position[0] - minX) / (maxX - minX)) * this.width, (down / (maxY - minY)) * this.height];
  }

  /** The position at continuous pixel coordinates; a pixel's centre is at its column + ½ and row + ½. */
  toPosition(pixel: readonly [column: number, row: number]): [x: number, y: number] {
    checkPlanar("ImageFrame.toPosition", "pixel", pixel);
    const [minX, minY, maxX, maxY] = this.extent;
    const down = (pixel[1] / this.height) * (maxY - minY);
    return [minX + (pixel[0] / this.width) * (maxX - minX), this.yAxis === "up" ? maxY - down : minY + down];
  }
}
