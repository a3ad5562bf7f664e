import { ValueError } from "@wayweave/geo-core";
import { DatasetLocator, dataRoots } from "../datasets/locate.js";
import type { AnyExperiment, PresetName } from "../experiments/experiment.js";
import { writeReport } from "../report/write-report.js";
import { spreadLegend } from "../results/format.js";
import { fingerprintOf } from "../runner/fingerprint.js";
import { progressView } from "../runner/progress.js";
import { nameOf, planRows, type RunOutcome, runExperiment } from "../runner/run-experiment.js";
import { type CliContext, exitCodes } from "./context.js";
import { TellingLocator } from "./telling-locator.js";
import { textTable } from "./text-table.js";

export interface RunFlags {
  readonly preset: PresetName;
  readonly seeds?: number;
  readonly data?: string;
  readonly out: string;
  readonly engine: string;
  readonly threads?: number;
  readonly fresh?: boolean;
  readonly fromPublished?: boolean;
  readonly only?: RegExp;
  readonly json?: boolean;
}

/** `run`: runs experiments one after another, prints their tables and writes the report. */
export async function runCommand(
  ids: readonly string[],
  flags: RunFlags,
  { experiments, signal }: CliContext,
): Promise<number> {
  // Read by the packages wherever no option of theirs says otherwise, in worker threads too.
  if (flags.threads !== undefined) process.env.WAYWEAVE_THREADS = String(flags.threads);
  const selected = matching(select(ids, experiments), flags);
  const progress = progressView(process.stderr);
  const roots = dataRoots({ data: flags.data });
  const locator =
    flags.data === "none"
      ? new DatasetLocator(roots)
      : new TellingLocator(roots, (note) => progress.note(note));
  // Before the first row: what is edited meanwhile is not what runs.
  const fingerprints = await Promise.all(
    selected.map((experiment) => fingerprintOf(experiment, flags.preset, flags.engine)),
  );
  const outcomes: RunOutcome[] = [];
  for (const [i, experiment] of selected.entries()) {
    const outcome = await runExperiment(experiment, {
      preset: flags.preset,
      seedCount: flags.seeds,
      out: flags.out,
      engine: flags.engine,
      locator,
      signal,
      threads: flags.threads,
      fingerprint: fingerprints[i],
      fresh: flags.fresh,
      fromPublished: flags.fromPublished,
      only: flags.only,
      onProgress: (step) => progress.update(step),
    }).finally(() => progress.stop());
    outcomes.push(outcome);
    if (!flags.json) printOutcome(experiment, outcome, flags);
    if (outcome.interrupted) break;
  }
  warnOfUnusedFolder(flags.data, locator);
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

/** Of several experiments those that have a row of `--only`; one that is alone says itself what rows it has. */
function matching(selected: readonly AnyExperiment[], { only, preset }: RunFlags): readonly AnyExperiment[] {
  if (only === undefined || selected.length === 1) return selected;
  const found = selected.filter((experiment) =>
    planRows(experiment, preset).some((row) => only.test(nameOf(row))),
  );
  if (found.length === 0) {
    throw new ValueError(
      `run: only must match a row of ${selected.map(({ id }) => id).join(", ")}, got ${only}`,
    );
  }
  return found;
}

/** A folder without a dataset must not turn real data into synthetic, or into other data, unseen. */
function warnOfUnusedFolder(folder: string | undefined, locator: DatasetLocator): void {
  if (folder === undefined || folder === "none" || locator.used(folder)) return;
  process.stderr.write(`--data: "${folder}" holds none of the datasets that were asked for\n`);
}

function printOutcome(
  experiment: AnyExperiment,
  { result, path, reused, otherPublished, failures, interrupted }: RunOutcome,
  { fresh }: RunFlags,
): void {
  const sources = result.data.map(({ name, source, files }) =>
    files.length === 0 ? `${name}: ${source}` : `${name}: ${files.join(", ")}`,
  );
  const lines = [
    `${experiment.artefact}: ${experiment.title} (${experiment.id}, ${result.preset}, seeds ${result.provenance.seeds.join(" ")})`,
    textTable(experiment, result),
    `[…] is the paper's value; ${spreadLegend}.`,
    ...(result.preset === "quick"
      ? ["quick takes less data and shorter trainings than the paper: standard is for comparing"]
      : []),
    ...(sources.length > 0 ? [`data: ${sources.join("; ")}`] : []),
    ...(reused > 0
      ? [
          `taken from disk: ${reused} of ${result.rows.length * result.provenance.seeds.length} runs (--fresh runs them again)`,
        ]
      : []),
    ...(otherPublished > 0
      ? [
          `--from-published: ${otherPublished} published runs are of other code or other data, and were not taken`,
        ]
      : []),
    ...failures.map((failure) => `FAILED ${failure}`),
    ...(interrupted
      ? [`interrupted: the same command${fresh ? " without --fresh" : ""} goes on from here`]
      : []),
    `results: ${path}${path.endsWith(".partial.json") ? ", beside those of an earlier run, which have more rows" : ""}`,
  ];
  process.stdout.write(`${lines.join("\n")}\n\n`);
}
