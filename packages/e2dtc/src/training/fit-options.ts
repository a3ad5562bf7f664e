import type { SessionOptions } from "@wayweave/nn";
import type { KRange } from "@wayweave/numeric";
import type { ConfigOverrides } from "../model/config.js";
import type { EngineOptions } from "./evaluator.js";
import type { Pretrained } from "./pretrain.js";
import type { FitProgress } from "./training-data.js";

/** How many clusters {@link fitE2DTC} makes, what to change in a preset, and how the training runs. */
export interface FitOptions extends ConfigOverrides, EngineOptions {
  /** The number of clusters; this or `kRange`. */
  readonly k?: number;
  /** Lets the embeddings decide: see `chooseK`. */
  readonly kRange?: KRange;
  /** @defaultValue 0 */
  readonly seed?: number;
  /** Called after each step of training, and as the other phases go on. */
  readonly onProgress?: (progress: FitProgress) => void;
  /** Heard before each step; the promise is rejected with its reason. What `checkpointDir` holds of earlier epochs stays. */
  readonly signal?: AbortSignal;
  /** Where the run is saved after each epoch. A run that finds its own save there continues it (with `threads: 1`, bit for bit). */
  readonly checkpointDir?: string;
  /** Pre-training of an earlier fit, for another k or other losses: the result is the same as with pre-training anew. */
  readonly pretrained?: Pretrained;
  /** A clustering to start from, whichever way it was made: the network learns it first. 0 … k − 1, `[trajectories]`; needs `k`. */
  readonly startLabels?: ArrayLike<number>;
  /**
   * The same with doubts: each trip's share in each cluster, ≥ 0, rows add up to 1, row-major `[trajectories × k]`. These are the first P of
   * eq. 11, in place of certain `startLabels`; needs `k`.
   */
  readonly startProbabilities?: ArrayLike<number>;
  /** Whether trips that are far from all others of their cluster get −1 in `clusters`. @defaultValue false */
  readonly outliers?: boolean;
  /**
   * What becomes in `clusters` of clusters that the network gives no trip: `refill` with the trips that fit worst where they are, or `drop`. The
   * model itself keeps its k. @defaultValue "drop"
   */
  readonly emptyClusters?: "refill" | "drop";
  /** How the model is run afterwards. */
  readonly session?: SessionOptions;
}

/** The options besides the configuration's. */
export const fitKeys = [
  "k",
  "kRange",
  "seed",
  "onProgress",
  "signal",
  "checkpointDir",
  "pretrained",
  "startLabels",
  "startProbabilities",
  "outliers",
  "emptyClusters",
  "session",
  "engine",
  "threads",
] as const;
