import {
  checkArray,
  checkGiven,
  checkOptions,
  checkPositiveInteger,
  type TrajectorySet,
} from "@wayweave/geo-core";
import { OnnxModel, type SessionOptions } from "@wayweave/nn";
import { checkImageSet, type ImageSet, imageCount } from "../data/images.js";
import { checkPath } from "../internal/arguments.js";
import type { ModelConfig } from "./config.js";
import { checkImagesFit, imageBatch, prepareImages, prepareTrajectories, trajectoryBatch } from "./inputs.js";
import type { Origin } from "./normalization.js";
import { describeTowers, readTowers, saveTowers, type TowerFiles } from "./tower-files.js";

/** How many rows are embedded at a time, and how to watch and stop it. */
export interface EncodeOptions {
  /** Rows computed at a time. @defaultValue 256 */
  readonly batchSize?: number;
  /** Called after each batch: rows done, of all. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Heard before each batch; the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
}

/** @throws {ValueError} an unknown option, or `batchSize` not a positive integer */
export function checkEncodeOptions(where: string, options: EncodeOptions): void {
  checkOptions(where, options, ["batchSize", "onProgress", "signal"]);
  const { batchSize = 256 } = options;
  checkPositiveInteger(where, "batchSize", batchSize);
}

/**
 * A trained TrajCross model: turns trajectories and images into embeddings whose dot product says how well they fit.
 *
 * Runs in ONNX Runtime; tfjs is only needed to train (`@wayweave/trajcross/train`). Call {@link dispose} when done.
 *
 * @example
 * const model = await TrajCross.load("model");
 * const embeddings = await model.encodeTrajectories(tracks);
 */
export class TrajCross {
  /** How the towers are built: what size and channels their images must have, and how long embeddings are. */
  readonly config: ModelConfig;
  /** Tells models apart: a digest of everything that embeddings depend on, kept by saving and loading. */
  readonly trainingId: string;
  readonly #origin: Origin;
  readonly #files: TowerFiles;
  readonly #trajectoryTower: OnnxModel;
  readonly #imageTower: OnnxModel;

  private constructor(files: TowerFiles, trajectoryTower: OnnxModel, imageTower: OnnxModel) {
    this.#files = files;
    this.#trajectoryTower = trajectoryTower;
    this.#imageTower = imageTower;
    const { config, origin, trainingId } = describeTowers(trajectoryTower.metadata, imageTower.metadata);
    this.config = config;
    this.trainingId = trainingId;
    this.#origin = origin;
  }

  /**
   * Loads a saved model: the folder of its two ONNX files, or their bytes.
   *
   * @throws {FormatError} files that are no TrajCross towers, or not of one training
   */
  static async load(source: string | TowerFiles, options: SessionOptions = {}): Promise<TrajCross> {
    const where = "TrajCross.load";
    if (typeof source === "string") checkPath(where, "source", source);
    else {
      checkGiven(where, "source", source);
      checkArray(where, "source.trajectory", source.trajectory);
      checkArray(where, "source.image", source.image);
    }
    const files = typeof source === "string" ? await readTowers(source) : source;
    const trajectoryTower = await OnnxModel.load(files.trajectory, options);
    const imageTower = await OnnxModel.load(files.image, options);
    try {
      return new TrajCross(files, trajectoryTower, imageTower);
    } catch (error) {
      await Promise.all([trajectoryTower.dispose(), imageTower.dispose()]);
      throw error;
    }
  }

  /**
   * Saves the model as `trajectory.onnx` and `image.onnx`, atomically each. Where saving was interrupted between the two over another
   * model, {@link load} refuses the folder.
   */
  async save(folder: string): Promise<void> {
    await saveTowers(folder, this.#files);
  }

  /**
   * Embeddings of planar trajectories, each of length 1: row-major `[trajectories, embeddingSize]`.
   *
   * @throws {ValueError} a lon/lat set (project it first), a trajectory without points, `batchSize` not a positive integer
   */
  async encodeTrajectories(set: TrajectorySet, options: EncodeOptions = {}): Promise<Float32Array> {
    checkEncodeOptions("TrajCross.encodeTrajectories", options);
    const { points, imageSize } = this.config;
    const prepared = prepareTrajectories(set, this.config, this.#origin);
    return this.#encode(this.#trajectoryTower, set.length, options, (indices) => {
      const batch = trajectoryBatch(prepared, indices, this.config);
      const shape = { points: [points, 2], shapes: [imageSize, imageSize, 1] };
      return Object.entries(batch).map(([name, data]) => [name, data, shape[name as "points"]] as const);
    });
  }

  /**
   * Embeddings of images, each of length 1: row-major `[images, embeddingSize]`.
   *
   * @throws {ShapeError | ValueError} images that do not fit each other or the model, `batchSize` not a positive integer
   */
  async encodeImages(images: ImageSet, options: EncodeOptions = {}): Promise<Float32Array> {
    const { imageSize, channels } = this.config;
    checkEncodeOptions("TrajCross.encodeImages", options);
    checkImageSet("TrajCross.encodeImages", images);
    checkImagesFit("TrajCross.encodeImages", images, this.config);
    const prepared = prepareImages(images, this.#origin);
    return this.#encode(this.#imageTower, imageCount(images), options, (indices) => {
      const { pixels, extents } = imageBatch(prepared, indices);
      return [
        ["pixels", pixels, [imageSize, imageSize, channels]],
        ["extents", extents, [4]],
      ] as const;
    });
  }

  /** Gives the model's memory back. */
  async dispose(): Promise<void> {
    await Promise.all([this.#trajectoryTower.dispose(), this.#imageTower.dispose()]);
  }

  async #encode(
    tower: OnnxModel,
    count: number,
    { batchSize = 256, onProgress, signal }: EncodeOptions,
    inputsOf: (
      indices: Uint32Array,
    ) => readonly (readonly [name: string, data: Float32Array, shape: readonly number[]])[],
  ): Promise<Float32Array> {
    const width = this.config.embeddingSize;
    const embeddings = new Float32Array(count * width);
    for (let start = 0; start < count; start += batchSize) {
      signal?.throwIfAborted();
      const rows = Math.min(batchSize, count - start);
      const indices = Uint32Array.from({ length: rows }, (_, i) => start + i);
      const inputs = inputsOf(indices).map(
        ([name, data, shape]) => [name, { data, shape: [rows, ...shape] }] as const,
      );
      const { embedding } = await tower.run(Object.fromEntries(inputs));
      embeddings.set(embedding!.data as Float32Array, start * width);
      onProgress?.({ done: start + rows, total: count });
    }
    return embeddings;
  }
}
