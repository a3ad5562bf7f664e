import { createRequire } from "node:module";
import {
  addReadingOptions,
  type OptionNames,
  parseChoice,
  parseCount,
  parseNumber,
  parseWhole,
  readingOptionNames,
  refuseIdle,
  stoppable,
} from "@wayweave/cli";
import { Command, Option } from "commander";
import { clusterings } from "../clustering/cluster-by.js";
import { clusterMethods } from "../clustering/cluster-trips.js";
import { presets, seedingNames, sizes } from "../model/config.js";
import { type ClusterFlags, cluster } from "./cluster-command.js";
import { type EvaluateFlags, evaluate } from "./evaluate-command.js";
import { farTripsChoices, longTripsChoices } from "./for-network.js";
import { clusterRules, evaluateRules, predictRules, SAMPLE_SIZE, similarRules } from "./idle-rules.js";
import { type PredictFlags, predict } from "./predict-command.js";
import { distanceNames, type SimilarFlags, similar } from "./similar-command.js";

/** The commands' options for what the libraries' messages name. */
export const optionNames: OptionNames = {
  "tokens.cellSizeMeters": "--cell-size",
  cellSizeMeters: "--cell-size",
  "tokens.maxTokens": "--max-tokens",
  maxTokens: "--max-tokens",
  "pretrain.epochs": "--epochs",
  "selfTrain.seeding": "--seeding",
  kRange: "--k auto",
  sampleSize: "--sample-size",
  clusterBy: "--cluster-by",
  checkpointDir: "--checkpoint",
  timeUnit: "--time-unit",
  timePattern: "--time-pattern",
  timeZone: "--time-zone",
  timeRange: "--time-range",
  longitudes: "--longitudes",
  "distance.epsilon": "--epsilon",
};

const TRIPS = "a file, a folder or a zip: GPX, KML, TCX, FIT, GeoJSON, CSV, Parquet and others, also gzipped";
const OUT = ".gpx, .geojson, .geojsonl, .csv or .parquet; all but .parquet also with .gz";

/** The command line: `wayweave-e2dtc cluster rides/ --k auto --out clusters.gpx`. */
export function createProgram(): Command {
  const { version } = createRequire(import.meta.url)("@wayweave/e2dtc/package.json") as { version: string };
  const program = new Command("wayweave-e2dtc")
    .description("Puts trips in clusters, finds trips that are alike, and says how good clusters are.")
    .version(version)
    .addHelpText("after", "\nEach command has its own help and an example: wayweave-e2dtc cluster --help\n");
  addCluster(program.command("cluster"));
  addPredict(program.command("predict"));
  addSimilar(program.command("similar"));
  addEvaluate(program.command("evaluate"));
  return program;
}

const choice = (flags: string, text: string, values: readonly string[], byDefault?: string) => {
  const option = new Option(flags, text).choices(values);
  return byDefault === undefined ? option : option.default(byDefault);
};

function addCluster(command: Command): void {
  command
    .description("Clusters trips, and writes them with a column cluster.")
    .argument("<trips>", TRIPS)
    .requiredOption("--out <file>", `where the trips go: ${OUT}`)
    .option(
      "--k <number>",
      "number of clusters (default: auto, which looks for it)",
      parseChoice("--k", "auto"),
    )
    .addOption(
      choice(
        "--method <name>",
        "how (default: auto, without a network; e2dtc, which trains one, with --model)",
        clusterMethods,
      ),
    )
    .addOption(
      choice(
        "--cluster-by <name>",
        "what makes trips alike, without a network: the way as recorded, where they are, or the way alone",
        clusterings,
        "auto",
      ),
    )
    .option(
      "--sample-size <number>",
      "trips whose distances are all computed, without a network",
      parseCount("--sample-size"),
      SAMPLE_SIZE,
    )
    .option("--outliers", "give trips that are far from all others −1")
    .option("--map <file>", "where a page goes that shows the clusters, .html")
    .option("--seed <number>", "of everything random", parseWhole("--seed"), 0);
  addReadingOptions(command);
  addNetworkOptions(command);
  refuseIdle(command, clusterRules)
    .addHelpText(
      "after",
      "\nExample:\n  wayweave-e2dtc cluster rides/ --lenient --out clusters.gpx --map clusters.html\n",
    )
    .action((trips: string, flags: ClusterFlags) => stoppable((signal) => cluster(trips, flags, signal)));
}

function addNetworkOptions(command: Command): void {
  command
    .optionsGroup("With a network (--method e2dtc):")
    .option("--model <file>", "where the network goes, as one .onnx file")
    .addOption(
      choice(
        "--preset <name>",
        "standard: ours; student: ours in about a minute, to label many more trips; paper: the paper's to the letter",
        Object.keys(presets),
        "standard",
      ),
    )
    .addOption(choice("--size <name>", "of the network (default: the preset's)", Object.keys(sizes)))
    .option(
      "--epochs <number>",
      "epochs of pre-training at most (default: the preset's)",
      parseCount("--epochs"),
    )
    .addOption(choice("--seeding <name>", "where clusters start (default: the preset's)", seedingNames))
    .option(
      "--time-of-day",
      "the network also reads at what time of the day trips were where (times are to be dates, not seconds since the start); of the starts only --seeding kMeans heeds it",
    )
    .option(
      "--cell-size <metres>",
      "side of a cell (default: a twentieth of the median trip; 300 with the preset paper)",
      parseNumber("--cell-size"),
    )
    .option(
      "--max-tokens <number>",
      "cells that a trip may go through at most",
      parseCount("--max-tokens"),
      512,
    )
    .addOption(choice("--long-trips <how>", "those that go through more", longTripsChoices, "cut"))
    .addOption(
      choice(
        "--far-trips <how>",
        "those so far from the others that cells of the right size would be too many: keep (with larger cells) or skip (cluster −1)",
        farTripsChoices,
        "keep",
      ),
    )
    .option("--checkpoint <folder>", "where the training is saved, to go on after an interruption");
}

function addPredict(command: Command): void {
  command
    .description("Labels trips with a saved model, batch by batch.")
    .argument("<trips>", TRIPS)
    .requiredOption("--model <file>", "an .onnx file that cluster wrote")
    .requiredOption("--out <file>", `where the trips go, with the columns cluster and confidence: ${OUT}`);
  addReadingOptions(command)
    .addOption(
      choice(
        "--far-trips <how>",
        "those outside the area that the model has learnt: skip (cluster −1) or keep",
        farTripsChoices,
        "skip",
      ),
    )
    .addOption(
      choice(
        "--row-order <how>",
        "of one large CSV of points: grouped (trips stand together, read in bounded memory) or any",
        ["any", "grouped"],
        "any",
      ),
    );
  refuseIdle(command, predictRules)
    .addHelpText(
      "after",
      "\nExample:\n  wayweave-e2dtc predict more.geojsonl --model clusters.onnx --out labelled.geojsonl\n",
    )
    .action((trips: string, flags: PredictFlags) => stoppable((signal) => predict(trips, flags, signal)));
}

const similarHelp = `
Distances, as printed, in the column distance, and in JSON beside their unit:
  dtw                 metres, added up over the pairs of points that are matched
  frechet, hausdorff  metres
  edr                 edits: points that must be put in, taken out or replaced
  lcss                the share of the shorter trip's points that have no match, 0 to 1
  --model             a distance of embeddings, without a unit
With --planar metres are the positions' own unit.

Example:
  wayweave-e2dtc similar rides/ --id "Sunday ride" --k 5 --lenient
`;

function addSimilar(command: Command): void {
  command
    .description("Finds the trips nearest to one, nearest first.")
    .argument("<trips>", TRIPS)
    .option("--id <id>", "the trip, one of them: its id, or its name where no other has it")
    .option("--query <file>", "or a file with the one trip")
    .option("--k <number>", "how many", parseCount("--k"), 10)
    .addOption(choice("--distance <name>", "of trips", distanceNames, "dtw"))
    .option(
      "--epsilon <metres>",
      "how far apart points may be that match, for edr and lcss",
      parseNumber("--epsilon"),
    )
    .option("--model <file>", "an .onnx file: compares embeddings instead")
    .option("--out <file>", `where the trips found go, with the columns rank and distance: ${OUT}`)
    .option("--json", "prints JSON");
  refuseIdle(addReadingOptions(command), similarRules)
    .addHelpText("after", similarHelp)
    .action((trips: string, flags: SimilarFlags) => stoppable((signal) => similar(trips, flags, signal)));
}

function addEvaluate(command: Command): void {
  command
    .description("Compares labels with the truth: UACC, NMI, ARI, RI, AMI and purity.")
    .argument("<labelled>", "trips with a column of labels (as cluster writes), or a table of ids and labels")
    .option("--labels <column>", "the labels", "cluster")
    .option("--truth <file>", "a file with the true labels by id (default: the same file)")
    .requiredOption("--truth-labels <column>", "the true labels")
    .option("--id <column>", "ids of trips in tables", "id")
    .option("--truth-id <column>", "ids of trips in a table of the truth (default: as --id)")
    .option("--json", "prints JSON");
  refuseIdle(addReadingOptions(command), evaluateRules(readingOptionNames))
    .addHelpText(
      "after",
      "\nExample:\n  wayweave-e2dtc evaluate clusters.csv --truth routes.csv --truth-id trip --truth-labels route\n",
    )
    .action((file: string, flags: EvaluateFlags) => stoppable((signal) => evaluate(file, flags, signal)));
}
