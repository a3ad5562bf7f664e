import { Random } from "@wayweave/geo-core";
import type { DatasetId, LocatedDataset } from "../datasets/catalogue.js";
import type { DatasetLocator } from "../datasets/locate.js";
import type { AnyExperiment, LoadedData, PresetName, Row, RunContext } from "../experiments/experiment.js";
import { rawFolder, rawPathIn, readRaw, writeRaw } from "../results/files.js";
import { type RawFile, schemaVersion } from "../results/schema.js";
import type { Checkpoints } from "./checkpoints.js";
import { peakMemoryMiB } from "./provenance.js";
import { type SharedResults, Usage } from "./usage.js";

/** What the rows of a run have in common. */
export interface RunScope {
  readonly experiment: AnyExperiment;
  readonly preset: PresetName;
  readonly out: string;
  readonly engine: string;
  readonly fingerprint: string;
  readonly locator: DatasetLocator;
  readonly signal: AbortSignal;
  /** Datasets and other costly things, by key; forgotten when the experiment ends. */
  readonly shared: SharedResults;
  /** The code that runs, and where. */
  readonly origin: RawFile["origin"];
  readonly checkpoints: Checkpoints;
}

export type AnyRow = Row<Record<string, unknown>>;

/** The raw output of a row and seed where it is on disk and still holds; undefined where it has to be made. */
export async function reusableRaw(scope: RunScope, row: AnyRow, seed: number): Promise<RawFile | undefined> {
  const raw = await readRaw(rawPath(scope, row, seed)).catch(() => undefined);
  if (raw === undefined || raw.fingerprint !== scope.fingerprint) return undefined;
  if (raw.system !== row.system || raw.dataset !== row.dataset || raw.seed !== seed) return undefined;
  for (const { id, sha256 } of raw.sources) {
    const located = await scope.locator.locate(id as DatasetId);
    if ((located?.sha256 ?? []).join() !== sha256.join()) return undefined;
  }
  const output = scope.experiment.rawSchema.safeParse(raw.output);
  return output.success ? { ...raw, output: output.data } : undefined;
}

/**
 * Runs a row once and writes its raw output.
 *
 * @throws whatever the row throws, and the signal's reason once it is aborted
 */
export async function runRow(
  scope: RunScope,
  row: AnyRow,
  seed: number,
  onProgress: RunContext["onProgress"],
): Promise<RawFile> {
  const usage = new Usage();
  const run: RowRun = { onProgress, loadingMs: 0 };
  const path = rawPath(scope, row, seed);
  const startMs = performance.now();
  const output = await row.run(contextOf(scope, seed, usage, run));
  scope.signal.throwIfAborted();
  const raw: RawFile = {
    schemaVersion,
    experiment: scope.experiment.id,
    preset: scope.preset,
    system: row.system,
    dataset: row.dataset,
    seed,
    fingerprint: scope.fingerprint,
    sources: [...usage.sources].map(([id, sha256]) => ({ id, sha256: [...sha256] })),
    data: [...usage.data.values()].map((entry) => ({
      ...entry,
      files: [...entry.files],
      sha256: [...entry.sha256],
      counts: { ...entry.counts },
    })),
    engines: [...usage.engines],
    origin: scope.origin,
    startedAt: new Date(Date.now() - (performance.now() - startMs)).toISOString(),
    peakMemoryMiB: peakMemoryMiB(),
    seconds: Math.max(0, performance.now() - startMs - run.loadingMs) / 1000,
    output: scope.experiment.rawSchema.parse(output),
  };
  await writeRaw(path, raw);
  return raw;
}

interface RowRun {
  readonly onProgress: RunContext["onProgress"];
  /** What loading data took: not the row's. */
  loadingMs: number;
}

/** A row's context; what the row looks at is noted in `usage`. */
function contextOf(scope: RunScope, seed: number, usage: Usage, run: RowRun): RunContext {
  const users = new Set([usage]);
  return {
    preset: scope.preset,
    seed,
    random: new Random(seed),
    engine: scope.engine,
    signal: scope.signal,
    onProgress: run.onProgress,
    share: (key, compute) => scope.shared.once(key, users, compute),
    reportEngine: (name) => {
      for (const user of users) user.engines.add(name);
    },
    async load<T extends LoadedData>(
      dataset: DatasetId | null,
      key: string,
      loader: (located: LocatedDataset | undefined) => Promise<T>,
    ) {
      const startMs = performance.now();
      const located = dataset === null ? undefined : await scope.locator.locate(dataset);
      const data = await scope.shared.once(`data:${dataset}:${key}`, users, () => loader(located));
      for (const user of users) {
        if (dataset !== null) user.sources.set(dataset, located?.sha256 ?? []);
        user.data.set(data.provenance.name, data.provenance);
      }
      run.loadingMs += performance.now() - startMs;
      return data;
    },
    checkpointDir: (name) =>
      scope.checkpoints.open(seed, name, JSON.stringify([scope.fingerprint, ...usage.sources])),
  };
}

function rawPath(scope: RunScope, row: AnyRow, seed: number): string {
  return rawPathIn(rawFolder(scope.out, scope.experiment.id, scope.preset, row), seed);
}
