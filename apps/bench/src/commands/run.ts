import { ValueError } from "@wayweave/geo-core";
import { DatasetLocator, dataRoots } from "../datasets/locate.js";
import type { AnyExperiment, PresetName } from "../experiment.js";
import { type CliContext, exitCodes } from "../program.js";
import { progressView } from "../progress.js";
import { writeReport } from "../report/write-report.js";
import { type RunOutcome, runExperiment } from "../runner/run-experiment.js";
import { textTable } from "../text-table.js";

export interface RunFlags {
  readonly preset: PresetName;
  readonly seeds?: number;
  readonly data?: string;
  readonly out: string;
  readonly engine: string;
  readonly fresh?: boolean;
  readonly only?: RegExp;
  readonly json?: boolean;
}

/** `run`: runs experiments one after another, prints their tables and writes the report. */
export async function runCommand(
  ids: readonly string[],
  flags: RunFlags,
  { experiments, signal }: CliContext,
): Promise<number> {
  const selected = select(ids, experiments);
  const locator = new DatasetLocator(dataRoots({ data: flags.data }));
  const progress = progressView(process.stderr);
  const outcomes: RunOutcome[] = [];
  for (const experiment of selected) {
    const outcome = await runExperiment(experiment, {
      preset: flags.preset,
      seedCount: flags.seeds,
      out: flags.out,
      engine: flags.engine,
      locator,
      signal,
      fresh: flags.fresh,
      only: flags.only,
      onProgress: (step) => progress.update(step),
    }).finally(() => progress.stop());
    outcomes.push(outcome);
    if (!flags.json) printOutcome(experiment, outcome);
    if (outcome.interrupted) break;
  }
  const { path } = await writeReport(flags.out, experiments);
  if (flags.json) {
    process.stdout.write(
      `${JSON.stringify({ results: outcomes.map(({ result }) => result), report: path }, null, 2)}\n`,
    );
  } else {
    process.stdout.write(`report: ${path}\n`);
  }
  if (outcomes.some(({ interrupted }) => interrupted)) return exitCodes.interrupted;
  return outcomes.some(({ failures }) => failures.length > 0) ? exitCodes.failed : exitCodes.done;
}

/** @throws {ValueError} an id that is not an experiment's */
function select(ids: readonly string[], experiments: readonly AnyExperiment[]): AnyExperiment[] {
  for (const id of ids) {
    if (id !== "all" && !experiments.some((experiment) => experiment.id === id)) {
      const known = ["all", ...experiments.map((experiment) => experiment.id)].join(", ");
      throw new ValueError(`run: experiment must be one of ${known}, got "${id}"`);
    }
  }
  return experiments.filter(({ id }) => ids.includes("all") || ids.includes(id));
}

function printOutcome(
  experiment: AnyExperiment,
  { result, path, reused, failures, interrupted }: RunOutcome,
): void {
  const sources = result.data.map(({ name, source, files }) =>
    source === "synthetic" ? `${name}: synthetic` : `${name}: ${files.join(", ")}`,
  );
  const lines = [
    `${experiment.artefact}: ${experiment.title} (${experiment.id}, ${result.preset}, seeds ${result.provenance.seeds.join(" ")})`,
    textTable(experiment, result),
    "[…] is the paper's value; ± is the 95 % interval of the mean over seeds.",
    ...(sources.length > 0 ? [`data: ${sources.join("; ")}`] : []),
    ...(reused > 0
      ? [
          `taken from disk: ${reused} of ${result.rows.length * result.provenance.seeds.length} runs (--fresh runs them again)`,
        ]
      : []),
    ...failures.map((failure) => `FAILED ${failure}`),
    ...(interrupted ? ["interrupted: the same command again goes on from here"] : []),
    `results: ${path}`,
  ];
  process.stdout.write(`${lines.join("\n")}\n\n`);
}
