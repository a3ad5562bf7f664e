import type { AnyExperiment, Row } from "../experiments/experiment.js";
import { checkScore, type ScoredRow, summarise } from "../runner/summarise.js";
import type { MetricName } from "./metric-names.js";
import type { RawArchive, ResultFile, ResultRow } from "./schema.js";

export interface Verification {
  /** Metrics of rows that were computed again. */
  readonly metrics: number;
  /** What differs, or is missing on one side: one sentence each. */
  readonly problems: readonly string[];
}

/**
 * Computes a results file's metrics again from its rows' raw outputs and compares them: every seed's value to a relative 1e-9
 * (other processors round sums otherwise).
 */
export function verifyResult(
  experiment: AnyExperiment,
  result: ResultFile,
  archive: RawArchive,
): Verification {
  const problems: string[] = [];
  if (archive.experiment !== result.experiment || archive.preset !== result.preset) {
    problems.push(`the raw outputs are of ${archive.experiment} at ${archive.preset}`);
    return { metrics: 0, problems };
  }
  const scored = result.rows
    .filter(({ error }) => error === undefined)
    .map((row) => scoredAgain(experiment, row, archive, problems));
  let metrics = 0;
  for (const again of summarise(experiment, scored)) {
    const committed = result.rows.find((row) => isSame(row, again))!;
    const names = new Set([...Object.keys(committed.metrics), ...Object.keys(again.metrics)]);
    for (const name of names) {
      metrics++;
      const difference = differenceOf(committed, again, name as MetricName);
      if (difference !== undefined)
        problems.push(`${row(committed)}: ${name} must be ${difference}`);
    }
  }
  const known = new Set(result.rows.map(row));
  const unknown = new Set(archive.runs.map(row).filter((name) => !known.has(name)));
  for (const name of unknown) problems.push(`${name}: has raw outputs and no row`);
  return { metrics, problems };
}

function scoredAgain(
  experiment: AnyExperiment,
  { system, dataset, parameters, paper, data }: ResultRow,
  archive: RawArchive,
  problems: string[],
): ScoredRow {
  const name = row({ system, dataset });
  const scores = new Map<number, ReturnType<typeof checkScore>>();
  for (const run of archive.runs.filter((each) => row(each) === name)) {
    const output = experiment.rawSchema.safeParse(run.output);
    if (output.success) scores.set(run.seed, checkScore(experiment, experiment.score(output.data)));
    else {
      const [issue] = output.error.issues;
      problems.push(`${name}, seed ${run.seed}: raw output, ${issue?.path.join(".")}: ${issue?.message}`);
    }
  }
  if (scores.size === 0) problems.push(`${name}: has no raw output`);
  const again: Row<Record<string, unknown>> = {
    system,
    dataset,
    paper,
    ...(parameters === undefined ? {} : { parameters }),
    run: () => Promise.reject(new Error("only scored")),
  };
  return { row: again, scores, seconds: [], data };
}

/** What the value is when computed again, beside what is committed; undefined where they agree. */
function differenceOf(committed: ResultRow, again: ResultRow, name: MetricName): string | undefined {
  const [theirs, ours] = [committed.metrics[name]?.values ?? [], again.metrics[name]?.values ?? []];
  const agrees =
    theirs.length === ours.length &&
    theirs.every((value, i) => Math.abs(value - ours[i]!) <= 1e-9 * Math.max(Math.abs(value), 1e-9));
  return agrees ? undefined : `[${ours.join(", ")}] by the raw outputs, got [${theirs.join(", ")}]`;
}

function row({ system, dataset }: { readonly system: string; readonly dataset: string }): string {
  return `${system} on ${dataset}`;
}

function isSame(a: ResultRow, b: ResultRow): boolean {
  return a.system === b.system && a.dataset === b.dataset;
}
