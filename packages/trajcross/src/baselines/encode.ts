import { createInference, type Engine, type Inference } from "@wayweave/nn/train";
import { imageCount } from "../data/images.js";
import { imageBatch, type PreparedImages } from "../model/inputs.js";
import type { EncodeOptions } from "../model/trajcross.js";
import type { BaselineTowers } from "./deep-baseline.js";
import {
  imageSpec,
  imageViewOf,
  type PreparedTrajectories,
  trajectorySpec,
  trajectoryViewBatch,
  trajectoryViewOf,
} from "./views.js";

export interface EngineOptions {
  readonly engine?: Engine;
  readonly threads?: number;
}

/** The image tower, ready to run. */
export function imageInference(towers: BaselineTowers, imageSize: number, engine: EngineOptions) {
  return createInference({
    forward: (params, inputs) => towers.encodeImages(params, imageViewOf(inputs)),
    params: towers.params,
    inputSpec: imageSpec(null, imageSize),
    ...engine,
  });
}

/** The trajectory tower, ready to run. */
export function trajectoryInference(
  towers: BaselineTowers,
  points: number,
  imageSize: number,
  engine: EngineOptions,
) {
  return createInference({
    forward: (params, inputs) => towers.encodeTrajectories(params, trajectoryViewOf(inputs)),
    params: towers.params,
    inputSpec: trajectorySpec(null, points, imageSize),
    ...engine,
  });
}

export function runImages(
  inference: Inference,
  images: PreparedImages,
  options: EncodeOptions = {},
): Promise<Float32Array> {
  const batchOf = (indices: Uint32Array) => imageBatch(images, indices);
  return runRows(inference, imageCount(images), batchOf, options);
}

export function runTrajectories(
  inference: Inference,
  trajectories: PreparedTrajectories,
  options: EncodeOptions = {},
): Promise<Float32Array> {
  const batchOf = (indices: Uint32Array) => trajectoryViewBatch(trajectories, indices);
  return runRows(inference, imageCount(trajectories.drawings), batchOf, options);
}

/** Both towers' rows of a set of pairs, with towers that are needed only once. */
export async function encodeAll(
  towers: BaselineTowers,
  trajectories: PreparedTrajectories,
  images: PreparedImages,
  { engine, threads, signal }: EngineOptions & { readonly signal?: AbortSignal },
): Promise<{ readonly image: Float32Array; readonly trajectory: Float32Array }> {
  const points = trajectories.points.length / 2 / imageCount(trajectories.drawings);
  const used = engineOptions({ engine, threads });
  const imageTower = await imageInference(towers, images.size, used);
  const trajectoryTower = await trajectoryInference(towers, points, images.size, used);
  const options = signal === undefined ? {} : { signal };
  try {
    return {
      image: await runImages(imageTower, images, options),
      trajectory: await runTrajectories(trajectoryTower, trajectories, options),
    };
  } finally {
    await Promise.all([imageTower.dispose(), trajectoryTower.dispose()]);
  }
}

/** Only what was given: `undefined` is no engine. */
export function engineOptions({
  engine,
  threads,
}: {
  readonly engine?: Engine | undefined;
  readonly threads?: number | undefined;
}): EngineOptions {
  return { ...(engine === undefined ? {} : { engine }), ...(threads === undefined ? {} : { threads }) };
}

async function runRows(
  inference: Inference,
  count: number,
  batchOf: (indices: Uint32Array) => Record<string, Float32Array>,
  { batchSize = 256, onProgress, signal }: EncodeOptions,
): Promise<Float32Array> {
  let rows = new Float32Array(0);
  for (let start = 0; start < count; start += batchSize) {
    signal?.throwIfAborted();
    const size = Math.min(batchSize, count - start);
    const { output } = await inference.run(batchOf(Uint32Array.from({ length: size }, (_, i) => start + i)));
    const width = output!.shape[1]!;
    if (start === 0) rows = new Float32Array(count * width);
    rows.set(output!.data as Float32Array, start * width);
    onProgress?.({ done: start + size, total: count });
  }
  return rows;
}
