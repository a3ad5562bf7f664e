import {
  checkInRange,
  checkNonNegativeInteger,
  checkOneOf,
  checkOptions,
  checkPositive,
  checkPositiveInteger,
  ValueError,
} from "@wayweave/geo-core";

/** How trajectories become tokens. */
export interface TokenConfig {
  /**
   * Side of a cell: Web Mercator metres (planar: the set's unit); `null` for a twentieth of the median trip's length, but cells so large that
   * the grid has at most a million.
   */
  readonly cellSizeMeters: number | null;
  /** Visits that a cell needs to be kept; `null` for 50 for every 86,000 trajectories, at least 1. */
  readonly minFrequency: number | null;
  /** Whether a run of points in one cell stays a run of tokens. */
  readonly keepRepeats: boolean;
  /** The most tokens that a trajectory may have. */
  readonly maxTokens: number;
}

export interface NetworkConfig {
  /** GRU layers of the encoder and of the decoder. */
  readonly layers: number;
  /** Length of the embeddings: the encoder's two directions have half of it each. Even. */
  readonly hidden: number;
  /** Whether the decoder looks back at the encoder's states (Luong et al. 2015), as t2vec's code lets it. */
  readonly attention: boolean;
}

/** Phase 1 and 2 of the paper: cell vectors, then sequence-to-sequence reconstruction (§V-B, §V-C). */
export interface PretrainConfig {
  readonly epochs: number;
  /** An epoch of a small set goes through it as often as makes this many steps. */
  readonly minEpochSteps: number;
  readonly learningRate: number;
  /** Nearest cells that count as right, with weights (eq. 8). */
  readonly neighbors: number;
  /** α of eq. 8, in cells. */
  readonly scaleCells: number;
  /** r₁ and r₂ are drawn from these. */
  readonly noiseRates: readonly number[];
  /** Standard deviation of a moved point, in cells. */
  readonly noiseCells: number;
  /** Vocabularies up to this size are predicted in full; from larger ones, as many negatives are drawn for a batch. */
  readonly sampledNegatives: number;
  /** Share of trajectories held out for the validation loss. */
  readonly validationShare: number;
  /** Epochs without a better validation loss after which pre-training ends. */
  readonly patience: number;
  readonly skipGramEpochs: number;
}

/** Where the clusters start: see `seedClusters`. */
export const seedingNames = [
  "auto",
  "best",
  "densityPeaks",
  "farthestFirst",
  "places",
  "mostVisited",
  "kMeans",
] as const;
export type Seeding = (typeof seedingNames)[number];

/**
 * Where the authors' code departs from the paper (§V-D, §V-E), apart from what it does with true labels:
 * `fixedCenters`, clusters' centres do not learn; `misalignedTargets`, rows of P meet other trajectories' rows of Q, since P is
 * in the data's order and batches are sorted by length; `anyNegatives`, triplets' negatives are drawn whatever their cluster.
 */
export const departureNames = ["fixedCenters", "misalignedTargets", "anyNegatives"] as const;
export type Departure = (typeof departureNames)[number];

/** Phase 3 of the paper: clustering by self-training (§V-D, §V-E). */
export interface SelfTrainConfig {
  /**
   * `L0` is pre-training, and each trip to the nearest of the centres that `seeding` found (k-means on the embeddings, as in the
   * paper, with `kMeans` only; of a start among the places, the clusters' mean embeddings). `L1` adds the clustering loss (eq. 12),
   * `L2` the triplet loss (eq. 14).
   */
  readonly loss: "L0" | "L1" | "L2";
  /**
   * Epochs at most, those of the warm-up included: from a start among the places, with no more than `warmUpEpochs`, the network
   * only learns to imitate that start.
   */
  readonly epochs: number;
  /** An epoch of a small set goes through it as often as makes this many steps. */
  readonly minEpochSteps: number;
  /**
   * Epochs, at least, in which P is the clusters of places, where these are the start: the network learns them before it trains
   * itself. 0 for no warm-up at all.
   */
  readonly warmUpEpochs: number;
  /**
   * The warm-up goes on as long as fewer than this share of the trips are in the cluster that they start in, but ends where an epoch
   * brings hardly more of them there (`history.selfTrain[i].agreement` tells), and after half of all epochs at the latest.
   */
  readonly warmUpAgreement: number;
  readonly learningRate: number;
  /** β of eq. 14. */
  readonly clusterWeight: number;
  /** γ of eq. 14. */
  readonly tripletWeight: number;
  /** α of eq. 13. */
  readonly margin: number;
  /** δ of Algorithm 1, as a share: training ends when at most this share of the network's own labels changed in an epoch. */
  readonly tolerance: number;
  readonly seeding: Seeding;
  /** What of the authors' code is reproduced to show what it is worth: `true` for all of it. */
  readonly referenceCompatible: boolean | readonly Departure[];
}

export interface E2DTCConfig {
  readonly tokens: TokenConfig;
  readonly network: NetworkConfig;
  /** Trajectories a step at most; long ones go in smaller batches, of up to `tokensPerBatch`. */
  readonly batchSize: number;
  readonly tokensPerBatch: number;
  /** Longest gradient, as in the paper. */
  readonly clipNorm: number;
  readonly pretrain: PretrainConfig;
  readonly selfTrain: SelfTrainConfig;
}

const common = {
  tokens: { cellSizeMeters: null, minFrequency: null, keepRepeats: false, maxTokens: 512 },
  batchSize: 256,
  tokensPerBatch: 8192,
  clipNorm: 5,
} as const;

const commonPretrain = {
  minEpochSteps: 40,
  neighbors: 10,
  scaleCells: 1,
  noiseRates: [0, 0.2, 0.4, 0.6],
  noiseCells: 0.5,
  sampledNegatives: 4096,
  validationShare: 0.1,
  patience: 3,
  skipGramEpochs: 3,
} as const;

const commonSelfTrain = {
  loss: "L2",
  minEpochSteps: 30,
  warmUpEpochs: 3,
  warmUpAgreement: 0.98,
  clusterWeight: 1,
  tripletWeight: 0.1,
  margin: 1,
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

export type SizeName = keyof typeof sizes;

/**
 * How the method goes. `standard`: the clusters start from a clustering that needs no network, which the network learns first. `paper`: as
 * the paper has it, from k-means on the embeddings, and self-training from its first epoch on. Each is of a size of its own unless
 * another is asked for.
 */
export const presets = {
  standard: { size: "small", tokens: {}, selfTrain: {} },
  paper: {
    size: "large",
    tokens: { cellSizeMeters: 300 },
    selfTrain: { seeding: "kMeans", warmUpEpochs: 0 },
  },
} as const satisfies Record<
  string,
  {
    readonly size: SizeName;
    readonly tokens: Partial<TokenConfig>;
    readonly selfTrain: Partial<SelfTrainConfig>;
  }
>;

export type PresetName = keyof typeof presets;

/** A preset and what to change in it. */
export interface ConfigOverrides {
  /** The method. @defaultValue "standard" */
  readonly preset?: PresetName;
  /** The network and how long it trains. @defaultValue the preset's: `small` for `standard`, `large` for `paper` */
  readonly size?: SizeName;
  readonly tokens?: Partial<TokenConfig>;
  readonly network?: Partial<NetworkConfig>;
  readonly batchSize?: number;
  readonly tokensPerBatch?: number;
  readonly clipNorm?: number;
  readonly pretrain?: Partial<PretrainConfig>;
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
  const { preset = "standard" } = overrides;
  checkOneOf(where, "preset", preset, Object.keys(presets) as PresetName[]);
  const { size = presets[preset].size } = overrides;
  checkOneOf(where, "size", size, Object.keys(sizes) as SizeName[]);
  const { network, pretrain, selfTrain } = sizes[size];
  const config: E2DTCConfig = {
    tokens: { ...common.tokens, ...presets[preset].tokens, ...given(overrides.tokens) },
    network: { ...network, ...given(overrides.network) },
    batchSize: overrides.batchSize ?? common.batchSize,
    tokensPerBatch: overrides.tokensPerBatch ?? common.tokensPerBatch,
    clipNorm: overrides.clipNorm ?? common.clipNorm,
    pretrain: { ...commonPretrain, ...pretrain, ...given(overrides.pretrain) },
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

function checkSizes(
  where: string,
  { tokens, network, batchSize, tokensPerBatch, clipNorm }: E2DTCConfig,
): void {
  if (tokens.cellSizeMeters !== null) {
    checkPositive(where, "tokens.cellSizeMeters", tokens.cellSizeMeters);
  }
  if (tokens.minFrequency !== null) checkPositiveInteger(where, "tokens.minFrequency", tokens.minFrequency);
  checkPositiveInteger(where, "tokens.maxTokens", tokens.maxTokens);
  checkPositiveInteger(where, "network.layers", network.layers);
  checkPositiveInteger(where, "network.hidden", network.hidden);
  if (network.hidden % 2 !== 0) {
    throw new ValueError(`${where}: network.hidden must be even, got ${network.hidden}`);
  }
  checkPositiveInteger(where, "batchSize", batchSize);
  checkPositiveInteger(where, "tokensPerBatch", tokensPerBatch);
  checkPositive(where, "clipNorm", clipNorm);
}

function checkPretrain(where: string, pretrain: PretrainConfig): void {
  for (const name of ["epochs", "minEpochSteps", "neighbors", "sampledNegatives", "patience"] as const) {
    checkPositiveInteger(where, `pretrain.${name}`, pretrain[name]);
  }
  checkNonNegativeInteger(where, "pretrain.skipGramEpochs", pretrain.skipGramEpochs);
  checkPositive(where, "pretrain.learningRate", pretrain.learningRate);
  checkPositive(where, "pretrain.scaleCells", pretrain.scaleCells);
  checkInRange(where, "pretrain.noiseCells", pretrain.noiseCells, 0, 1000);
  checkInRange(where, "pretrain.validationShare", pretrain.validationShare, 0, 0.5);
  if (pretrain.noiseRates.length === 0) {
    throw new ValueError(`${where}: pretrain.noiseRates must hold at least one rate, got 0`);
  }
  for (const rate of pretrain.noiseRates) checkInRange(where, "pretrain.noiseRates", rate, 0, 1);
}

function checkSelfTrain(where: string, selfTrain: SelfTrainConfig): void {
  checkOneOf(where, "selfTrain.loss", selfTrain.loss, ["L0", "L1", "L2"]);
  checkOneOf(where, "selfTrain.seeding", selfTrain.seeding, seedingNames);
  checkPositiveInteger(where, "selfTrain.epochs", selfTrain.epochs);
  checkPositiveInteger(where, "selfTrain.minEpochSteps", selfTrain.minEpochSteps);
  checkNonNegativeInteger(where, "selfTrain.warmUpEpochs", selfTrain.warmUpEpochs);
  checkInRange(where, "selfTrain.warmUpAgreement", selfTrain.warmUpAgreement, 0, 1);
  checkPositive(where, "selfTrain.learningRate", selfTrain.learningRate);
  checkInRange(where, "selfTrain.clusterWeight", selfTrain.clusterWeight, 0, 1000);
  checkInRange(where, "selfTrain.tripletWeight", selfTrain.tripletWeight, 0, 1000);
  checkPositive(where, "selfTrain.margin", selfTrain.margin);
  checkInRange(where, "selfTrain.tolerance", selfTrain.tolerance, 0, 1);
  for (const departure of departuresOf(selfTrain)) {
    checkOneOf(where, "selfTrain.referenceCompatible", departure, departureNames);
  }
}

/** The departures that a configuration asks for. */
export function departuresOf({
  referenceCompatible: wanted,
}: Pick<SelfTrainConfig, "referenceCompatible">): readonly Departure[] {
  if (wanted === true) return departureNames;
  return wanted === false ? [] : wanted;
}
