import Table from "cli-table3";
import { type DatasetEntry, datasetCatalogue } from "../datasets/catalogue.js";
import { DatasetLocator, dataRoots } from "../datasets/locate.js";
import { type AnyExperiment, presetNames } from "../experiments/experiment.js";
import { readResult, resultPath } from "../results/files.js";
import { fingerprintOf } from "../runner/fingerprint.js";
import { planRows } from "../runner/run-experiment.js";
import { type CliContext, exitCodes } from "./context.js";

export interface ListFlags {
  readonly out: string;
  readonly data?: string;
  readonly json?: boolean;
}

/**
 * Whether a results file was made by the code of today. `stale`: code, parameters or engine are others. `of unknown age`: it does not say
 * what made it. `broken`: it cannot be read.
 */
export type ResultAge = "current" | "stale" | "of unknown age" | "broken";

/** What the ages mean to a reader of the results. */
const meanings: Readonly<Record<ResultAge, string>> = {
  current: "made by the code that is here",
  stale: "made by earlier code, at the commit that the file names; run makes it anew",
  "of unknown age": "made before results named their code; run makes it anew",
  broken: "cannot be read; run makes it anew",
};

/** `list`: the experiments, their results and whether the code has changed since, and which datasets are found where. */
export async function listCommand(flags: ListFlags, { experiments, downloads }: CliContext): Promise<number> {
  const locator = new DatasetLocator(dataRoots({ data: flags.data }), { hash: false });
  const datasets = await Promise.all(
    datasetCatalogue.map(async (entry: DatasetEntry & { id: keyof typeof downloads }) => ({
      id: entry.id,
      title: entry.title,
      found: (await locator.locate(entry.id))?.files ?? null,
      canFetch: entry.id in downloads,
      terms: entry.terms,
      homepage: entry.homepage,
    })),
  );
  const described = await Promise.all(
    experiments.map(async (experiment) => ({
      id: experiment.id,
      title: experiment.title,
      artefact: experiment.artefact,
      rows: planRows(experiment, "quick").length,
      metrics: experiment.metrics,
      results: await agesOf(experiment, flags.out),
    })),
  );
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ experiments: described, datasets }, null, 2)}\n`);
    return exitCodes.done;
  }
  process.stdout.write(
    `${table(
      ["experiment", "reproduces", "rows", "results", "title"],
      described.map(({ id, artefact, rows, results, title }) => [
        id,
        artefact,
        String(rows),
        Object.entries(results)
          .map(([preset, age]) => `${preset}: ${age}`)
          .join(", ") || "none",
        title,
      ]),
    )}\n${legend(described.flatMap(({ results }) => Object.values(results)))}\n${table(
      ["dataset", "found", "title"],
      datasets.map(({ id, found, canFetch, title }) => [
        id,
        found?.join(", ") ?? (canFetch ? "no (fetch gets it)" : "no"),
        title,
      ]),
    )}\n`,
  );
  return exitCodes.done;
}

async function agesOf(experiment: AnyExperiment, out: string): Promise<Record<string, ResultAge>> {
  const ages: Record<string, ResultAge> = {};
  for (const preset of presetNames) {
    const age = await ageOf(experiment, out, preset);
    if (age !== undefined) ages[preset] = age;
  }
  return ages;
}

async function ageOf(
  experiment: AnyExperiment,
  out: string,
  preset: (typeof presetNames)[number],
): Promise<ResultAge | undefined> {
  try {
    const { provenance } = await readResult(resultPath(out, experiment.id, preset));
    const { fingerprint, askedEngine } = provenance;
    if (fingerprint === undefined || askedEngine === undefined) return "of unknown age";
    return fingerprint === (await fingerprintOf(experiment, preset, askedEngine)) ? "current" : "stale";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : "broken";
  }
}

/** A line for each age that occurs. */
function legend(ages: readonly ResultAge[]): string {
  const lines = Object.entries(meanings).filter(([age]) => ages.includes(age as ResultAge));
  return lines.map(([age, meaning]) => `${age}: ${meaning}\n`).join("");
}

function table(head: string[], rows: string[][]): string {
  const result = new Table({ head, style: { head: [], border: [], compact: true } });
  result.push(...rows);
  return result.toString();
}
