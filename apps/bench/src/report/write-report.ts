import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { type AnyExperiment, type Picture, presetNames } from "../experiments/experiment.js";
import { findResults, readResult, writeText } from "../results/files.js";
import type { ResultFile } from "../results/schema.js";
import type { ReportEntry, ReportResult } from "./entry.js";
import { renderReport } from "./page.js";

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
  const results: ReportResult[] = [];
  const problems: string[] = [];
  for (const path of await findResults(out)) {
    try {
      const result = await readResult(path);
      if (!experiments.some(({ id }) => id === result.experiment)) {
        problems.push(`${relative(out, path)}: no experiment is called ${result.experiment}`);
      } else results.push({ ...result, drawings: await readPictures(path, result) });
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

/** The pictures of a results file; one that was not kept with it is left out. */
async function readPictures(path: string, { pictures = [] }: ResultFile): Promise<Picture[]> {
  const drawings: Picture[] = [];
  for (const { title, file } of pictures) {
    const svg = await readFile(join(dirname(path), file), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (svg !== undefined) drawings.push({ title, svg });
  }
  return drawings;
}
