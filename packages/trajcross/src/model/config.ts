import {
  checkInRange,
  checkOneOf,
  checkOptions,
  checkPositive,
  checkPositiveInteger,
  ValueError,
} from "@wayweave/geo-core";
import { checkChannels } from "../data/images.js";

/**
 * How positions and shapes are encoded.
 *
 * `paper`: eq. 1–9 of the paper. `keypoints`: ours, made for precise position. The image tower traces the line: it finds as
 * many points along it as a trajectory has (soft-argmax of learned heat maps) and moves them by the image's extent to where
 * they lie in the plane. From there on both towers are one: the same layers embed the points, in both directions of travel.
 */
export type Architecture = "paper" | "keypoints";

/** Where the `paper` architecture takes a trajectory's shape from: its drawn image (eq. 3), its points, or nowhere. */
export type ShapeSource = "image" | "points" | "none";

/** How both towers are built. Saved in their ONNX files. */
export interface ModelConfig {
  /** `keypoints` in the preset `default`, `paper` in `paper`. */
  readonly architecture: Architecture;
  /** Pixels across and down of every image. */
  readonly imageSize: number;
  /** 1 for grey lines, 3 for maps in colour. */
  readonly channels: 1 | 3;
  /** Every trajectory is resampled to this many points, equally far apart along the line. */
  readonly points: number;
  /** Length of the embeddings; even. */
  readonly embeddingSize: number;
  /** `paper` only. `none` is the ablation OnlyTraj, `points` is TrajCNN. */
  readonly shapeSource: ShapeSource;
  /** Whether the image tower is told the image's extent (eq. 6–7). `false` is the ablation noxy. */
  readonly locationVector: boolean;
}

/** How the towers are trained. */
export interface TrainConfig {
  /** Passes through the pairs, ≥ 1. The rest that fills no batch is left out of each, another one each time. */
  readonly epochs: number;
  /** Pairs a step; each is a negative to all others. */
  readonly batchSize: number;
  /** AdamW's at its height, > 0: it rises over `warmUp` and falls to 0 along half a cosine. */
  readonly learningRate: number;
  /** The part of all steps over which the learning rate rises, before it falls along half a cosine. */
  readonly warmUp: number;
  /** AdamW's, in [0, 1]: each step shrinks the parameters by this times the learning rate. */
  readonly weightDecay: number;
  /** Start of the learned temperature τ of InfoNCE (eq. 10). */
  readonly temperature: number;
  /** Weight of how far the points that the image tower finds are from the trajectory's own (`keypoints` only). */
  readonly traceWeight: number;
  /** Weight of the modality classifier's reversed gradient; 0 is the ablation nogan. */
  readonly adversarialWeight: number;
  /** A batch is made of runs of this many alike pairs: hard negatives. 1 draws at random. */
  readonly alikeRun: number;
  /** Each epoch moves a trajectory's points by normal noise of a deviation drawn from 0 to this; its image shows it undisturbed. */
  readonly noiseMeters: number;
  /** Draw the training images anew each epoch, as the pairs' `rendering` says. */
  readonly redraw: boolean;
}

/** A whole configuration, as a preset and its changes resolve to it. */
export interface TrajCrossConfig {
  /** How both towers are built. */
  readonly model: ModelConfig;
  /** How they are trained. */
  readonly train: TrainConfig;
}

/** `default` is ours; `paper` follows the paper in every part. */
export const presets = {
  default: {
    model: {
      architecture: "keypoints",
      imageSize: 64,
      channels: 1,
      points: 20,
      embeddingSize: 128,
      shapeSource: "none",
      locationVector: true,
    },
    train: {
      epochs: 24,
      batchSize: 256,
      learningRate: 2e-3,
      warmUp: 0,
      weightDecay: 1e-4,
      temperature: 0.05,
      traceWeight: 20,
      adversarialWeight: 0,
      alikeRun: 4,
      noiseMeters: 0,
      redraw: true,
    },
  },
  paper: {
    model: {
      architecture: "paper",
      imageSize: 64,
      channels: 1,
      points: 20,
      embeddingSize: 128,
      shapeSource: "image",
      locationVector: true,
    },
    train: {
      epochs: 24,
      batchSize: 128,
      learningRate: 2e-3,
      warmUp: 0.05,
      weightDecay: 1e-4,
      temperature: 0.07,
      traceWeight: 0,
      adversarialWeight: 0.1,
      alikeRun: 1,
      noiseMeters: 0,
      redraw: true,
    },
  },
} as const satisfies Record<string, TrajCrossConfig>;

/** `default` or `paper`; see {@link presets}. */
export type PresetName = keyof typeof presets;

/** Parts of a configuration to change. */
export interface ConfigOverrides {
  /** Where all that is not changed comes from. @defaultValue "default" */
  readonly preset?: PresetName;
  /** What to change in how the towers are built. */
  readonly model?: Partial<ModelConfig>;
  /** What to change in how they are trained. */
  readonly train?: Partial<TrainConfig>;
}

/** A preset with changes. @throws {ValueError} a value out of its range, or one that the architecture does not use */
export function resolveConfig(overrides: ConfigOverrides = {}): TrajCrossConfig {
  checkOptions("resolveConfig", overrides, ["preset", "model", "train"]);
  const { preset = "default", model, train } = overrides;
  checkOneOf("resolveConfig", "preset", preset, Object.keys(presets) as PresetName[]);
  checkOptions("resolveConfig: model", model, Object.keys(presets.default.model) as (keyof ModelConfig)[]);
  checkOptions("resolveConfig: train", train, Object.keys(presets.default.train) as (keyof TrainConfig)[]);
  const config = {
    model: { ...presets[preset].model, ...model },
    train: { ...presets[preset].train, ...train },
  };
  const { architecture } = config.model;
  if (architecture === "keypoints" && model?.shapeSource !== undefined && model.shapeSource !== "none") {
    throw new ValueError(
      `resolveConfig: model.shapeSource has no effect with the architecture keypoints; leave it out, or take architecture: "paper"`,
    );
  }
  if (architecture === "paper" && train?.traceWeight !== undefined && train.traceWeight !== 0) {
    throw new ValueError(
      `resolveConfig: train.traceWeight has no effect with the architecture paper; leave it out, or take architecture: "keypoints"`,
    );
  }
  checkModel(config.model);
  checkTrain(config.train);
  return config;
}

function checkModel(model: ModelConfig): void {
  const where = "resolveConfig";
  checkOneOf(where, "model.architecture", model.architecture, ["paper", "keypoints"]);
  checkChannels(where, "model.channels", model.channels);
  checkOneOf(where, "model.shapeSource", model.shapeSource, ["image", "points", "none"]);
  for (const name of ["imageSize", "points", "embeddingSize"] as const) {
    checkPositiveInteger(where, `model.${name}`, model[name]);
  }
  if (model.imageSize % 16 !== 0) {
    throw new ValueError(`${where}: model.imageSize must be a multiple of 16, got ${model.imageSize}`);
  }
  if (model.embeddingSize % 2 !== 0) {
    throw new ValueError(`${where}: model.embeddingSize must be even, got ${model.embeddingSize}`);
  }
  if (model.points < 5)
    throw new ValueError(`${where}: model.points must be at least 5, got ${model.points}`);
}

function checkTrain(train: TrainConfig): void {
  const where = "resolveConfig";
  for (const name of ["epochs", "batchSize", "alikeRun"] as const) {
    checkPositiveInteger(where, `train.${name}`, train[name]);
  }
  checkPositive(where, "train.learningRate", train.learningRate);
  checkPositive(where, "train.temperature", train.temperature);
  checkInRange(where, "train.warmUp", train.warmUp, 0, 1);
  checkInRange(where, "train.weightDecay", train.weightDecay, 0, 1);
  checkInRange(where, "train.noiseMeters", train.noiseMeters, 0, 1e6);
  checkInRange(where, "train.traceWeight", train.traceWeight, 0, 1000);
  checkInRange(where, "train.adversarialWeight", train.adversarialWeight, 0, 10);
  if (train.batchSize < 2 || train.batchSize % train.alikeRun !== 0) {
    throw new ValueError(
      `${where}: train.batchSize must be a multiple of train.alikeRun and at least 2, got ${train.batchSize} and ${train.alikeRun}`,
    );
  }
}
