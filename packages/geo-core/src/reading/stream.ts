import { StateError } from "../foundation/errors.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { Ledger } from "./ledger.js";
import type { ReadReport } from "./report.js";

/** A part of what a streaming reader reads. */
export interface TrajectoryBatch {
  /** Whole trajectories that were read since the batch before; none is split between two batches. */
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
    return this.into(this.#ledger);
  }

  /** @internal The iteration, with another's accounts. */
  into(ledger: Ledger): AsyncGenerator<Batch, void> {
    if (this.#run === undefined) throw new StateError(`${this.#where}: a stream can be iterated only once`);
    const run = this.#run;
    this.#run = undefined;
    return run(ledger);
  }
}
