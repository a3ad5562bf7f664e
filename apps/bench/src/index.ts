export {
  type AnyExperiment,
  type DataProvenance,
  defineExperiment,
  type Experiment,
  type ExperimentId,
  type Figure,
  type LoadedData,
  type MetricValues,
  type Picture,
  type PresetName,
  presetNames,
  type Row,
  type RowOutput,
  type RowPlan,
  type RunContext,
} from "./experiment.js";
export { experiments } from "./experiments/index.js";
export { type MetricInfo, type MetricName, metricInfo, metricNames } from "./metric-names.js";
export { type CliOptions, runCli } from "./program.js";
export { rawArrays } from "./raw-arrays.js";
export { type ResultFile, schemaVersion } from "./results/schema.js";
