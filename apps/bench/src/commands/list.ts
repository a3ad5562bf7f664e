import Table from "cli-table3";
import { type DatasetEntry, datasetCatalogue } from "../datasets/catalogue.js";
import { DatasetLocator, dataRoots } from "../datasets/locate.js";
import { planRows } from "../runner/run-experiment.js";
import { type CliContext, exitCodes } from "./context.js";

export interface ListFlags {
  readonly data?: string;
  readonly json?: boolean;
}

/** `list`: the experiments, and which datasets are found where. */
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
  const described = experiments.map((experiment) => ({
    id: experiment.id,
    title: experiment.title,
    artefact: experiment.artefact,
    rows: planRows(experiment, "quick").length,
    metrics: experiment.metrics,
  }));
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ experiments: described, datasets }, null, 2)}\n`);
    return exitCodes.done;
  }
  process.stdout.write(
    `${table(
      ["experiment", "reproduces", "rows", "title"],
      described.map(({ id, artefact, rows, title }) => [id, artefact, String(rows), title]),
    )}\n\n${table(
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

function table(head: string[], rows: string[][]): string {
  const result = new Table({ head, style: { head: [], border: [], compact: true } });
  result.push(...rows);
  return result.toString();
}
