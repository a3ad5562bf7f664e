import { resampleToCount, type TrajectorySet } from "@wayweave/geo-core";
import type { Tensor, TensorSpec } from "@wayweave/nn/train";
import { drawShapes } from "../data/images.js";
import { imageBatch, type PreparedImages, prepareImages } from "../model/inputs.js";
import { fromOrigin, type Origin } from "../model/normalization.js";

/** Trajectories as the baselines see them: their points, and a drawing with the box that it shows. */
export interface PreparedTrajectories {
  /** Metres from the training set's origin, `[trajectories, points, 2]`. */
  readonly points: Float32Array;
  readonly drawings: PreparedImages;
}

/** A picture with its location vector, as tensors. */
export interface Picture {
  /** Grey, 0 … 255, `[batch, size, size, 1]`. */
  readonly pixels: Tensor;
  /** minX, minY, maxX, maxY in metres from the origin, `[batch, 4]`. */
  readonly extents: Tensor;
}

/** A batch of trajectories as tensors. */
export interface TrajectoryView {
  /** Metres from the origin, `[batch, points, 2]`. */
  readonly points: Tensor;
  readonly drawing: Picture;
}

/** Resamples trajectories, and draws them: the methods that compare pictures need a picture of a trajectory. */
export function prepareViews(
  set: TrajectorySet,
  points: number,
  imageSize: number,
  origin: Origin,
): PreparedTrajectories {
  return {
    drawings: prepareImages(drawShapes(set, imageSize), origin),
    points: fromOrigin(resampleToCount(set, { count: points }).coordinates, origin),
  };
}

/** The batch of some trajectories, by the names of {@link trajectorySpec}. */
export function trajectoryViewBatch(
  { points, drawings }: PreparedTrajectories,
  indices: ArrayLike<number>,
): Record<string, Float32Array> {
  const width = points.length / (drawings.extents.length / 4);
  const rows = new Float32Array(indices.length * width);
  for (let i = 0; i < indices.length; i++) {
    rows.set(points.subarray(indices[i]! * width, (indices[i]! + 1) * width), i * width);
  }
  const { pixels, extents } = imageBatch(drawings, indices);
  return { points: rows, drawingPixels: pixels, drawingExtents: extents };
}

/** What a batch of trajectories is made of; `batch` null where it differs from call to call. */
export function trajectorySpec(
  batch: number | null,
  points: number,
  imageSize: number,
): Record<string, TensorSpec> {
  return {
    points: { type: "float32", shape: [batch, points, 2] },
    drawingPixels: { type: "float32", shape: [batch, imageSize, imageSize, 1] },
    drawingExtents: { type: "float32", shape: [batch, 4] },
  };
}

/** What a batch of images is made of. */
export function imageSpec(batch: number | null, imageSize: number): Record<string, TensorSpec> {
  return {
    pixels: { type: "float32", shape: [batch, imageSize, imageSize, 1] },
    extents: { type: "float32", shape: [batch, 4] },
  };
}

/** The tensors of a batch by their parts. */
export function trajectoryViewOf(batch: Readonly<Record<string, Tensor>>): TrajectoryView {
  return {
    points: batch.points!,
    drawing: { pixels: batch.drawingPixels!, extents: batch.drawingExtents! },
  };
}

export function imageViewOf(batch: Readonly<Record<string, Tensor>>): Picture {
  return { pixels: batch.pixels!, extents: batch.extents! };
}
