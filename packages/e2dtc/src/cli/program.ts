import { ValueError } from "@wayweave/geo-core";
import { Command, Option } from "commander";
import { type PresetName, presets, type Seeding, seedingNames } from "../model/config.js";
import { type FitOptions, type FitResult, fitE2DTC } from "../training/fit.js";
import { carryOver } from "./attributes.js";
import { checkWritable, formatOf, prepareFile, readTrips, writeTrips } from "./files.js";
import { fitView } from "./progress.js";

interface ClusterOptions {
  readonly k: string;
  readonly out: string;
  readonly model?: string;
  readonly preset: PresetName;
  readonly seed: string;
  readonly seeding: Seeding;
  readonly cellSize: string;
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
    .description("Trains a model on the trips of a file, and writes them with their clusters.")
    .argument("<trips>", "GeoJSON (.geojson, .geojsonl), CSV with a row a point, or GeoParquet; also .gz")
    .requiredOption("--k <number>", "number of clusters, or auto")
    .requiredOption("--out <file>", "where the trips go, with the columns cluster and confidence")
    .option("--model <file>", "where the model goes, as one .onnx file")
    .addOption(
      new Option("--preset <name>", "size of the network").choices(Object.keys(presets)).default("small"),
    )
    .option("--epochs <number>", "epochs of pre-training at most (default: the preset's)")
    .option("--seed <number>", "of everything random", "0")
    .addOption(new Option("--seeding <name>", "where clusters start").choices(seedingNames).default("best"))
    .option("--cell-size <metres>", "side of a cell", "300")
    .option("--max-tokens <number>", "cells that a trip may go through at most", "512")
    .option("--columns <names>", "columns of a CSV file: id, x, y and perhaps time", "id,lon,lat")
    .option("--planar", "the trips are x and y in metres, not longitude and latitude")
    .option("--checkpoint <folder>", "where the training is saved, to go on after an interruption")
    .action((trips: string, options: ClusterOptions) => cluster(trips, options));
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
    const carried = carryOver(properties, format, set.timesMs !== undefined);
    const lost = [...leftOut, ...carried.leftOut];
    if (lost.length > 0) process.stderr.write(`note: ${options.out} will not have ${lost.join(", ")}\n`);
    const fitted = await fitE2DTC(set, {
      ...fitOptions(options, set.length),
      onProgress: (progress) => view.update(progress),
      signal: stop.signal,
    });
    view.stop();
    // First what took longest to make.
    if (options.model !== undefined) await fitted.model.save(options.model);
    await writeTrips(options.out, set, {
      ...carried.attributes,
      cluster: [...fitted.labels],
      confidence: confidences(fitted),
    });
    process.stdout.write(summary(fitted, options));
    await fitted.model.dispose();
  } finally {
    view.stop();
    process.off("SIGINT", onInterrupt);
  }
}

function fitOptions(
  { k, preset, seed, cellSize, maxTokens, seeding, checkpoint, epochs }: ClusterOptions,
  trips: number,
): FitOptions {
  return {
    ...(k === "auto"
      ? { kRange: { ...AUTO_RANGE, max: Math.min(AUTO_RANGE.max, trips) } }
      : { k: toNumber("--k", k) }),
    preset,
    seed: toNumber("--seed", seed),
    tokens: {
      cellSizeMeters: toNumber("--cell-size", cellSize),
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
function confidences({ labels, softAssignments, model }: FitResult): number[] {
  return Array.from(labels, (label, i) => Math.round(1e4 * softAssignments[i * model.k + label]!) / 1e4);
}

function summary({ labels, model }: FitResult, { out, model: file }: ClusterOptions): string {
  const counts = new Uint32Array(model.k);
  for (const label of labels) counts[label]!++;
  const saved = file === undefined ? "" : `, the model in ${file}`;
  return `${labels.length} trips in ${model.k} clusters of ${[...counts].join(", ")}: ${out}${saved}\n`;
}
