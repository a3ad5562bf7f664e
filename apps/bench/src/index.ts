export { type CliOptions, runCli } from "./commands/program.js";
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
} from "./experiments/experiment.js";
export { experiments } from "./experiments/index.js";
export { type MetricInfo, type MetricName, metricInfo, metricNames } from "./results/metric-names.js";
export { rawArrays } from "./results/raw-arrays.js";
export { type ResultFile, schemaVersion } from "./results/schema.js";
