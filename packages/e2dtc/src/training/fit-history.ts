import type { ChosenK } from "@wayweave/numeric";
import type { StartHistory } from "../clustering/choose-start.js";
import type { NetworkConfig } from "../model/config.js";
import { lengthsOf } from "../tokens/batches.js";
import type { TokenSequences } from "../tokens/tokens.js";
import type { Vocabulary } from "../tokens/vocabulary.js";
import type { PretrainEpoch } from "./pretrain.js";
import type { SelfTrainEpoch } from "./self-train.js";

/** How a fit went. */
export interface FitHistory {
  /** Losses of each epoch of pre-training, whichever fit did it; empty where none did. */
  readonly pretrain: readonly PretrainEpoch[];
  /** The epoch of pre-training whose parameters were kept, from 0. */
  readonly bestPretrainEpoch: number;
  /** Empty with the loss `L0`. */
  readonly selfTrain: readonly SelfTrainEpoch[];
  /** Whether Algorithm 1's stopping rule ended self-training, after one epoch of it beyond the warm-up at least; false with `L0`. */
  readonly converged: boolean;
  /** Share of the epochs of self-training that only imitated the start (warm-up); 0 where there are none. */
  readonly imitated: number;
  /** Share of trips that the final network has in the cluster that they start in; `null` where no labels were started from. */
  readonly startAgreement: number | null;
  /** What trips are spelt with. */
  readonly tokens: TokenSummary;
  /** What makes the result doubtful, in plain words; empty where nothing does. */
  readonly warnings: readonly string[];
  /** How k was chosen, where it was. */
  readonly chosenK: ChosenK | undefined;
  /** How the start was chosen, with the seeding `auto`. */
  readonly start: StartHistory | undefined;
}

/** What trips are spelt with. */
export interface TokenSummary {
  /** Web Mercator metres (planar: the set's unit). */
  readonly cellSizeMeters: number;
  /** Tokens of the middle trip. */
  readonly medianTokens: number;
  /** Cells that are tokens. */
  readonly cells: number;
  /** Sequences that differ from each other. */
  readonly differentSequences: number;
}

/** With fewer cells along the median trip a network sees little of its way; E2DTC's own data have 4. */
const FEW_TOKENS = 8;
/** With more, training is slow and cells are visited too rarely to be learnt. */
const MANY_TOKENS = 60;

export function summaryOfTokens(sequences: TokenSequences, vocabulary: Vocabulary): TokenSummary {
  const { tokens, offsets } = sequences;
  const lengths = lengthsOf(sequences).sort();
  const different = new Set<string>();
  for (let i = 0; i + 1 < offsets.length; i++) {
    different.add(tokens.subarray(offsets[i]!, offsets[i + 1]!).join(" "));
  }
  return {
    cellSizeMeters: vocabulary.cellSizeMeters,
    medianTokens: lengths[lengths.length >> 1]!,
    cells: vocabulary.cells.length,
    differentSequences: different.size,
  };
}

/** What of the tokens makes a fit doubtful. */
export function warningsOf(
  { cellSizeMeters, medianTokens, differentSequences }: TokenSummary,
  trips: number,
  k: number,
  emptied: number,
  { timeOfDay }: Pick<NetworkConfig, "timeOfDay">,
): string[] {
  const warnings: string[] = [];
  if (emptied > 0) {
    warnings.push(
      `${emptied} of ${k} clusters came out without a trip: a smaller k suits these trips, or another start`,
    );
  }
  const size = Number(cellSizeMeters.toPrecision(3));
  if (medianTokens < FEW_TOKENS) {
    warnings.push(
      `the median trip goes through ${medianTokens} cells of ${size}: choose a tokens.cellSizeMeters that makes 10 to 30 of them, or leave it out`,
    );
  }
  if (medianTokens > MANY_TOKENS) {
    warnings.push(
      `the median trip goes through ${medianTokens} cells of ${size}: training is slow, a larger tokens.cellSizeMeters makes 10 to 30 of them`,
    );
  }
  if (!timeOfDay && differentSequences < Math.min(trips, 5 * k)) {
    warnings.push(
      `${trips} trips are spelt in ${differentSequences} ways only, for ${k} clusters: what goes on within a cell of ${size} cannot be told apart`,
    );
  }
  return warnings;
}
