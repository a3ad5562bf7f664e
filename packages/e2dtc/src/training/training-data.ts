import path from "node:path";
import type { TrainProgress } from "@wayweave/nn/train";
import type { E2DTCConfig } from "../model/config.js";
import type { TokenSequences, TokenSource } from "../tokens/tokens.js";
import type { EngineOptions, Evaluator } from "./evaluator.js";
import type { ReconstructionOfBatch } from "./reconstruction.js";

/** What both phases of training work with. */
export interface TrainingData {
  /** The function that the user called, for error messages. */
  readonly where: string;
  readonly source: TokenSource;
  readonly clean: TokenSequences;
  readonly config: E2DTCConfig;
  readonly reconstruction: ReconstructionOfBatch;
  readonly evaluator: Evaluator;
  /** Names data and configuration: a save of another run is refused. */
  readonly identity: string;
  /** The same for what pre-training depends on: neither k nor self-training. */
  readonly pretrainIdentity: string;
  readonly seed: number;
  readonly engine: EngineOptions;
  readonly checkpointDir: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The parts of a fit, in their order. */
export type FitPhase = "vocabulary" | "skipGram" | "pretrain" | "start" | "selfTrain" | "predict";

/** How far a fit has come. `done` of `total` count steps of training, or parts of what the phase does. */
export interface FitProgress extends Omit<TrainProgress, "phase" | "loss" | "elapsedMs" | "remainingMs"> {
  /** Which part of the fit is under way. */
  readonly phase: FitPhase;
  /** Of the last step; `null` in phases that train nothing. */
  readonly loss: number | null;
}

/** Where a phase is saved, as `runEpochs` takes it. */
export function phaseFile(
  { checkpointDir, identity }: TrainingData,
  phase: string,
): { file: string; identity: string } | Record<string, never> {
  return checkpointDir === undefined
    ? {}
    : { file: path.join(checkpointDir, `${phase}.safetensors`), identity };
}

/** `onProgress` of `runEpochs` from that of a fit. */
export function tellPhase(
  phase: FitPhase,
  onProgress: ((progress: FitProgress) => void) | undefined,
): { onProgress?: (progress: TrainProgress) => void } {
  if (onProgress === undefined) return {};
  return {
    onProgress: ({ epoch, epochs, done, total, loss }) =>
      onProgress({ phase, epoch, epochs, done, total, loss }),
  };
}
