import { join } from "node:path";
import { Random } from "@wayweave/geo-core";
import type { DatasetId, LocatedDataset } from "../datasets/catalogue.js";
import type { DatasetLocator } from "../datasets/locate.js";
import type {
  AnyExperiment,
  DataProvenance,
  LoadedData,
  PresetName,
  Row,
  RunContext,
} from "../experiment.js";
import { rawFolder, readRaw, writeRaw } from "../results/files.js";
import { type RawFile, schemaVersion } from "../results/schema.js";
import type { Checkpoints } from "./checkpoints.js";

/** What the rows of a run have in common. */
export interface RunScope {
  readonly experiment: AnyExperiment;
  readonly preset: PresetName;
  readonly out: string;
  readonly engine: string;
  readonly fingerprint: string;
  readonly locator: DatasetLocator;
  readonly signal: AbortSignal;
  /** Datasets and other costly things, by key; emptied when the experiment ends. */
  readonly shared: Map<string, Promise<unknown>>;
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
  const used: Used = { sources: new Map(), data: new Map(), engines: new Set(), loadingMs: 0 };
  const path = rawPath(scope, row, seed);
  const startMs = performance.now();
  const output = await row.run(contextOf(scope, seed, used, onProgress));
  scope.signal.throwIfAborted();
  const raw: RawFile = {
    schemaVersion,
    experiment: scope.experiment.id,
    preset: scope.preset,
    system: row.system,
    dataset: row.dataset,
    seed,
    fingerprint: scope.fingerprint,
    sources: [...used.sources].map(([id, sha256]) => ({ id, sha256: [...sha256] })),
    data: [...used.data.values()].map((entry) => ({
      ...entry,
      files: [...entry.files],
      sha256: [...entry.sha256],
      counts: { ...entry.counts },
    })),
    engines: [...used.engines],
    seconds: Math.max(0, performance.now() - startMs - used.loadingMs) / 1000,
    output: scope.experiment.rawSchema.parse(output),
  };
  await writeRaw(path, raw);
  return raw;
}

interface Used {
  readonly sources: Map<DatasetId, readonly string[]>;
  readonly data: Map<string, DataProvenance>;
  readonly engines: Set<string>;
  loadingMs: number;
}

function contextOf(
  scope: RunScope,
  seed: number,
  used: Used,
  onProgress: RunContext["onProgress"],
): RunContext {
  const share: RunContext["share"] = (key, compute) => once(scope.shared, key, compute);
  return {
    preset: scope.preset,
    seed,
    random: new Random(seed),
    engine: scope.engine,
    signal: scope.signal,
    onProgress,
    share,
    reportEngine: (name) => used.engines.add(name),
    async load<T extends LoadedData>(
      dataset: DatasetId | null,
      key: string,
      loader: (located: LocatedDataset | undefined) => Promise<T>,
    ) {
      const startMs = performance.now();
      const located = dataset === null ? undefined : await scope.locator.locate(dataset);
      if (dataset !== null) used.sources.set(dataset, located?.sha256 ?? []);
      const data = await share(`data:${dataset}:${key}`, () => loader(located));
      used.data.set(data.provenance.name, data.provenance);
      used.loadingMs += performance.now() - startMs;
      return data;
    },
    checkpointDir: (name) =>
      scope.checkpoints.open(seed, name, JSON.stringify([scope.fingerprint, ...used.sources])),
  };
}

/** A failed computation is forgotten, so that the next row that needs it fails with its own message, not a stale one. */
function once<T>(shared: Map<string, Promise<unknown>>, key: string, compute: () => Promise<T>): Promise<T> {
  const known = shared.get(key);
  if (known !== undefined) return known as Promise<T>;
  const started = compute();
  shared.set(key, started);
  started.catch(() => shared.delete(key));
  return started;
}

function rawPath(scope: RunScope, row: AnyRow, seed: number): string {
  return join(rawFolder(scope.out, scope.experiment.id, scope.preset, row), `seed-${seed}.json`);
}
