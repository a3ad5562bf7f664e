import Table from "cli-table3";
import type { AnyExperiment } from "../experiments/experiment.js";
import { formatEstimate, formatPaper, formatSeconds } from "../results/format.js";
import { type MetricName, metricInfo } from "../results/metric-names.js";
import type { ResultFile } from "../results/schema.js";

/** A results file as a table for the terminal: ours with its spread, the paper's value in brackets. */
export function textTable(experiment: AnyExperiment, result: ResultFile): string {
  const metrics = shownMetrics(experiment, result);
  const table = new Table({
    head: ["dataset", "system", ...metrics.map((name) => metricInfo[name].label), "time"],
    style: { head: [], border: [], compact: true },
    colAligns: ["left", "left", ...metrics.map(() => "right" as const), "right"],
  });
  const synthetic = syntheticNames(result);
  for (const row of result.rows) {
    const isSynthetic = row.data.some((name) => synthetic.has(name));
    const cells = metrics.map((name) => {
      const ours = row.metrics[name];
      const paper = row.paper?.[name];
      const text = ours === undefined ? "–" : formatEstimate(name, ours);
      return paper === undefined ? text : `${text} [${formatPaper(name, paper)}]`;
    });
    table.push([
      isSynthetic ? `${row.dataset} (synthetic)` : row.dataset,
      row.error === undefined ? row.system : `${row.system}: failed`,
      ...cells,
      formatSeconds(row.seconds),
    ]);
  }
  return table.toString();
}

/** The experiment's columns, and any other metric that a row has. */
export function shownMetrics(experiment: AnyExperiment, result: ResultFile): MetricName[] {
  const present = result.rows.flatMap((row) => Object.keys(row.metrics) as MetricName[]);
  return [...new Set([...experiment.metrics, ...present])];
}

/** The names of the result's data that are synthetic. */
export function syntheticNames(result: ResultFile): Set<string> {
  return new Set(result.data.filter(({ source }) => source === "synthetic").map(({ name }) => name));
}
