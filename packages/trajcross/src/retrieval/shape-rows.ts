import { checkOptions, Pace, type PlanarExtent, type TrajectorySet } from "@wayweave/geo-core";
import { checkPlanarSet } from "../data/extents.js";
import { checkImageSet, type ImageSet, imageCount } from "../data/images.js";
import { checkHas } from "../internal/arguments.js";
import type { LineReader } from "../tracing/line-reader.js";
import { rasterOf } from "./find-windows.js";
import { LineEvidence } from "./line-evidence.js";
import { type LineShape, projectedShift, quantileCount, shapeOf, shapeSize } from "./line-shape.js";
import { sampleLine } from "./sample-line.js";
import { shapeSamples } from "./track-index.js";

/**
 * Trajectories as rows of 64 numbers whose Euclidean distance says how far apart two lines are, whichever way they are travelled: quantiles of the
 * line in metres of the plane. √(distance² / 64) is the root mean square of the metres.
 *
 * @returns `[trajectories × 64]` @throws {ValueError} a lon/lat set, a trajectory without points
 */
export function trajectoryShapes(set: TrajectorySet): Float64Array {
  checkPlanarSet("trajectoryShapes", set);
  const rows = new Float64Array(set.length * shapeSize);
  for (let i = 0; i < set.length; i++) {
    const { positions, weights } = sampleLine(set.at(i).coordinates, shapeSamples);
    writeRow(shapeOf(positions, weights), rows, i);
  }
  return rows;
}

/** How to watch {@link imageShapes} and stop it. */
export interface ImageShapesOptions {
  /** Called after each image: images read, of all. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Heard before each image; the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * The lines that images show as rows to compare with {@link trajectoryShapes}, read by a reader that knows neither place nor data. A row is NaN where
 * no line is seen.
 *
 * @returns `[images × 64]` @throws {ValueError | ShapeError} images that do not fit together, unknown options
 */
export async function imageShapes(
  reader: LineReader,
  images: ImageSet,
  options: ImageShapesOptions = {},
): Promise<Float64Array> {
  checkHas("imageShapes", "reader", reader, "read", "a LineReader");
  checkOptions("imageShapes", options, ["onProgress", "signal"]);
  checkImageSet("imageShapes", images);
  const pace = new Pace(options.signal);
  const total = imageCount(images);
  const rows = new Float64Array(total * shapeSize).fill(Number.NaN);
  for (let i = 0; i < total; i++) {
    await pace.step();
    const reading = await reader.read(rasterOf(images, i));
    const [minX, minY, maxX, maxY] = images.extents.subarray(4 * i, 4 * i + 4) as unknown as PlanarExtent;
    const shape = new LineEvidence(reading, [minX, minY, maxX, maxY]).shape();
    if (shape !== undefined) writeRow(shape, rows, i);
    options.onProgress?.({ done: i + 1, total });
  }
  return rows;
}

function writeRow({ centerX, centerY, quantiles }: LineShape, rows: Float64Array, row: number): void {
  const shift = projectedShift(centerX, centerY);
  for (let i = 0; i < shapeSize; i++)
    rows[row * shapeSize + i] = quantiles[i]! + shift[Math.floor(i / quantileCount)]!;
}
