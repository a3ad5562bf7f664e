import { relative } from "node:path";
import { ValueError } from "@wayweave/geo-core";
import Table from "cli-table3";
import { findResults, readResult } from "../results/files.js";
import { formatEstimate, formatValue } from "../results/format.js";
import { type MetricName, metricInfo } from "../results/metric-names.js";
import type { Estimate, ResultFile } from "../results/schema.js";
import { exitCodes } from "./context.js";

export interface CompareFlags {
  readonly all?: boolean;
  readonly json?: boolean;
}

/** One metric of one row in two folders of results. */
export interface Difference {
  readonly experiment: string;
  readonly preset: string;
  readonly system: string;
  readonly dataset: string;
  readonly metric: MetricName;
  readonly a: Estimate;
  readonly b: Estimate;
  /** Whether the means differ by more than the seeds of either do. */
  readonly beyondSpread: boolean;
}

/**
 * `compare A B`: the metrics of the rows that both folders have, and which differ by more than their spread. Times and what is made of
 * them are left out: they differ from run to run.
 *
 * @throws {ValueError} no results file that both have
 */
export async function compareCommand(a: string, b: string, flags: CompareFlags): Promise<number> {
  const differences = await differencesOf(a, b);
  const shown = flags.all ? differences : differences.filter(({ beyondSpread }) => beyondSpread);
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
    return exitCodes.done;
  }
  if (shown.length > 0) process.stdout.write(`${differenceTable(shown)}\n`);
  const beyond = differences.filter(({ beyondSpread }) => beyondSpread).length;
  process.stdout.write(`${differences.length} figures compared, ${beyond} differ beyond their spread\n`);
  return exitCodes.done;
}

export async function differencesOf(a: string, b: string): Promise<Difference[]> {
  const [ours, theirs] = await Promise.all([readAll(a), readAll(b)]);
  const common = [...ours].filter(([key]) => theirs.has(key));
  if (common.length === 0) {
    const held = (files: ReadonlyMap<string, ResultFile>) =>
      [...files.values()].map(({ experiment, preset }) => `${experiment} at ${preset}`).join(", ") ||
      "nothing";
    throw new ValueError(
      `compare: both folders must hold results of one experiment at one preset, got ${held(ours)} in ${a}; ${held(theirs)} in ${b}`,
    );
  }
  return common.flatMap(([key, file]) => rowDifferences(file, theirs.get(key)!));
}

async function readAll(folder: string): Promise<Map<string, ResultFile>> {
  const files = await findResults(folder);
  const entries = files.map(async (file) => [relative(folder, file), await readResult(file)] as const);
  return new Map(await Promise.all(entries));
}

function rowDifferences(a: ResultFile, b: ResultFile): Difference[] {
  return a.rows.flatMap((row) => {
    const other = b.rows.find(({ system, dataset }) => system === row.system && dataset === row.dataset);
    if (other === undefined) return [];
    return (Object.keys(row.metrics) as MetricName[]).flatMap((metric) => {
      const [left, right] = [row.metrics[metric], other.metrics[metric]];
      if (left === undefined || right === undefined || isMeasuredTime(metric)) return [];
      return {
        experiment: a.experiment,
        preset: a.preset,
        system: row.system,
        dataset: row.dataset,
        metric,
        a: left,
        b: right,
        beyondSpread: Math.abs(left.mean - right.mean) > Math.max(spreadOf(left), spreadOf(right)),
      };
    });
  });
}

function isMeasuredTime(metric: MetricName): boolean {
  const { unit } = metricInfo[metric];
  const measured: readonly MetricName[] = ["gflops", "peakMebibytes", "growthExponent"];
  return unit === "ms" || unit === "ratio" || unit === "perSecond" || measured.includes(metric);
}

/** Half of the range of the seeds; 0 for one seed, which has no spread of its own. */
function spreadOf({ values }: Estimate): number {
  return (Math.max(...values) - Math.min(...values)) / 2;
}

function differenceTable(differences: readonly Difference[]): string {
  const table = new Table({
    head: ["experiment", "system", "dataset", "metric", "A", "B", "B − A"],
    style: { head: [], border: [], compact: true },
  });
  for (const { experiment, preset, system, dataset, metric, a, b, beyondSpread } of differences) {
    const sign = b.mean >= a.mean ? "+" : "−";
    const difference = `${sign}${formatValue(metric, Math.abs(b.mean - a.mean))}`;
    table.push([
      `${experiment}, ${preset}`,
      system,
      dataset,
      metricInfo[metric].label,
      formatEstimate(metric, a),
      formatEstimate(metric, b),
      beyondSpread ? `${difference} *` : difference,
    ]);
  }
  return table.toString();
}
