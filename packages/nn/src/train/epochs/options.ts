import type { Random } from "@wayweave/geo-core";
import type { BatchEntry, HostTensor } from "../host-tensor.js";
import type { TrainProgress } from "./progress.js";

/** One batch of an epoch. */
export interface EpochBatch {
  /** As the step's batchSpec asks. */
  readonly entries: Readonly<Record<string, BatchEntry>>;
  /** What it counts in the epoch's means, such as its number of examples. @defaultValue 1 */
  readonly weight?: number;
  /** Which loss of the step runs, where there is more than one: the `phase` of `TrainStep.step`. */
  readonly phase?: string;
}

/** What an epoch does. */
export type EpochPlan<Note> = {
  /** Steps that it takes. An estimate will do: progress and schedule go by it. */
  readonly steps: number;
  /** Drawn one at a time, each after the step before it. A generator makes a batch when its turn comes. */
  readonly batches: Iterable<EpochBatch> | AsyncIterable<EpochBatch>;
} & (null extends Note ? { readonly note?: Note } : { readonly note: Note });

/** What an epoch left. */
export interface EpochRecord<Note> {
  /** Weighted mean of the loss and of every other scalar that the step reports. */
  readonly means: Readonly<Record<string, number>>;
  /** What `validate` found; `null` without it. */
  readonly validation: number | null;
  /** What its plan noted. */
  readonly note: Note;
}

/** Before an epoch. */
export interface EpochStart<Note> {
  /** From 0. */
  readonly epoch: number;
  /** This epoch's own stream: `random.split(epoch)`. */
  readonly random: Random;
  /** The epochs before. */
  readonly history: readonly EpochRecord<Note>[];
}

/** After an epoch. */
export interface EpochEnd {
  /** From 0. */
  readonly epoch: number;
  /** As the epoch left them. */
  readonly params: Readonly<Record<string, HostTensor>>;
  /** The run's, so that a long validation can stop too. */
  readonly signal: AbortSignal | undefined;
}

/** Before a step. */
export interface ScheduleStep {
  /** From 0. */
  readonly epoch: number;
  /** Epochs of this run at most. */
  readonly epochs: number;
  /** Steps of this run done before, from 0. */
  readonly step: number;
  /** Steps of this run: those done, and for each epoch to come as many as the current one has. */
  readonly total: number;
}

/** What a caller keeps from epoch to epoch and the training step does not know: labels, the state of a generator. */
export interface Carried {
  /** @returns something JSON can hold */
  save(): unknown;
  /** Takes back what `save` returned, after JSON. Called once, before the first epoch of a run that is resumed. */
  restore(saved: unknown): void;
}

/** What {@link runEpochs} trains on, for how long, and what it keeps. */
export interface RunEpochsOptions<Note> {
  /** The function that the user called, for error messages. */
  readonly where: string;
  /** At most so many, ≥ 0; those of the run that is resumed count. */
  readonly epochs: number;
  /** Epoch e draws from `random.split(e)` only, so that a resumed run draws what the interrupted one would have drawn. */
  readonly random: Random;
  /** Plans an epoch. `undefined` ends the training before it. */
  epoch(start: EpochStart<Note>): EpochPlan<Note> | undefined | Promise<EpochPlan<Note> | undefined>;
  /** The rate of a step, ≥ 0; {@link halfCosine} makes one. @defaultValue the optimizer's own */
  learningRate?(at: ScheduleStep): number;
  /** Which reported scalar progress shows, and which decides about the best epoch where nothing validates. @defaultValue `"loss"` */
  readonly objective?: string;
  /** Loss on data that are held out, after each epoch; `null` where none are. */
  validate?(end: EpochEnd): number | null | Promise<number | null>;
  /** Whether the parameters of the epoch of least loss are returned, and not those of the last. @defaultValue false */
  readonly keepBest?: boolean;
  /** Ends the training after so many epochs without a new best one; needs `keepBest`. @defaultValue no end */
  readonly patience?: number;
  /** Name of this part of the training, for progress. @defaultValue `"train"` */
  readonly phase?: string;
  /** Steps of the whole training before and after this part, so that its progress counts them. @defaultValue none */
  readonly otherSteps?: { readonly before?: number; readonly after?: number };
  /** Called after every step. */
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Stops the run before its next step; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Where the run is saved after each epoch. A run that finds its own save there goes on with it, bit for bit. */
  readonly file?: string | undefined;
  /** What a run must share with a saved one to go on with it: its configuration, a `digestOf` its data. Needed with `file`. */
  readonly identity?: string;
  /** What else is saved after each epoch, and given back to a run that is resumed. */
  readonly carried?: Carried;
}

/** What {@link runEpochs} returns. */
export interface TrainedEpochs<Note> {
  /** Of the last epoch, or with `keepBest` of the best. */
  readonly params: Readonly<Record<string, HostTensor>>;
  /** One record an epoch, those of an interrupted run included. */
  readonly history: readonly EpochRecord<Note>[];
  /** The epoch whose parameters these are, from 0; −1 where there was none. */
  readonly epoch: number;
  /** Steps taken, those of an interrupted run included. */
  readonly steps: number;
}
