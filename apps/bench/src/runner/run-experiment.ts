import { ValueError } from "@wayweave/geo-core";
import type { DatasetLocator } from "../datasets/locate.js";
import type {
  AnyExperiment,
  DataProvenance,
  MetricValues,
  PresetName,
  RowOutput,
} from "../experiments/experiment.js";
import {
  checkpointFolder,
  partialResultPath,
  rawArchivePath,
  readResult,
  removeResult,
  resultPath,
  slug,
  writeRawArchive,
  writeResult,
} from "../results/files.js";
import {
  type PictureEntry,
  type RawArchive,
  type RawFile,
  type ResultFile,
  schemaVersion,
} from "../results/schema.js";
import { Checkpoints } from "./checkpoints.js";
import { fingerprintOf } from "./fingerprint.js";
import { drawPictures } from "./pictures.js";
import { originOf, peakMemoryMiB, summariseOrigins } from "./provenance.js";
import { publicMessage } from "./public-message.js";
import { layBackPublishedRaws } from "./published-raws.js";
import { type AnyRow, type RunScope, reusableRaw, runRow } from "./run-row.js";
import { checkScore, type ScoredRow, summarise } from "./summarise.js";
import { SharedResults } from "./usage.js";

export interface RunOptions {
  readonly preset: PresetName;
  /** Seeds 1 … `seedCount`; the experiment's own number where absent. */
  readonly seedCount?: number | undefined;
  readonly out: string;
  readonly engine: string;
  readonly locator: DatasetLocator;
  readonly signal: AbortSignal;
  /** How many threads the rows' runtimes were told to take. */
  readonly threads?: number | undefined;
  /** Of the code that runs, by `fingerprintOf`; taken now where absent. */
  readonly fingerprint?: string | undefined;
  /** Runs every row again, also those whose raw outputs are on disk. */
  readonly fresh?: boolean | undefined;
  /** Takes the runs that the results file was published with, as far as the code and data that are here made them: to add seeds. */
  readonly fromPublished?: boolean | undefined;
  /** Runs only the rows whose `system on dataset` matches; the others are taken from disk where they are there, else left out. */
  readonly only?: RegExp | undefined;
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
}

/** How far an experiment is. `done` and `total` are expected cost, `fresh` the part of `done` that this run did itself. */
export interface RunProgress {
  readonly experiment: string;
  readonly row: { readonly system: string; readonly dataset: string; readonly seed: number };
  readonly done: number;
  readonly total: number;
  readonly fresh: number;
  /** Set when a row has all its seeds, or failed. */
  readonly finished?: { readonly seconds: number; readonly reused: boolean; readonly error?: string };
}

export interface RunOutcome {
  readonly path: string;
  readonly result: ResultFile;
  /** Row and seed pairs taken from disk. */
  readonly reused: number;
  /** With `fromPublished`: the published runs that other code or other data made, and that were not taken. */
  readonly otherPublished: number;
  /** Rows that failed, `system on dataset: message`. */
  readonly failures: readonly string[];
  readonly interrupted: boolean;
}

export const defaultSeedCount = 3;

/**
 * Runs an experiment's rows that are not on disk yet, and writes its results file after every row.
 *
 * A row that fails stays in the table with its error and does not stop the others. When the signal is aborted, the file
 * holds the rows that were finished, and the outcome says `interrupted`. As long as there are fewer rows than in a results file
 * of an earlier run, that one stays, and these go into a file of their own beside it.
 */
export async function runExperiment(experiment: AnyExperiment, options: RunOptions): Promise<RunOutcome> {
  const scope: RunScope = {
    experiment,
    preset: options.preset,
    out: options.out,
    engine: options.engine,
    fingerprint: options.fingerprint ?? (await fingerprintOf(experiment, options.preset, options.engine)),
    locator: options.locator,
    signal: options.signal,
    shared: new SharedResults(),
    origin: originOf(experiment),
    checkpoints: new Checkpoints(
      checkpointFolder(options.out, experiment.id, options.preset),
      options.fresh ?? false,
    ),
  };
  const run = new ExperimentRun(experiment, options, scope);
  const otherPublished = options.fromPublished ? await layBackPublishedRaws(scope) : 0;
  return { ...(await run.run()), otherPublished };
}

/** The rows of an experiment at a preset. @throws {ValueError} two rows of the same system and dataset */
export function planRows(experiment: AnyExperiment, preset: PresetName): readonly AnyRow[] {
  const rows = experiment.rows({ preset, parameters: experiment.presets[preset] });
  const names = rows.map((row) => `${slug(row.system)} on ${slug(row.dataset)}`);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined)
    throw new ValueError(`${experiment.id}: rows must be different, got two of ${repeated}`);
  return rows;
}

interface RowState {
  readonly row: AnyRow;
  /** Whether it may run; if not it is only taken from disk. */
  readonly chosen: boolean;
  readonly raws: Map<number, RawFile>;
  readonly scores: Map<number, MetricValues>;
  error?: string;
  settled: boolean;
}

class ExperimentRun {
  readonly #experiment: AnyExperiment;
  readonly #options: RunOptions;
  readonly #scope: RunScope;
  readonly #seeds: readonly number[];
  readonly #states: readonly RowState[];
  /** Whether a row or seed is missing because it was not to be run. */
  #leftOut = false;
  readonly #startedAt = new Date().toISOString();
  #reused = 0;
  #doneWeight = 0;
  #freshWeight = 0;

  constructor(experiment: AnyExperiment, options: RunOptions, scope: RunScope) {
    this.#experiment = experiment;
    this.#options = options;
    this.#scope = scope;
    const seedCount = options.seedCount ?? experiment.seedCounts?.[options.preset] ?? defaultSeedCount;
    this.#seeds = Array.from({ length: seedCount }, (_, i) => i + 1);
    this.#states = planRows(experiment, options.preset).map((row) => ({
      row,
      chosen: options.only?.test(nameOf(row)) ?? true,
      raws: new Map(),
      scores: new Map(),
      settled: false,
    }));
    if (!this.#states.some(({ chosen }) => chosen)) {
      const names = this.#states.map(({ row }) => nameOf(row)).join(", ");
      throw new ValueError(`${experiment.id}: only must match one of ${names}, got ${options.only}`);
    }
  }

  async run(): Promise<Omit<RunOutcome, "otherPublished">> {
    const output = await ResultOutput.open(this.#options, this.#experiment.id);
    let interrupted = false;
    for (const state of this.#states) {
      const reusedBefore = this.#reused;
      for (const seed of this.#seeds) {
        if (state.error === undefined) interrupted = !(await this.#runSeed(state, seed)) || interrupted;
      }
      // A row that was not to be run, or came after an interruption, is left out where nothing of it is on disk.
      if (state.raws.size === 0 && state.error === undefined) continue;
      state.settled = true;
      await output.write(this.#result(false));
      this.#report(state, this.#seeds.length, 0, {
        seconds: secondsOf(state).reduce((sum, seconds) => sum + seconds, 0),
        reused: this.#reused - reusedBefore === this.#seeds.length,
        ...(state.error === undefined ? {} : { error: state.error }),
      });
    }
    const failures = this.#states.flatMap(({ row, error }) =>
      error === undefined ? [] : [`${nameOf(row)}: ${error}`],
    );
    const complete = !interrupted && !this.#leftOut;
    let result = this.#result(complete);
    const path = output.pathOf(result);
    try {
      const pictures = await drawPictures(this.#experiment, path, this.#outputs());
      result = this.#result(complete, pictures);
    } catch (error) {
      failures.push(`pictures: ${publicMessage(error)}`);
    }
    await output.write(result);
    if (complete) await this.#keepRaws(path);
    if (complete && failures.length === 0) await this.#scope.checkpoints.clear(this.#seeds);
    return { path, result, reused: this.#reused, failures, interrupted };
  }

  /** False when interrupted. A failure is noted in the row's state. */
  async #runSeed(state: RowState, seed: number): Promise<boolean> {
    const { row } = state;
    const { aborted } = this.#scope.signal;
    try {
      if (!aborted) this.#report(state, seed, 0);
      const isAnew = this.#options.fresh && state.chosen && !aborted;
      const known = isAnew ? undefined : await reusableRaw(this.#scope, row, seed);
      if (known === undefined && aborted) return false;
      if (known === undefined && !state.chosen) {
        this.#leftOut = true;
        this.#doneWeight += row.weight ?? 1;
        return true;
      }
      const raw =
        known ??
        (await runRow(this.#scope, row, seed, ({ done, total }) =>
          this.#report(state, seed, total > 0 ? Math.min(1, done / total) : 0),
        ));
      state.scores.set(
        seed,
        checkScore(this.#experiment, this.#experiment.score(raw.output as Record<string, unknown>)),
      );
      state.raws.set(seed, raw);
      if (known !== undefined) this.#reused++;
      else this.#freshWeight += row.weight ?? 1;
    } catch (error) {
      if (this.#scope.signal.aborted) return false;
      state.error = `seed ${seed}: ${publicMessage(error)}`;
    }
    this.#doneWeight += row.weight ?? 1;
    return true;
  }

  #report(state: RowState, seed: number, fraction: number, finished?: RunProgress["finished"]): void {
    const weight = fraction * (state.row.weight ?? 1);
    this.#options.onProgress?.({
      experiment: this.#experiment.id,
      row: { system: state.row.system, dataset: state.row.dataset, seed },
      done: this.#doneWeight + weight,
      fresh: this.#freshWeight + weight,
      total: this.#seeds.length * this.#states.reduce((sum, { row }) => sum + (row.weight ?? 1), 0),
      ...(finished === undefined ? {} : { finished }),
    });
  }

  /** What the finished rows put out, in the table's order. */
  #outputs(): RowOutput<Record<string, unknown>>[] {
    return this.#states.flatMap(({ row: { system, dataset, parameters }, raws }) =>
      [...raws].map(([seed, { output }]) => ({
        system,
        dataset,
        ...(parameters === undefined ? {} : { parameters }),
        seed,
        raw: output as Record<string, unknown>,
      })),
    );
  }

  /** Writes the rows' raw outputs beside the results file, for `verify`. */
  async #keepRaws(path: string): Promise<void> {
    await writeRawArchive(rawArchivePath(path), {
      schemaVersion,
      experiment: this.#experiment.id,
      preset: this.#options.preset,
      runs: this.#states.flatMap(({ raws }) => [...raws.values()].map(archived)),
    });
  }

  #result(complete: boolean, pictures: readonly PictureEntry[] = []): ResultFile {
    const settled = this.#states.filter((state) => state.settled);
    const raws = settled.flatMap((state) => [...state.raws.values()]);
    const data = new Map<string, DataProvenance>();
    for (const raw of raws) for (const entry of raw.data) data.set(entry.name, entry);
    return {
      schemaVersion,
      experiment: this.#experiment.id,
      preset: this.#options.preset,
      parameters: { ...this.#experiment.presets[this.#options.preset] },
      data: [...data.values()] as ResultFile["data"],
      rows: summarise(this.#experiment, settled.map(scoredRow)),
      ...(pictures.length === 0 ? {} : { pictures: [...pictures] }),
      provenance: {
        seeds: [...this.#seeds],
        engine: [...new Set(raws.flatMap(({ engines }) => engines))].join(", ") || "javascript",
        ...(raws.length > 0
          ? summariseOrigins(raws)
          : { ...this.#scope.origin, startedAt: this.#startedAt, peakMemoryMiB: peakMemoryMiB() }),
        seconds: raws.reduce((sum, { seconds }) => sum + seconds, 0),
        complete,
        fingerprint: this.#scope.fingerprint,
        askedEngine: this.#options.engine,
        ...(this.#options.threads === undefined ? {} : { threads: this.#options.threads }),
      },
    };
  }
}

/** The results file of a run: beside an earlier run's as long as that one has more rows. */
class ResultOutput {
  readonly #path: string;
  readonly #partialPath: string;
  /** Rows of the earlier run's file. */
  readonly #earlierRows: number;

  private constructor(path: string, partialPath: string, earlierRows: number) {
    this.#path = path;
    this.#partialPath = partialPath;
    this.#earlierRows = earlierRows;
  }

  static async open({ out, preset }: RunOptions, experiment: string): Promise<ResultOutput> {
    const path = resultPath(out, experiment, preset);
    // A file that is missing or broken has nothing to lose.
    const earlier = await readResult(path).catch(() => undefined);
    return new ResultOutput(path, partialResultPath(out, experiment, preset), earlier?.rows.length ?? 0);
  }

  pathOf({ provenance, rows }: ResultFile): string {
    return provenance.complete || rows.length >= this.#earlierRows ? this.#path : this.#partialPath;
  }

  async write(result: ResultFile): Promise<void> {
    const path = this.pathOf(result);
    await writeResult(path, result);
    if (path === this.#path) await removeResult(this.#partialPath);
  }
}

function archived({
  system,
  dataset,
  seed,
  output,
  schemaVersion: _version,
  experiment: _experiment,
  preset: _preset,
  ...made
}: RawFile): RawArchive["runs"][number] {
  return { system, dataset, seed, output, made };
}

/** What `--only` is compared with. */
export function nameOf({ system, dataset }: AnyRow): string {
  return `${system} on ${dataset}`;
}

function scoredRow(state: RowState): ScoredRow {
  const data = new Set([...state.raws.values()].flatMap((raw) => raw.data.map(({ name }) => name)));
  return {
    row: state.row,
    scores: state.scores,
    seconds: secondsOf(state),
    data: [...data],
    error: state.error,
  };
}

function secondsOf(state: RowState): number[] {
  return [...state.raws.values()].map(({ seconds }) => seconds);
}
