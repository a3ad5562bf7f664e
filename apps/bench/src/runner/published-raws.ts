import { type DatasetId, datasetCatalogue } from "../datasets/catalogue.js";
import {
  ignoreMissing,
  rawArchivePath,
  rawFolder,
  rawPathIn,
  readRaw,
  readRawArchive,
  readResult,
  resultPath,
  writeRaw,
} from "../results/files.js";
import type { RawArchive, RawFile, ResultFile } from "../results/schema.js";
import type { RunScope } from "./run-row.js";

type Run = RawArchive["runs"][number];

/**
 * Lays the raw outputs that a results file was published with back where a run takes them from, as far as the code and the data
 * that are here made them: a clone then adds seeds to a table, and does not make the published ones anew. What lies there
 * already stays.
 *
 * @returns how many are of other code or other data, and are not laid back
 */
export async function layBackPublishedRaws(scope: RunScope): Promise<number> {
  const path = resultPath(scope.out, scope.experiment.id, scope.preset);
  const result = await readResult(path).catch(ignoreMissing);
  const archive = await readRawArchive(rawArchivePath(path));
  if (result === undefined || archive === undefined) return 0;
  let others = 0;
  for (const run of archive.runs) {
    const raw = await rawOf(scope, run, result);
    if (raw === undefined) {
      others++;
      continue;
    }
    const file = rawPathIn(rawFolder(scope.out, scope.experiment.id, scope.preset, run), run.seed);
    if (!(await holds(file, raw))) await writeRaw(file, raw);
  }
  return others;
}

/** Whether a raw output of the same code is there already. */
async function holds(file: string, { fingerprint }: RawFile): Promise<boolean> {
  return (await readRaw(file).catch(() => undefined))?.fingerprint === fingerprint;
}

/** A published run as a raw output; undefined where other code or data made it. */
async function rawOf(scope: RunScope, run: Run, result: ResultFile): Promise<RawFile | undefined> {
  const { system, dataset, seed, output } = run;
  const made = run.made ?? (await madeBy(scope, run, result));
  if (made?.fingerprint !== scope.fingerprint) return undefined;
  const { schemaVersion, experiment, preset } = result;
  return { schemaVersion, experiment, preset, system, dataset, seed, ...made, output };
}

/** What a file of the time before runs were published with it tells of a run: of code and data all, of the rest a row's mean. */
async function madeBy(scope: RunScope, run: Run, result: ResultFile): Promise<Run["made"]> {
  const { fingerprint, earlier, versions, machine, commit, startedAt, peakMemoryMiB, engine } =
    result.provenance;
  const row = result.rows.find(({ system, dataset }) => system === run.system && dataset === run.dataset);
  // Of rows that several machines or commits made it is not known which made which.
  if (fingerprint === undefined || earlier !== undefined || row === undefined) return undefined;
  const data = result.data.filter(({ name }) => row.data.includes(name));
  const sources = await sourcesOf(scope, data);
  if (sources === undefined) return undefined;
  return {
    fingerprint,
    sources,
    data,
    engines: engine === "javascript" ? [] : engine.split(", "),
    origin: { versions, machine, commit },
    startedAt,
    peakMemoryMiB,
    seconds: row.seconds,
  };
}

/** The datasets here whose files are those of the data; undefined where one is not here. */
async function sourcesOf(
  { locator }: RunScope,
  data: RawFile["data"],
): Promise<RawFile["sources"] | undefined> {
  const sought = new Set(data.flatMap(({ sha256 }) => sha256));
  const sources: { id: DatasetId; sha256: string[] }[] = [];
  for (const { id } of datasetCatalogue) {
    if (sought.size === 0) break;
    const sha256 = (await locator.locate(id))?.sha256 ?? [];
    if (sha256.length === 0 || !sha256.every((digest) => sought.has(digest))) continue;
    for (const digest of sha256) sought.delete(digest);
    sources.push({ id, sha256: [...sha256] });
  }
  return sought.size === 0 ? sources : undefined;
}
