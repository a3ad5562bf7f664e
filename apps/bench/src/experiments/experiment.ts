import type { Random } from "@wayweave/geo-core";
import type { z } from "zod";
import type { DatasetId, LocatedDataset } from "../datasets/catalogue.js";
import type { MetricName } from "../results/metric-names.js";

/** `quick`: all experiments in ten minutes on 2 cores. `standard`: about an hour a seed or less each. `full`: the paper's sizes. */
export const presetNames = ["quick", "standard", "full"] as const;
export type PresetName = (typeof presetNames)[number];

/** `<paper>/<artefact>`, and the file under `src/experiments/`: `e2dtc/table3`. */
export type ExperimentId = `${string}/${string}`;

/** One number a metric: what {@link Experiment.score} makes of one seed's raw output, or what a paper prints. */
export type MetricValues = Partial<Record<MetricName, number>>;

/**
 * A table or figure of a paper, and how to reproduce it.
 *
 * A run goes row by row and seed by seed: {@link Row.run} makes a raw output (predicted labels, ranks, durations),
 * which is written to disk at once. Then {@link Experiment.score} turns raw outputs into metrics: it is pure, so
 * metrics can be recomputed from the files without running anything again. Rows must not need each other: each can
 * run alone, and a run that was stopped goes on with the rows that are missing.
 *
 * @typeParam Parameters what a preset decides: sizes, epochs, repetitions
 * @typeParam Raw one raw output: plain JSON values and typed arrays
 */
export interface Experiment<Parameters extends object, Raw extends object> {
  readonly id: ExperimentId;
  /** What it shows, in a line: `Clustering quality of distance-based and deep methods`. */
  readonly title: string;
  /** What it reproduces: `E2DTC, Table III`. */
  readonly artefact: string;
  /** What a reader must know to judge the figures: protocol, decisions, departures. One sentence an entry. */
  readonly notes: readonly string[];
  readonly presets: Readonly<Record<PresetName, Parameters>>;
  /** How many seeds a preset runs unless `--seeds` says otherwise; 3 where absent. */
  readonly seedCounts?: Readonly<Partial<Record<PresetName, number>>>;
  /** The table's columns, in order. */
  readonly metrics: readonly MetricName[];
  /**
   * What `speedup` is relative to: the row of system `system` with the same dataset. The speedup of a seed is the ratio of
   * that seed's `metric`, the reference's own being 1. Only with a reference do rows get a `speedup`.
   */
  readonly reference?: { readonly system: string; readonly metric: MetricName };
  /**
   * The workspace packages whose code decides the raw outputs (`@wayweave/geo-core`): when their build changes, rows on
   * disk are stale and run again. The experiment's own folder and `src/datasets` always count; metrics never do, since they are recomputed.
   */
  readonly packages: readonly `@wayweave/${string}`[];
  /** The shape of a raw output, checked when it is written and read. Typed arrays: `rawArrays.uint32`, … */
  readonly rawSchema: z.ZodType<Raw>;
  /** The table's rows, in order. Cheap: nothing is read or computed here. */
  rows(plan: RowPlan<Parameters>): readonly Row<Raw>[];
  /** Metrics of one raw output, by `@wayweave/eval`. Pure. */
  score(raw: Raw): MetricValues;
  /** Plots of the finished rows for the report. */
  readonly figures?: readonly Figure[];
  /**
   * Pictures that need more than the table's numbers: a contact sheet, a scatter plot, a confusion matrix. They are written
   * beside the results as SVG and shown in the report. Pure; called once a run with the outputs of all finished rows and
   * seeds, in the table's order. Titles must be different.
   */
  pictures?(outputs: readonly RowOutput<Raw>[]): readonly Picture[];
}

export interface RowPlan<Parameters> {
  readonly preset: PresetName;
  readonly parameters: Parameters;
}

/** One row of the table: a system on a dataset. */
export interface Row<Raw extends object> {
  /** `DTW + K-Medoids`. */
  readonly system: string;
  /** One of the results contract's names: `GeoLife`, `Porto`, `1M d10`. System and dataset together are unique. */
  readonly dataset: string;
  /** What the report's plots can use as an axis: `{ objects: 40000, k: 5 }`. */
  readonly parameters?: Readonly<Record<string, number | string>>;
  /** What the paper prints for this row; a metric that it does not print is absent, `null` where it has no such row. */
  readonly paper: MetricValues | null;
  /** Expected cost relative to the other rows, for the progress bar; 1 where absent. */
  readonly weight?: number;
  /** Runs the system once. A thrown error fails this row and seed only. */
  run(context: RunContext): Promise<Raw>;
}

/** The raw output of one row and seed. */
export interface RowOutput<Raw extends object> extends Pick<Row<Raw>, "system" | "dataset" | "parameters"> {
  readonly seed: number;
  readonly raw: Raw;
}

/** A drawing with its caption. */
export interface Picture {
  readonly title: string;
  /**
   * One `<svg>` element with `xmlns`, `viewBox`, `width` and `height`. Colours by the report's CSS variables with a fallback
   * (`var(--ink, #1d2330)`) follow the page into the dark and still show in the file alone.
   */
  readonly svg: string;
}

/** What a row gets to run with. */
export interface RunContext {
  readonly preset: PresetName;
  /** 1, 2, 3, … */
  readonly seed: number;
  /**
   * Seeded with {@link seed} and the same for every row: `random.split("sample")` draws one sample for all systems.
   * Split it; never draw from it directly.
   */
  readonly random: Random;
  /** `--engine`: `auto` unless given. Only experiments that train or infer look at it. */
  readonly engine: string;
  /** Records the engine that was used in the end, for the provenance. */
  reportEngine(name: string): void;
  /**
   * A dataset, loaded once a run however many rows ask. `dataset` is looked for by `--data`, `$WAYWEAVE_DATA`, … and handed
   * to the loader, or undefined where no place has it: then the loader returns its synthetic stand-in. `null` where the data
   * is synthetic by design. `key` tells versions of it apart: include every parameter. What the data says of itself goes into
   * the results' `data`; the time that loading takes is not the row's.
   */
  load<T extends LoadedData>(
    dataset: DatasetId | null,
    key: string,
    loader: (located: LocatedDataset | undefined) => Promise<T>,
  ): Promise<T>;
  /**
   * Anything costly that several rows share, computed once a run and forgotten at its end (so a row that runs alone
   * computes it too).
   */
  share<T>(key: string, compute: () => Promise<T>): Promise<T>;
  /** Shows how far this row is. */
  onProgress(progress: { readonly done: number; readonly total: number }): void;
  /** Aborted by Ctrl-C: pass it on to everything that takes a signal. */
  readonly signal: AbortSignal;
  /**
   * A folder of this seed to save in what is made under a name: a training that was stopped goes on from there, whichever row asks. It is
   * empty where code, parameters or the data loaded so far are others than when it was filled, and removed when all rows are done.
   */
  checkpointDir(name: string): Promise<string>;
}

/** What every loaded dataset says of itself. */
export interface LoadedData {
  readonly provenance: DataProvenance;
}

/** Where a table's data came from. */
export interface DataProvenance {
  /** The dataset's name in the rows: `Porto`. */
  readonly name: string;
  /** `mixed`: drawn from something real, such as vectors around those of a fitted model, at real places. */
  readonly source: "real" | "synthetic" | "mixed";
  /** File names, without the machine's folders; empty where synthetic. */
  readonly files: readonly string[];
  /** One a file, in the same order. */
  readonly sha256: readonly string[];
  /** What was read, kept and skipped: `{ trips: 9232, points: 448000, "skipped: too short": 123 }`. */
  readonly counts: Readonly<Record<string, number>>;
}

/** A plot of the finished rows. `x`, `series` and `facet` name `system`, `dataset` or one of {@link Row.parameters}. */
export interface Figure {
  readonly title: string;
  /** `bars`: a group a facet, a bar an x. `lines`: a line a series, with the interval as a band. */
  readonly kind: "bars" | "lines";
  readonly metric: MetricName;
  readonly x: string;
  readonly series: string;
  readonly facet?: string;
  readonly logX?: boolean;
  readonly logY?: boolean;
}

/** An experiment whose types the runner need not know. */
export type AnyExperiment = Experiment<Record<string, unknown>, Record<string, unknown>>;

/**
 * Checks an experiment's types and forgets them, so that experiments of different raw outputs can stand in one list.
 *
 * Safe because the runner only ever hands an experiment its own parameters, and its own raw outputs after
 * {@link Experiment.rawSchema} has accepted them.
 */
export function defineExperiment<Parameters extends object, Raw extends object>(
  experiment: Experiment<Parameters, Raw>,
): AnyExperiment {
  return experiment as unknown as AnyExperiment;
}
