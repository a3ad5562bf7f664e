import { type TrajectorySet, ValueError } from "@wayweave/geo-core";
import type { AttributeValue } from "@wayweave/geo-core/node";
import { Command, Option } from "commander";
import { type ClusterBy, clusterings } from "../clustering/cluster-by.js";
import { type ClusterMethod, clusterMethods, clusterTrips } from "../clustering/cluster-trips.js";
import {
  type PresetName,
  presets,
  type Seeding,
  type SizeName,
  seedingNames,
  sizes,
} from "../model/config.js";
import type { FitOptions } from "../training/fit.js";
import { carryOver } from "./attributes.js";
import { checkWritable, formatOf, prepareFile, readTrips, writeTrips } from "./files.js";
import { writeMap } from "./map.js";
import { fitView, type Progress } from "./progress.js";

interface ClusterOptions {
  readonly k?: string;
  readonly out: string;
  readonly method?: ClusterMethod;
  readonly clusterBy: ClusterBy;
  readonly outliers?: true;
  readonly map?: string;
  readonly model?: string;
  readonly preset: PresetName;
  readonly size?: SizeName;
  readonly seed: string;
  readonly seeding: Seeding;
  readonly cellSize?: string;
  readonly maxTokens: string;
  readonly columns: string;
  readonly planar?: true;
  readonly checkpoint?: string;
  readonly epochs?: string;
}

/** Numbers of clusters that `--k auto` tries: those of the paper's Fig. 6. */
const AUTO_RANGE = { min: 2, max: 22 };

/** The command line: `wayweave-e2dtc cluster trips.geojson --k 12 --out labelled.geojson`. */
export function createProgram(): Command {
  const program = new Command("wayweave-e2dtc").description("Clusters trajectories with E2DTC.");
  program
    .command("cluster")
    .description("Clusters the trips of a file, and writes them with their clusters.")
    .argument("<trips>", "GeoJSON (.geojson, .geojsonl), CSV with a row a point, or GeoParquet; also .gz")
    .option("--k <number>", "number of clusters, or auto; not with --method hdbscan")
    .requiredOption("--out <file>", "where the trips go, with the column cluster")
    .addOption(
      new Option(
        "--method <name>",
        "how (default: auto, without a network; e2dtc, which trains one, where --model is given)",
      ).choices(clusterMethods),
    )
    .addOption(
      new Option("--cluster-by <name>", "what makes trips alike, without a network")
        .choices(clusterings)
        .default("auto"),
    )
    .option("--outliers", "give trips that are far from all others −1")
    .option("--map <file>", "where a page goes that shows the clusters, .html")
    .option("--model <file>", "where the network goes, as one .onnx file")
    .addOption(
      new Option("--preset <name>", "the method: ours, or the paper's to the letter")
        .choices(Object.keys(presets))
        .default("standard"),
    )
    .addOption(
      new Option("--size <name>", "of the network (default: the preset's)").choices(Object.keys(sizes)),
    )
    .option("--epochs <number>", "epochs of pre-training at most (default: the preset's)")
    .option("--seed <number>", "of everything random", "0")
    .addOption(new Option("--seeding <name>", "where clusters start").choices(seedingNames).default("auto"))
    .option("--cell-size <metres>", "side of a cell (default: a twentieth of the median trip)")
    .option("--max-tokens <number>", "cells that a trip may go through at most", "512")
    .option("--columns <names>", "columns of a CSV file: id, x, y and perhaps time", "id,lon,lat")
    .option("--planar", "the trips are x and y in metres, not longitude and latitude")
    .option("--checkpoint <folder>", "where the training is saved, to go on after an interruption")
    .action((trips: string, options: ClusterOptions) => cluster(trips, options));
  program
    .command("predict")
    .description("Labels the trips of a file with a saved model.")
    .argument("<trips>", "as for cluster")
    .requiredOption("--model <file>", "an .onnx file that cluster wrote")
    .requiredOption("--out <file>", "where the trips go, with the columns cluster and confidence")
    .option("--columns <names>", "columns of a CSV file: id, x, y and perhaps time", "id,lon,lat")
    .option("--planar", "the trips are x and y in metres, not longitude and latitude")
    .action((trips: string, options: PredictOptions) => predict(trips, options));
  return program;
}

async function cluster(input: string, options: ClusterOptions): Promise<void> {
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.once("SIGINT", onInterrupt);
  const view = fitView(process.stderr);
  try {
    const format = formatOf(options.out);
    const { set, properties, leftOut } = await readTrips(input, {
      columns: options.columns.split(","),
      coordinateSystem: options.planar ? "planar" : "lonlat",
      signal: stop.signal,
    });
    checkWritable(options.out, set);
    await prepareFile("--out", options.out);
    if (options.model !== undefined) await prepareFile("--model", options.model);
    if (options.map !== undefined) await prepareFile("--map", options.map);
    const carried = carryOver(properties, format, set.timesMs !== undefined);
    const lost = [...leftOut, ...carried.leftOut];
    if (lost.length > 0) process.stderr.write(`note: ${options.out} will not have ${lost.join(", ")}\n`);
    const run = { signal: stop.signal, onProgress: (progress: Progress) => view.update(progress) };
    const { labels, columns, k, notes } =
      methodOf(options) === "e2dtc"
        ? await clusterByNetwork(set, options, run)
        : await clusterWithout(set, options, run);
    view.stop();
    await writeTrips(options.out, set, { ...carried.attributes, cluster: [...labels], ...columns });
    if (options.map !== undefined) await writeMap(options.map, set, labels, k);
    for (const note of notes) process.stderr.write(`note: ${note}\n`);
    process.stdout.write(summary(labels, k, options));
  } finally {
    view.stop();
    process.off("SIGINT", onInterrupt);
  }
}

interface Run {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** What both ways of clustering give to the writer. */
interface Clustered {
  readonly labels: ArrayLike<number> & Iterable<number>;
  readonly k: number;
  /** Further columns, a value a trip. */
  readonly columns: Readonly<Record<string, readonly AttributeValue[]>>;
  readonly notes: readonly string[];
}

/** A model can only come from the network. */
function methodOf({ method, model }: ClusterOptions): ClusterMethod {
  if (method === undefined) return model === undefined ? "auto" : "e2dtc";
  if (model !== undefined && method !== "e2dtc") {
    throw new ValueError(`--model needs --method e2dtc, got ${method}`);
  }
  return method;
}

async function clusterWithout(set: TrajectorySet, options: ClusterOptions, run: Run): Promise<Clustered> {
  const { k, seed, clusterBy, outliers } = options;
  const method = methodOf(options);
  if (k === undefined && method !== "hdbscan") throw new ValueError("--k must be given, a number or auto");
  const found = await clusterTrips(set, {
    ...(k === undefined ? {} : { k: k === "auto" ? "auto" : toNumber("--k", k) }),
    method,
    clusterBy,
    outliers: outliers === true,
    seed: toNumber("--seed", seed),
    ...run,
  });
  const best = found.history.start?.candidates[0];
  const notes = [
    ...(best === undefined
      ? []
      : [`chose ${best.method} on ${best.view} (stability ${best.stability.toFixed(2)})`]),
    ...(found.emptied === 0 ? [] : [`${found.emptied} clusters were empty and got the trips that fit worst`]),
    ...(found.outliers === 0 ? [] : [`${found.outliers} trips belong to no cluster: −1`]),
  ];
  return { labels: found.labels, k: found.k, columns: {}, notes };
}

async function clusterByNetwork(set: TrajectorySet, options: ClusterOptions, run: Run): Promise<Clustered> {
  // The training engine is heavy, and needed here only.
  const { fitE2DTC } = await import("../training/fit.js");
  const fitted = await fitE2DTC(set, { ...fitOptions(options, set.length), ...run });
  try {
    if (options.model !== undefined) await fitted.model.save(options.model);
    const { labels, softAssignments, model } = fitted;
    return {
      labels,
      k: model.k,
      columns: { confidence: confidences(labels, softAssignments, model.k) },
      notes: [],
    };
  } finally {
    await fitted.model.dispose();
  }
}

interface PredictOptions {
  readonly model: string;
  readonly out: string;
  readonly columns: string;
  readonly planar?: true;
}

/** Labels the trips of a file with a saved model. */
async function predict(input: string, { model: file, out, columns, planar }: PredictOptions): Promise<void> {
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.once("SIGINT", onInterrupt);
  const view = fitView(process.stderr);
  const { E2DTC } = await import("../model/e2dtc.js");
  const model = await E2DTC.load(file);
  try {
    const { set, properties } = await readTrips(input, {
      columns: columns.split(","),
      coordinateSystem: planar ? "planar" : "lonlat",
      signal: stop.signal,
    });
    checkWritable(out, set);
    await prepareFile("--out", out);
    const { labels, softAssignments } = await model.predict(set, {
      signal: stop.signal,
      onProgress: (progress) => view.update({ phase: "predict", ...progress }),
    });
    view.stop();
    const { attributes } = carryOver(properties, formatOf(out), set.timesMs !== undefined);
    const confidence = confidences(labels, softAssignments, model.k);
    await writeTrips(out, set, { ...attributes, cluster: [...labels], confidence });
    process.stdout.write(summary(labels, model.k, { out }));
  } finally {
    view.stop();
    await model.dispose();
    process.off("SIGINT", onInterrupt);
  }
}

function fitOptions(
  { k, preset, size, seed, cellSize, maxTokens, seeding, checkpoint, epochs }: ClusterOptions,
  trips: number,
): FitOptions {
  return {
    ...(k === "auto"
      ? { kRange: { ...AUTO_RANGE, max: Math.min(AUTO_RANGE.max, trips) } }
      : { k: toNumber("--k", k ?? "") }),
    preset,
    ...(size === undefined ? {} : { size }),
    seed: toNumber("--seed", seed),
    tokens: {
      ...(cellSize === undefined ? {} : { cellSizeMeters: toNumber("--cell-size", cellSize) }),
      maxTokens: toNumber("--max-tokens", maxTokens),
    },
    ...(epochs === undefined ? {} : { pretrain: { epochs: toNumber("--epochs", epochs) } }),
    selfTrain: { seeding },
    ...(checkpoint === undefined ? {} : { checkpointDir: checkpoint }),
  };
}

function toNumber(name: string, text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new ValueError(`${name} must be a number, got ${JSON.stringify(text)}`);
  return value;
}

/** The probability of each trip's own cluster, to four digits. */
function confidences(labels: Uint32Array, softAssignments: Float32Array, k: number): number[] {
  return Array.from(labels, (label, i) => Math.round(1e4 * softAssignments[i * k + label]!) / 1e4);
}

function summary(
  labels: ArrayLike<number> & Iterable<number>,
  k: number,
  { out, model, map }: Pick<ClusterOptions, "out" | "model" | "map">,
): string {
  const counts = new Uint32Array(k);
  for (const label of labels) if (label >= 0) counts[label]!++;
  const saved = model === undefined ? "" : `, the model in ${model}`;
  const drawn = map === undefined ? "" : `, a map in ${map}`;
  return `${labels.length} trips in ${k} clusters of ${[...counts].join(", ")}: ${out}${saved}${drawn}\n`;
}
