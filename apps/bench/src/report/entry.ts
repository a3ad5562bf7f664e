import type { AnyExperiment, Picture } from "../experiments/experiment.js";
import type { ResultFile } from "../results/schema.js";

/** The results of one experiment, the largest preset first. */
export interface ReportEntry {
  readonly experiment: AnyExperiment;
  readonly results: readonly ReportResult[];
}

/** A results file with the pictures that lie beside it. */
export interface ReportResult extends ResultFile {
  readonly drawings: readonly Picture[];
}
