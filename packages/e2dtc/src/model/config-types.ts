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

/** How large encoder and decoder are, and what a token tells them. */
export interface NetworkConfig {
  /** GRU layers of the encoder and of the decoder. */
  readonly layers: number;
  /** Length of the embeddings: the encoder's two directions have half of it each. Even. */
  readonly hidden: number;
  /** Whether the decoder looks back at the encoder's states (Luong et al. 2015), as t2vec's code lets it. */
  readonly attention: boolean;
  /** Whether a token also tells where its cell lies on the map, so that what is learnt of a cell holds for those around it. Not in the paper. */
  readonly places: boolean;
  /** Whether a token also tells where in its cell its first point lies: lanes that share a cell are told apart. Not in the paper. */
  readonly offsets: boolean;
  /** Whether a token also tells from which direction, and from how many cells away, its trip came to it. Not in the paper. */
  readonly directions: boolean;
  /**
   * Whether a token also tells at what time of the day its trip came to its cell, so that the same way in the morning and in the evening may
   * be two clusters; needs trips with times since the Unix epoch (of times since the start of a recording it would make midnights). Of the starts
   * only `startLabels`, `startProbabilities` and `kMeans`, on the embeddings, can tell times apart. Not in the paper.
   */
  readonly timeOfDay: boolean;
}

/** Phase 1 and 2 of the paper: cell vectors, then sequence-to-sequence reconstruction (§V-B, §V-C). */
export interface PretrainConfig {
  /** 0 for none: self-training then begins with the cells' vectors and a network drawn at random. */
  readonly epochs: number;
  /** An epoch of a small set goes through it as often as makes this many steps. */
  readonly minEpochSteps: number;
  /** Adam's, the same at each step; > 0. */
  readonly learningRate: number;
  /** Nearest cells that count as right, with weights (eq. 8). */
  readonly neighbors: number;
  /** α of eq. 8, in cells. */
  readonly scaleCells: number;
  /** r₁ and r₂ are drawn from these. */
  readonly noiseRates: readonly number[];
  /** The share missing at one end of a damaged variant is drawn from these: `[0]` for whole trips, as in the paper. */
  readonly cutRates: readonly number[];
  /** Standard deviation of a moved point, in cells. */
  readonly noiseCells: number;
  /** Vocabularies up to this size are predicted in full; from larger ones, as many negatives are drawn for a batch. */
  readonly sampledNegatives: number;
  /** Share of trajectories held out for the validation loss. */
  readonly validationShare: number;
  /** Epochs without a better validation loss after which pre-training ends. */
  readonly patience: number;
  /** Passes through the trips for the cells' vectors (eq. 7); with 0 these stay as they were drawn at random. */
  readonly skipGramEpochs: number;
}

/** All of {@link Seeding}. */
export const seedingNames = [
  "auto",
  "best",
  "densityPeaks",
  "farthestFirst",
  "places",
  "mostVisited",
  "kMeans",
] as const;
/** Where the clusters start. `auto`: the clustering of the trips' lines that holds best, found without a network; else see `seedClusters`. */
export type Seeding = (typeof seedingNames)[number];

/** All of {@link Departure}. */
export const departureNames = ["fixedCenters", "misalignedTargets", "anyNegatives"] as const;
/**
 * Where the authors' code departs from the paper (§V-D, §V-E), apart from what it does with true labels. `fixedCenters`: clusters' centres
 * do not learn. `misalignedTargets`: rows of P meet other trajectories' rows of Q, since P is in the data's order and batches are sorted
 * by length. `anyNegatives`: triplets' negatives are drawn whatever their cluster.
 */
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
  /** Adam's, the same at each step; > 0. */
  readonly learningRate: number;
  /** What eq. 8 counts in eq. 14: 1 in the paper. With 0 the decoder is not run, which makes a step several times as fast. */
  readonly reconstructionWeight: number;
  /** β of eq. 14. */
  readonly clusterWeight: number;
  /** γ of eq. 14. */
  readonly tripletWeight: number;
  /** α of eq. 13. */
  readonly margin: number;
  /**
   * Whether `margin` counts in mean squared distances to the batch's negatives: then the hinge acts whatever the embeddings' scale. As the
   * paper has it (`false`), α = 1 is next to nothing beside distances of some tens, and the triplet loss is 0.
   */
  readonly relativeMargin: boolean;
  /** Whether damaged variants, too, are to be in their trip's cluster (eq. 11 for them as well). Not in the paper. */
  readonly clusterDamaged: boolean;
  /** δ of Algorithm 1, as a share: training ends when at most this share of the network's own labels changed in an epoch. */
  readonly tolerance: number;
  /** Where the clusters start; `startLabels` and `startProbabilities` of `fitE2DTC` go before it. */
  readonly seeding: Seeding;
  /** What of the authors' code is reproduced to show what it is worth: `true` for all of it. */
  readonly referenceCompatible: boolean | readonly Departure[];
}

/** A whole configuration, as a preset and its changes resolve to it. */
export interface E2DTCConfig {
  /** How trajectories become tokens. */
  readonly tokens: TokenConfig;
  /** Encoder and decoder. */
  readonly network: NetworkConfig;
  /** Trajectories a step at most; long ones go in smaller batches, of up to `tokensPerBatch`. */
  readonly batchSize: number;
  /** Tokens a step at most, those included that fill rows up to one length; a single trajectory may have more. */
  readonly tokensPerBatch: number;
  /** Longest gradient, as in the paper. */
  readonly clipNorm: number;
  /** Phases 1 and 2. */
  readonly pretrain: PretrainConfig;
  /** Phase 3. */
  readonly selfTrain: SelfTrainConfig;
}

/** The departures that a configuration asks for. */
export function departuresOf({
  referenceCompatible: wanted,
}: {
  readonly referenceCompatible: boolean | readonly Departure[];
}): readonly Departure[] {
  if (wanted === true) return departureNames;
  return wanted === false ? [] : wanted;
}
