import { checkOneOf, checkOptions } from "@wayweave/geo-core";
import { checkObject } from "../inputs/check-trips.js";
import { checkPretrain, checkSelfTrain, checkSizes } from "./config-checks.js";
import type {
  E2DTCConfig,
  NetworkConfig,
  PretrainConfig,
  SelfTrainConfig,
  TokenConfig,
} from "./config-types.js";

export {
  type Departure,
  departureNames,
  departuresOf,
  type E2DTCConfig,
  type NetworkConfig,
  type PretrainConfig,
  type Seeding,
  type SelfTrainConfig,
  seedingNames,
  type TokenConfig,
} from "./config-types.js";

/** What a token tells beside its cell. */
const inputs = { places: true, offsets: true, directions: true, timeOfDay: false } as const;

/** Damage of the preset `student`: all that it has to learn is to label damaged trips as their whole ones. */
const studentNoise = { noiseRates: [0, 0.2, 0.4, 0.6, 0.8], cutRates: [0, 0, 0.25, 0.5, 0.7] } as const;

const common = {
  tokens: { cellSizeMeters: null, minFrequency: null, keepRepeats: false, maxTokens: 512 },
  batchSize: 64,
  tokensPerBatch: 8192,
  clipNorm: 5,
} as const;

const commonPretrain = {
  minEpochSteps: 40,
  neighbors: 10,
  scaleCells: 1,
  noiseRates: [0, 0.2, 0.4, 0.6],
  cutRates: [0, 0, 0.25, 0.5],
  noiseCells: 0.5,
  sampledNegatives: 4096,
  validationShare: 0.1,
  patience: 3,
  skipGramEpochs: 3,
} as const;

const commonSelfTrain = {
  loss: "L2",
  minEpochSteps: 60,
  warmUpEpochs: 3,
  warmUpAgreement: 0.98,
  reconstructionWeight: 1,
  clusterWeight: 1,
  tripletWeight: 0.1,
  margin: 0.5,
  relativeMargin: true,
  clusterDamaged: true,
  tolerance: 0.001,
  seeding: "auto",
  referenceCompatible: false,
} as const;

/** `small` trains in minutes on two cores; `large` has the network and the learning rate of the paper. */
export const sizes = {
  small: {
    network: { layers: 1, hidden: 128, attention: false },
    pretrain: { epochs: 8, learningRate: 2e-3 },
    selfTrain: { epochs: 10, learningRate: 2e-3 },
  },
  large: {
    network: { layers: 3, hidden: 256, attention: false },
    pretrain: { epochs: 60, learningRate: 1e-4 },
    selfTrain: { epochs: 30, learningRate: 1e-4 },
  },
} as const;

/** How large the network is and how long it trains: see {@link sizes}. */
export type SizeName = keyof typeof sizes;

/**
 * How the method goes. `standard`: the clusters start from a clustering that needs no network, which the network learns first. `paper`: as
 * the paper has it, from k-means on the embeddings, and self-training from its first epoch on; tokens are cells and nothing more, the
 * margin is absolute, and only undamaged trips are clustered. `student`: learns its start and nothing else, from its trips and from damaged
 * and partial variants of them, without pre-training and without the decoder: in seconds, to label many more trips. Each is of a size of
 * its own unless another is asked for.
 */
export const presets = {
  standard: { size: "small", tokens: {}, network: {}, pretrain: {}, selfTrain: {} },
  student: {
    size: "small",
    tokens: {},
    network: {},
    pretrain: { ...studentNoise, epochs: 0 },
    selfTrain: {
      epochs: 10,
      minEpochSteps: 25,
      warmUpEpochs: 10,
      warmUpAgreement: 1,
      reconstructionWeight: 0,
      learningRate: 4e-3,
    },
  },
  paper: {
    size: "large",
    batchSize: 256,
    tokens: { cellSizeMeters: 300 },
    network: { places: false, offsets: false, directions: false },
    pretrain: { cutRates: [0] },
    selfTrain: {
      seeding: "kMeans",
      minEpochSteps: 30,
      warmUpEpochs: 0,
      margin: 1,
      relativeMargin: false,
      clusterDamaged: false,
    },
  },
} as const satisfies Record<string, MethodSettings>;

interface MethodSettings {
  readonly size: SizeName;
  readonly batchSize?: number;
  readonly tokens: Partial<TokenConfig>;
  readonly network: Partial<NetworkConfig>;
  readonly pretrain: Partial<PretrainConfig>;
  readonly selfTrain: Partial<SelfTrainConfig>;
}

/** How the method goes: see {@link presets}. */
export type PresetName = keyof typeof presets;

/** A preset and what to change in it. */
export interface ConfigOverrides {
  /** The method. @defaultValue "standard" */
  readonly preset?: PresetName;
  /** The network and how long it trains. @defaultValue the preset's: `small` for `standard`, `large` for `paper` */
  readonly size?: SizeName;
  /** What to change in how trajectories become tokens. */
  readonly tokens?: Partial<TokenConfig>;
  /** What to change in encoder and decoder. */
  readonly network?: Partial<NetworkConfig>;
  /** Trajectories a step at most. @defaultValue 64; 256 with the preset `paper` */
  readonly batchSize?: number;
  /** Tokens a step at most, those included that fill rows up to one length. @defaultValue 8192 */
  readonly tokensPerBatch?: number;
  /** Longest gradient: a longer one is made that long. @defaultValue 5, as in the paper */
  readonly clipNorm?: number;
  /** What to change in phases 1 and 2. */
  readonly pretrain?: Partial<PretrainConfig>;
  /** What to change in phase 3. */
  readonly selfTrain?: Partial<SelfTrainConfig>;
}

/** The options that {@link resolveConfig} takes. */
export const configKeys = [
  "preset",
  "size",
  "tokens",
  "network",
  "batchSize",
  "tokensPerBatch",
  "clipNorm",
  "pretrain",
  "selfTrain",
] as const;

/**
 * A preset of a size, with changes.
 *
 * @param where the function that the user called, for error messages
 * @throws {ValueError} a value out of its range, an unknown option
 */
export function resolveConfig(overrides: ConfigOverrides = {}, where = "resolveConfig"): E2DTCConfig {
  checkObject(where, "options", overrides);
  const { preset = "standard" } = overrides;
  checkOneOf(where, "preset", preset, Object.keys(presets) as PresetName[]);
  const { size = presets[preset].size } = overrides;
  checkOneOf(where, "size", size, Object.keys(sizes) as SizeName[]);
  const { network, pretrain, selfTrain } = sizes[size];
  const config: E2DTCConfig = {
    tokens: { ...common.tokens, ...presets[preset].tokens, ...given(overrides.tokens) },
    network: { ...inputs, ...network, ...presets[preset].network, ...given(overrides.network) },
    batchSize: overrides.batchSize ?? (presets[preset] as MethodSettings).batchSize ?? common.batchSize,
    tokensPerBatch: overrides.tokensPerBatch ?? common.tokensPerBatch,
    clipNorm: overrides.clipNorm ?? common.clipNorm,
    pretrain: { ...commonPretrain, ...pretrain, ...presets[preset].pretrain, ...given(overrides.pretrain) },
    selfTrain: {
      ...commonSelfTrain,
      ...selfTrain,
      ...presets[preset].selfTrain,
      ...given(overrides.selfTrain),
    },
  };
  for (const part of ["tokens", "network", "pretrain", "selfTrain"] as const) {
    checkOptions(`${where}: ${part}`, overrides[part], Object.keys(config[part]) as never[]);
  }
  checkSizes(where, config);
  checkPretrain(where, config.pretrain);
  checkSelfTrain(where, config.selfTrain);
  return config;
}

/** Without the options that are `undefined`, which leave the default as it is. */
function given<T extends object>(options: T | undefined): Partial<T> {
  return Object.fromEntries(
    Object.entries(options ?? {}).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}
