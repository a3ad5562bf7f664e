import { resampleToCount, type TrajectorySet, ValueError } from "@wayweave/geo-core";
import { checkPlanarSet } from "../data/extents.js";
import { channelsOf, type ImageSet, renderShapes } from "../data/images.js";
import type { ModelConfig } from "./config.js";
import { fromOrigin, type Origin } from "./normalization.js";

/** Trajectories as the tower takes them. */
export interface EncodedTrajectories {
  /** Metres from the model's origin, `[trajectories, points, 2]`. */
  readonly points: Float32Array;
  /** Shape images, 0 … 255, `[trajectories, size, size]`; only where the model uses them. */
  readonly shapes: Uint8Array | undefined;
}

/** Images as the tower takes them. */
export interface PreparedImages extends Omit<ImageSet, "extents"> {
  /** minX, minY, maxX, maxY in metres from the model's origin, `[images, 4]`. */
  readonly extents: Float32Array;
}

/** Resamples trajectories to the model's number of points, and draws their shapes where the model looks at them. */
export function prepareTrajectories(
  set: TrajectorySet,
  model: ModelConfig,
  origin: Origin,
): EncodedTrajectories {
  checkPlanarSet("prepareTrajectories", set);
  const points = fromOrigin(resampleToCount(set, { count: model.points }).coordinates, origin);
  return { points, shapes: usesShapes(model) ? renderShapes(set, model.imageSize) : undefined };
}

/** Counts where images lie from the model's origin. */
export function prepareImages(images: ImageSet, origin: Origin): PreparedImages {
  return { ...images, extents: fromOrigin(images.extents, origin) };
}

/** Whether the trajectory tower looks at shape images. */
export function usesShapes({ architecture, shapeSource }: ModelConfig): boolean {
  return architecture === "paper" && shapeSource === "image";
}

/** The batch of some trajectories, by the names of the tower's inputs. */
export function trajectoryBatch(
  { points, shapes }: EncodedTrajectories,
  indices: ArrayLike<number>,
  model: ModelConfig,
): Record<string, Float32Array> {
  const batch: Record<string, Float32Array> = { points: gather(points, indices, 2 * model.points) };
  if (shapes !== undefined) batch.shapes = gather(shapes, indices, model.imageSize ** 2);
  return batch;
}

/** The batch of some images, by the names of the tower's inputs. */
export function imageBatch(
  images: PreparedImages,
  indices: ArrayLike<number>,
): { pixels: Float32Array; extents: Float32Array } {
  return {
    pixels: gather(images.pixels, indices, channelsOf(images) * images.size ** 2),
    extents: gather(images.extents, indices, 4),
  };
}

/** @throws {ValueError} images of another size, or other channels, than the model takes */
export function checkImagesFit(
  where: string,
  images: ImageSet,
  { imageSize, channels }: Pick<ModelConfig, "imageSize" | "channels">,
): void {
  if (images.size !== imageSize) {
    throw new ValueError(`${where}: images must be ${imageSize} pixels wide, got ${images.size}`);
  }
  if (channelsOf(images) !== channels) {
    throw new ValueError(`${where}: images must have ${channels} channels, got ${channelsOf(images)}`);
  }
}

function gather(
  source: ArrayLike<number> & { subarray(from: number, to: number): ArrayLike<number> },
  indices: ArrayLike<number>,
  width: number,
): Float32Array {
  const rows = new Float32Array(indices.length * width);
  for (let i = 0; i < indices.length; i++) {
    rows.set(source.subarray(indices[i]! * width, (indices[i]! + 1) * width), i * width);
  }
  return rows;
}
