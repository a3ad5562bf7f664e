import type { DatasetId } from "../datasets/catalogue.js";
import type { Download } from "../datasets/fetch.js";
import type { AnyExperiment } from "../experiments/experiment.js";

/** What every command works with. */
export interface CliContext {
  readonly experiments: readonly AnyExperiment[];
  readonly downloads: Readonly<Partial<Record<DatasetId, Download>>>;
  /** Aborted by the first Ctrl-C; the second ends the process. */
  readonly signal: AbortSignal;
}

/** Exit codes: 0 done, 1 something failed, 2 the command line was wrong, 130 interrupted. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;
