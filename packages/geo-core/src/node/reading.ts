import type { FormatLocation } from "../foundation/errors.js";
import { StateError } from "../foundation/errors.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { Ledger } from "./internal/ledger.js";

/** What every reader of this entry takes. */
export interface ReadOptions {
  /**
   * `false`: the first broken record or file is a `FormatError` with its place. `true`: it is skipped, and counted by
   * reason in the {@link ReadReport}.
   *
   * @defaultValue false
   */
  readonly lenient?: boolean;
  /** Stops reading between two chunks; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after every chunk of input. */
  readonly onProgress?: (progress: ReadProgress) => void;
}

/** What every streaming reader takes. */
export interface StreamOptions extends ReadOptions {
  /**
   * A batch is handed over once its finished trajectories hold this many points.
   *
   * @defaultValue 65536
   */
  readonly batchPoints?: number;
}

export interface ReadProgress {
  /** Bytes read, of `total`. */
  readonly done: number;
  readonly total: number;
  /** The file being read. */
  readonly file: string;
  /** Records read, kept or not. */
  readonly records: number;
}

/** Records (or files) left out for one reason. */
export interface Skipped {
  readonly reason: string;
  readonly count: number;
  /** The first place where it happened. */
  readonly firstAt: FormatLocation;
}

/** What a reader found; `records = kept + Σ skipped.count`, always. */
export interface ReadReport {
  /** Files of the format that were found. */
  readonly files: number;
  /** Records (which of a file's parts is a record, each reader says). */
  readonly records: number;
  /** Records that are in the result. */
  readonly kept: number;
  /** Records that are not, most frequent reason first. */
  readonly skipped: readonly Skipped[];
  /** Files that could not be read, or not to their end: truncated, encrypted, empty, unsafe names. */
  readonly damagedFiles: readonly Skipped[];
}

/** A part of what a streaming reader reads. */
export interface TrajectoryBatch {
  readonly trajectories: TrajectorySet;
}

/**
 * A file being read: iterate it once for its batches, and look at `report` during or afterwards.
 *
 * @example
 * const stream = streamPorto("train.csv.zip", { lenient: true });
 * for await (const { trajectories } of stream) console.log(trajectories.length);
 * console.log(stream.report.kept);
 */
export class TrajectoryStream<Batch extends TrajectoryBatch> implements AsyncIterable<Batch> {
  readonly #ledger: Ledger;
  readonly #where: string;
  #run: ((ledger: Ledger) => AsyncGenerator<Batch, void>) | undefined;

  /** @param run called at the first iteration, with the ledger that `report` shows */
  constructor(where: string, lenient: boolean, run: (ledger: Ledger) => AsyncGenerator<Batch, void>) {
    this.#where = where;
    this.#ledger = new Ledger(lenient);
    this.#run = run;
  }

  /** What was found so far. */
  get report(): ReadReport {
    return this.#ledger.report();
  }

  /** @throws {StateError} it was iterated before */
  [Symbol.asyncIterator](): AsyncGenerator<Batch, void> {
    if (this.#run === undefined) throw new StateError(`${this.#where}: a stream can be iterated only once`);
    const run = this.#run;
    this.#run = undefined;
    return run(this.#ledger);
  }
}
