import {
  checkNonNegativeInteger,
  checkOptions,
  Random,
  type TrajectorySet,
  ValueError,
} from "@wayweave/geo-core";
import type { Engine } from "@wayweave/nn/train";
import { checkImageSet, type ImageSet } from "../data/images.js";
import type { PairSet } from "../data/pairs.js";
import { checkImagesFit, prepareImages } from "../model/inputs.js";
import { checkEncodeOptions, type EncodeOptions } from "../model/trajcross.js";
import { checkPairs } from "../training/check-pairs.js";
import { digestOfPairs } from "../training/digest-pairs.js";
import { acmr } from "./acmr.js";
import { fitCca } from "./cca.js";
import {
  type AcmrConfig,
  type BaselineConfigs,
  type BaselineName,
  type CcaConfig,
  type CorrAeConfig,
  type DbrlmConfig,
  type MocoConfig,
  resolveBaselineConfig,
} from "./config.js";
import { corrAe } from "./corr-ae.js";
import { dbrlm } from "./dbrlm.js";
import { type BaselineTowers, type DeepBaseline, type TrainingData, trainingData } from "./deep-baseline.js";
import { engineOptions, imageInference, runImages, runTrajectories, trajectoryInference } from "./encode.js";
import { moco } from "./moco.js";
import { type BaselineProgress, type EpochLosses, stepCount, trainDeep } from "./train-deep.js";
import { prepareViews } from "./views.js";

/** What to change in a method's preset, and how its training runs. */
export interface BaselineOptions<Name extends BaselineName> {
  /** Changes of the method's preset. */
  readonly config?: Partial<BaselineConfigs[Name]>;
  /** @defaultValue 0 */
  readonly seed?: number;
  /** @defaultValue "auto" */
  readonly engine?: Engine;
  /** Threads of one operator, for compiled engines. */
  readonly threads?: number;
  /** Called after each step of training; never for CCA, which takes none. */
  readonly onProgress?: (progress: BaselineProgress) => void;
  /** Heard before each step (CCA: each batch of features); the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
  /** Where the run is saved after each epoch. A run that finds its own save there goes on with it, bit for bit. Not for CCA, which has no epochs. */
  readonly checkpointDir?: string;
}

/** A trained baseline: embeds trajectories and images, and tells how its training went. Call {@link dispose} when done. */
export interface Baseline<Name extends BaselineName = BaselineName> {
  /** Which method it is. */
  readonly name: Name;
  /** The method's preset with the changes that were asked for. */
  readonly config: BaselineConfigs[Name];
  /** The loss curve, an entry an epoch; empty for CCA, which is a closed form. */
  readonly history: readonly EpochLosses[];
  /** CCA's canonical correlations, largest first. */
  readonly correlations?: Float64Array;
  /** The engine that trained. */
  readonly engine: string;
  /** Rows whose dot products with images' rows say how well they fit: row-major `[trajectories, width]`. */
  encodeTrajectories(set: TrajectorySet, options?: EncodeOptions): Promise<Float32Array>;
  /** Row-major `[images, width]`. */
  encodeImages(images: ImageSet, options?: EncodeOptions): Promise<Float32Array>;
  /** Gives the model's memory back. */
  dispose(): Promise<void>;
}

/**
 * Trains one of the methods that TrajCross is compared with. Every one of them is given the location vectors: an image's
 * extent, and the box that a trajectory's own drawing shows. Deterministic by seed on one machine and engine.
 *
 * @throws {ShapeError} pixels or extents that do not fit each other
 * @throws {ValueError} fewer pairs than a batch, not an image for each trajectory, images in colour, options out of range or unknown,
 *   a `checkpointDir` that holds a run of other pairs or another configuration
 * @throws {StateError} a loss or a parameter that is no longer finite
 * @example
 * const baseline = await trainBaseline("moco", train, { config: { epochs: 10 } });
 * const rows = await baseline.encodeImages(test.images);
 */
export async function trainBaseline<Name extends BaselineName>(
  name: Name,
  pairs: PairSet,
  options: BaselineOptions<Name> = {},
): Promise<Baseline<Name>> {
  checkOptions("trainBaseline", options, [
    "config",
    "seed",
    "engine",
    "threads",
    "onProgress",
    "signal",
    "checkpointDir",
  ]);
  const config = resolveBaselineConfig(name, options.config);
  if (options.checkpointDir !== undefined && !("epochs" in config)) {
    throw new ValueError(
      `trainBaseline: checkpointDir has no effect for ${name}, which has no epochs; leave it out`,
    );
  }
  const { seed = 0, signal } = options;
  checkNonNegativeInteger("trainBaseline", "seed", seed);
  checkPairs("trainBaseline", pairs, {
    imageSize: pairs.images.size,
    channels: 1,
    ...("batchSize" in config ? { batchSize: config.batchSize } : {}),
  });
  if ("redraw" in config && config.redraw && pairs.rendering === undefined) {
    throw new ValueError(
      "trainBaseline: pairs.rendering must say how the images were drawn, since config.redraw draws them anew, got none; config: { redraw: false } uses the images as they are",
    );
  }
  const data = trainingData(pairs, {
    points: config.points,
    steps: "epochs" in config ? stepCount(config, pairs.trajectories.length) : 0,
    random: new Random(seed).split(name),
  });
  const engine = engineOptions(options);
  if (!("epochs" in config)) {
    const { towers, correlations } = await fitCca(config as CcaConfig, data, {
      ...engine,
      ...(signal === undefined ? {} : { signal }),
    });
    const model = await openTowers(towers, data, config.points, engine);
    return { name, config, history: [], correlations, ...model };
  }
  const method = deepBaseline(name, config, data);
  const { params, history } = await trainDeep(method, pairs, data, config, {
    ...options,
    seed,
    engine,
    ...(options.checkpointDir === undefined
      ? {}
      : {
          identity: JSON.stringify({
            name,
            config,
            rendering: pairs.rendering ?? null,
            pairs: digestOfPairs(pairs),
          }),
        }),
  });
  const model = await openTowers({ ...method, params }, data, config.points, engine);
  return { name, config, history, ...model };
}

function deepBaseline<Name extends BaselineName>(
  name: Name,
  config: BaselineConfigs[Name],
  data: TrainingData,
): DeepBaseline {
  switch (name) {
    case "moco":
      return moco(config as MocoConfig, data);
    case "acmr":
      return acmr(config as AcmrConfig, data);
    case "dbrlm":
      return dbrlm(config as DbrlmConfig, data);
    default:
      return corrAe(config as CorrAeConfig, data, name === "corr-cross-ae");
  }
}

async function openTowers(
  towers: BaselineTowers,
  { imageSize, normalization }: TrainingData,
  points: number,
  engine: ReturnType<typeof engineOptions>,
): Promise<Pick<Baseline, "engine" | "encodeTrajectories" | "encodeImages" | "dispose">> {
  const trajectoryTower = await trajectoryInference(towers, points, imageSize, engine);
  const imageTower = await imageInference(towers, imageSize, engine);
  return {
    engine: imageTower.engine,
    async encodeTrajectories(set, options = {}) {
      checkEncodeOptions("Baseline.encodeTrajectories", options);
      return runTrajectories(trajectoryTower, prepareViews(set, points, imageSize, normalization), options);
    },
    async encodeImages(images, options = {}) {
      checkEncodeOptions("Baseline.encodeImages", options);
      checkImageSet("Baseline.encodeImages", images);
      checkImagesFit("Baseline.encodeImages", images, { imageSize, channels: 1 });
      return runImages(imageTower, prepareImages(images, normalization), options);
    },
    async dispose() {
      await Promise.all([trajectoryTower.dispose(), imageTower.dispose()]);
    },
  };
}
