import { relative } from "node:path";
import { ValueError } from "@wayweave/geo-core";
import type { AnyExperiment } from "../experiments/experiment.js";
import { findResults, rawArchivePath, readRawArchive, readResult } from "../results/files.js";
import { verifyResult } from "../results/verify.js";
import { type CliContext, exitCodes } from "./context.js";

export interface VerifyFlags {
  readonly out: string;
  readonly json?: boolean;
}

/** What `verify` found of one results file. */
export interface VerifiedFile {
  readonly file: string;
  readonly experiment: string;
  readonly preset: string;
  /** `verified`; `differs`, and how; or `no raw outputs` to compute from. */
  readonly state: "verified" | "differs" | "no raw outputs";
  readonly metrics: number;
  readonly problems: readonly string[];
}

/**
 * `verify`: computes the metrics of results files again from the raw outputs kept beside them. It fails where one differs; files
 * without raw outputs are counted and named, since nothing can be said of them.
 *
 * @throws {ValueError} no results file, or an id that is none
 */
export async function verifyCommand(
  ids: readonly string[],
  { out, json }: VerifyFlags,
  { experiments }: CliContext,
): Promise<number> {
  const files = await verifyResults(out, experiments, ids);
  if (json) process.stdout.write(`${JSON.stringify(files, null, 2)}\n`);
  else process.stdout.write(`${describe(files).join("\n")}\n`);
  return files.some(({ state }) => state === "differs") ? exitCodes.failed : exitCodes.done;
}

export async function verifyResults(
  out: string,
  experiments: readonly AnyExperiment[],
  ids: readonly string[] = [],
): Promise<VerifiedFile[]> {
  const byId = new Map(experiments.map((experiment) => [experiment.id as string, experiment]));
  for (const id of ids) {
    if (!byId.has(id))
      throw new ValueError(`verify: experiment must be one of ${[...byId.keys()].join(", ")}, got "${id}"`);
  }
  const verified: VerifiedFile[] = [];
  for (const path of await findResults(out)) {
    const result = await readResult(path);
    if (ids.length > 0 && !ids.includes(result.experiment)) continue;
    const file = {
      file: relative(out, path),
      experiment: result.experiment,
      preset: result.preset,
    };
    const experiment = byId.get(result.experiment);
    if (experiment === undefined) {
      verified.push({ ...file, state: "differs", metrics: 0, problems: ["no experiment has this name"] });
      continue;
    }
    const archive = await readRawArchive(rawArchivePath(path));
    if (archive === undefined) {
      verified.push({ ...file, state: "no raw outputs", metrics: 0, problems: [] });
      continue;
    }
    const { metrics, problems } = verifyResult(experiment, result, archive);
    verified.push({ ...file, state: problems.length === 0 ? "verified" : "differs", metrics, problems });
  }
  if (verified.length === 0) throw new ValueError(`verify: must find results files below ${out}, got none`);
  return verified;
}

function describe(files: readonly VerifiedFile[]): string[] {
  const count = (state: VerifiedFile["state"]) => files.filter((each) => each.state === state).length;
  const metrics = files.reduce((sum, file) => sum + file.metrics, 0);
  return [
    ...files.map(({ file, state, metrics }) =>
      state === "no raw outputs" ? `${file}: ${state}` : `${file}: ${metrics} metrics, ${state}`,
    ),
    ...files.flatMap(({ file, problems }) => problems.map((problem) => `FAILED ${file}: ${problem}`)),
    `${count("verified")} of ${files.length} files verified (${metrics} metrics), ${count("differs")} differ, ${count("no raw outputs")} have no raw outputs`,
  ];
}
