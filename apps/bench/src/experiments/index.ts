import type { AnyExperiment } from "../experiment.js";
import { table2 } from "./e2dtc/table2.js";
import { table3 } from "./e2dtc/table3.js";

/** Every experiment, in the order of the report. Add yours here: one import, one entry. */
export const experiments: readonly AnyExperiment[] = [table2, table3];
