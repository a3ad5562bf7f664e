import { join, relative } from "node:path";
import { type AnyExperiment, presetNames } from "../experiment.js";
import { findResults, readResult, writeText } from "../results/files.js";
import type { ResultFile } from "../results/schema.js";
import { renderReport } from "./page.js";

/** The results of one experiment, the largest preset first. */
export interface ReportEntry {
  readonly experiment: AnyExperiment;
  readonly results: readonly ResultFile[];
}

export interface ReportOutcome {
  readonly path: string;
  readonly tables: number;
  /** Results files that could not be shown, and why; the report names them too. */
  readonly problems: readonly string[];
}

/** Writes `<out>/report.html` from every results file below `out`: one file that needs no network. */
export async function writeReport(
  out: string,
  experiments: readonly AnyExperiment[],
): Promise<ReportOutcome> {
  const path = join(out, "report.html");
  const { entries, problems } = await collectResults(out, experiments);
  await writeText(path, renderReport(entries, problems));
  const tables = entries.reduce((sum, { results }) => sum + results.length, 0);
  return { path, tables, problems };
}

async function collectResults(
  out: string,
  experiments: readonly AnyExperiment[],
): Promise<{ entries: ReportEntry[]; problems: string[] }> {
  const results: ResultFile[] = [];
  const problems: string[] = [];
  for (const path of await findResults(out)) {
    try {
      const result = await readResult(path);
      if (!experiments.some(({ id }) => id === result.experiment)) {
        problems.push(`${relative(out, path)}: no experiment is called ${result.experiment}`);
      } else results.push(result);
    } catch (error) {
      problems.push(`${error instanceof Error ? error.message : error}`.replace(path, relative(out, path)));
    }
  }
  const size = ({ preset }: ResultFile) => presetNames.indexOf(preset);
  const entries = experiments
    .map((experiment) => ({
      experiment,
      results: results
        .filter((result) => result.experiment === experiment.id)
        .sort((a, b) => size(b) - size(a)),
    }))
    .filter((entry) => entry.results.length > 0);
  return { entries, problems };
}
