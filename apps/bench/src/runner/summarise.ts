import { bootstrapInterval } from "@wayweave/eval";
import { ValueError } from "@wayweave/geo-core";
import type { AnyExperiment, MetricValues, Row } from "../experiments/experiment.js";
import { type MetricName, metricInfo, metricNames } from "../results/metric-names.js";
import type { Estimate, ResultRow } from "../results/schema.js";

/** What is known of one row: its seeds' scores in the order of the seeds, the failed ones left out. */
export interface ScoredRow {
  readonly row: Row<Record<string, unknown>>;
  readonly scores: ReadonlyMap<number, MetricValues>;
  readonly seconds: readonly number[];
  readonly data: readonly string[];
  readonly error?: string | undefined;
}

/** The table: means and intervals over seeds, and every row's speedup over the reference row. Pure. */
export function summarise(experiment: AnyExperiment, scored: readonly ScoredRow[]): ResultRow[] {
  return scored.map((entry) => {
    const scores = withSpeedup(experiment, entry, scored);
    return {
      system: entry.row.system,
      dataset: entry.row.dataset,
      ...(entry.row.parameters === undefined ? {} : { parameters: { ...entry.row.parameters } }),
      data: [...entry.data],
      metrics: estimates(scores),
      paper: entry.row.paper,
      seconds: entry.seconds.length === 0 ? 0 : mean(entry.seconds),
      ...(entry.error === undefined ? {} : { error: entry.error }),
    };
  });
}

/** @throws {ValueError} a metric that is not finite, named */
export function checkScore(experiment: AnyExperiment, score: MetricValues): MetricValues {
  for (const [name, value] of Object.entries(score)) {
    if (!(name in metricInfo)) throw new ValueError(`${experiment.id}: no metric is called ${name}`);
    if (!Number.isFinite(value))
      throw new ValueError(`${experiment.id}: ${name} must be finite, got ${value}`);
  }
  return score;
}

function withSpeedup(
  experiment: AnyExperiment,
  { row, scores }: ScoredRow,
  scored: readonly ScoredRow[],
): MetricValues[] {
  const { reference } = experiment;
  if (reference === undefined) return [...scores.values()];
  const base = scored.find(
    (other) => other.row.system === reference.system && other.row.dataset === row.dataset,
  );
  return [...scores].map(([seed, score]) => {
    const ours = score[reference.metric];
    const theirs = base?.scores.get(seed)?.[reference.metric];
    if (ours === undefined || theirs === undefined) return score;
    const isTime = metricInfo[reference.metric].better === "lower";
    return { ...score, speedup: isTime ? theirs / ours : ours / theirs };
  });
}

function estimates(scores: readonly MetricValues[]): Partial<Record<MetricName, Estimate>> {
  const result: Partial<Record<MetricName, Estimate>> = {};
  for (const name of metricNames) {
    const values = scores.map((score) => score[name]).filter((value) => value !== undefined);
    if (values.length > 0) result[name] = estimate(values);
  }
  return result;
}

/** Mean and 95 % bootstrap interval of the mean; of one value, that value. */
function estimate(values: readonly number[]): Estimate {
  if (values.length === 1)
    return { mean: values[0]!, low: values[0]!, high: values[0]!, values: [...values] };
  const { mean: center, low, high } = bootstrapInterval(values);
  // Of a few values that are all but equal, rounding can leave the mean a hair outside.
  return { mean: center, low: Math.min(low, center), high: Math.max(high, center), values: [...values] };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
