import type { AnyExperiment } from "../experiment.js";

/** Every experiment, in the order of the report. Add yours here: one import, one entry. */
export const experiments: readonly AnyExperiment[] = [];
