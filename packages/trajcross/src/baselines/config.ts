import {
  checkInRange,
  checkOneOf,
  checkPositive,
  checkPositiveInteger,
  ValueError,
} from "@wayweave/geo-core";

/** The methods of Table I that TrajCross is compared with. */
export const baselineNames = ["cca", "moco", "acmr", "corr-ae", "corr-cross-ae", "dbrlm"] as const;
/** A method of Table I. */
export type BaselineName = (typeof baselineNames)[number];

interface CommonConfig {
  /** Every trajectory is resampled to this many points, equally far apart along the line. */
  readonly points: number;
  /** Numbers that an embedding is learned in. */
  readonly embeddingSize: number;
}

/** Fixed features, for the methods that learn on top of features: principal components of drawings. */
interface FeatureConfig extends CommonConfig {
  /** Principal components of an image. */
  readonly imageComponents: number;
  /** Principal components of a trajectory's own drawing. */
  readonly drawingComponents: number;
  /** Drawings that the components are computed from, at most; drawn at random from the training side. */
  readonly componentSample: number;
}

interface TrainingConfig {
  /** Passes through the pairs, ≥ 1. The rest that fills no batch is left out of each. */
  readonly epochs: number;
  /** Pairs a step, ≥ 2. */
  readonly batchSize: number;
  /** At the start; it falls to 0 along half a cosine. */
  readonly learningRate: number;
  /** AdamW's, in [0, 1]: each step shrinks the parameters by this times the learning rate. */
  readonly weightDecay: number;
  /** Draw the training images anew each epoch, as the pairs' `rendering` says. */
  readonly redraw: boolean;
}

/** Canonical correlation analysis with ridge, of features of trajectories and images. A closed form: nothing is trained by steps. */
export interface CcaConfig extends FeatureConfig {
  /** Added to the diagonal of both covariance matrices. */
  readonly ridge: number;
}

/** Momentum contrast (He et al. 2020) between the drawings of trajectories and the images: −log( exp(q·k₊/τ) / Σᵢ exp(q·kᵢ/τ) ). */
export interface MocoConfig extends CommonConfig, TrainingConfig {
  /** τ of InfoNCE. */
  readonly temperature: number;
  /** Keys that a queue holds; a multiple of the batch size. */
  readonly queueSize: number;
  /** m: the key encoder keeps this share of itself at each step. */
  readonly momentum: number;
}

/** Adversarial cross-modal retrieval (Wang et al. 2017): α × triplet constraints + β × label predictor, against a modality classifier. */
export interface AcmrConfig extends FeatureConfig, TrainingConfig {
  /** Widths of a projector's two hidden layers. */
  readonly hidden: readonly [number, number];
  /** α, of the triplet constraints. */
  readonly tripletWeight: number;
  /** λ, of an unmatched pair against a matched one within the triplet constraints. */
  readonly unmatchedWeight: number;
  /** μ: how far apart unmatched items are wanted. */
  readonly margin: number;
  /** β, of the label predictor. 0 leaves it out. */
  readonly labelWeight: number;
  /** Of the modality classifier's reversed gradient, at the end of training; it grows from 0. */
  readonly adversarialWeight: number;
}

/** Correspondence autoencoders (Feng et al. 2014): (1 − α)(L_image + L_trajectory) + α‖f(image) − g(trajectory)‖². */
export interface CorrAeConfig extends FeatureConfig, TrainingConfig {
  /** Width of the hidden layer between features and code. */
  readonly hidden: number;
  /** α in [0, 1]: how much the codes' correspondence counts against reconstruction. */
  readonly correspondence: number;
}

/** Deep and bidirectional representation learning (He et al. 2016): that a pair matches has the probability σ(scale · cosine + offset). */
export interface DbrlmConfig extends CommonConfig, TrainingConfig {
  /** Start of the learned factor of the cosine in the logit of a match. */
  readonly scale: number;
  /** Start of the learned offset of the logit. */
  readonly offset: number;
}

/** The settings of each method. */
export interface BaselineConfigs {
  /** Canonical correlation analysis. */
  readonly cca: CcaConfig;
  /** Momentum contrast. */
  readonly moco: MocoConfig;
  /** Adversarial cross-modal retrieval. */
  readonly acmr: AcmrConfig;
  /** The autoencoders that reconstruct each input from its own code. */
  readonly "corr-ae": CorrAeConfig;
  /** Those that reconstruct each input from its partner's code. */
  readonly "corr-cross-ae": CorrAeConfig;
  /** Deep and bidirectional representation learning. */
  readonly dbrlm: DbrlmConfig;
}

const features = { points: 20, imageComponents: 256, drawingComponents: 64, componentSample: 1024 } as const;
const training = { batchSize: 256, learningRate: 1e-3, weightDecay: 1e-4, redraw: true } as const;

/** Each method's own; see its file for which values are its paper's. */
export const baselinePresets: BaselineConfigs = {
  cca: { ...features, embeddingSize: 64, ridge: 1e-3 },
  moco: {
    ...training,
    points: 20,
    embeddingSize: 128,
    epochs: 32,
    temperature: 0.07,
    queueSize: 2048,
    momentum: 0.99,
  },
  acmr: {
    ...features,
    ...training,
    embeddingSize: 128,
    epochs: 24,
    hidden: [512, 256],
    tripletWeight: 1,
    unmatchedWeight: 1,
    margin: 4,
    labelWeight: 0.1,
    adversarialWeight: 0.1,
  },
  "corr-ae": {
    ...features,
    ...training,
    embeddingSize: 128,
    epochs: 24,
    learningRate: 3e-3,
    hidden: 512,
    correspondence: 0.8,
  },
  "corr-cross-ae": {
    ...features,
    ...training,
    embeddingSize: 128,
    epochs: 24,
    learningRate: 3e-3,
    hidden: 512,
    correspondence: 0.2,
  },
  dbrlm: { ...training, points: 20, embeddingSize: 128, epochs: 24, scale: 10, offset: -5 },
};

/** A method's preset with changes. @throws {ValueError} a value out of its range, or one that the method does not have */
export function resolveBaselineConfig<Name extends BaselineName>(
  name: Name,
  overrides: Partial<BaselineConfigs[Name]> = {},
): BaselineConfigs[Name] {
  checkOneOf(where, "name", name, baselineNames);
  const preset = baselinePresets[name];
  for (const key of Object.keys(overrides)) {
    if (!(key in preset)) throw new ValueError(`${where}: ${name} has no setting ${key}`);
  }
  const config = { ...preset, ...overrides };
  for (const [key, value] of Object.entries(config)) checkSetting(key as SettingName, value);
  checkBatches(config);
  return config;
}

const where = "resolveBaselineConfig";

type SettingName = { [Name in BaselineName]: keyof BaselineConfigs[Name] }[BaselineName];

/** What a number must be; whole numbers above 0 where nothing else is said. */
const ranges: Partial<Record<SettingName, "positive" | readonly [low: number, high: number]>> = {
  learningRate: "positive",
  temperature: "positive",
  margin: "positive",
  scale: "positive",
  momentum: [0, 1],
  correspondence: [0, 1],
  weightDecay: [0, 1],
  tripletWeight: [0, 1e6],
  unmatchedWeight: [0, 1e6],
  labelWeight: [0, 1e6],
  adversarialWeight: [0, 1e6],
  ridge: [0, 1e6],
  offset: [-1e6, 1e6],
};

function checkSetting(name: SettingName, value: unknown): void {
  if (typeof value === "boolean") return;
  const range = ranges[name];
  for (const number of [value].flat() as number[]) {
    if (range === undefined) checkPositiveInteger(where, name, number);
    else if (range === "positive") checkPositive(where, name, number);
    else checkInRange(where, name, number, ...range);
  }
}

function checkBatches(config: BaselineConfigs[BaselineName]): void {
  if ("batchSize" in config && config.batchSize < 2) {
    throw new ValueError(`${where}: batchSize must be at least 2, got ${config.batchSize}`);
  }
  if ("queueSize" in config && config.queueSize % config.batchSize !== 0) {
    throw new ValueError(
      `${where}: queueSize must be a multiple of batchSize, got ${config.queueSize} and ${config.batchSize}`,
    );
  }
}
