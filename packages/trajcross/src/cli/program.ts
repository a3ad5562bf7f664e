import { createRequire } from "node:module";
import { addReadingOptions, parseCount, parseNumber, stoppable } from "@wayweave/cli";
import { Command, Option } from "commander";
import { parseBounds, parseCornerTolerance } from "./corners.js";
import { type EvaluateOptions, evaluate } from "./evaluate.js";
import { type FindCommandOptions, find, type IndexCommandOptions, index } from "./find.js";
import { type TrainCommandOptions, type TrainReaderCommandOptions, train, trainLineReader } from "./train.js";

/** The command line: `wayweave-trajcross find tracks/ screenshot.png`. */
export function createProgram(): Command {
  const { version } = createRequire(import.meta.url)("@wayweave/trajcross/package.json") as {
    version: string;
  };
  const program = new Command("wayweave-trajcross")
    .description("Finds the track that a picture of a map shows.")
    .version(version);
  const tracks =
    "a file, a folder or a zip of tracks: GPX, KML, TCX, FIT, GeoJSON, CSV, Parquet and others, also gzipped";
  addReadingOptions(
    program
      .command("find")
      .description(
        "The tracks that a picture may show, best first. Nothing is trained. What is broken among the tracks is left out and named; where a large share of the positions is no longitude and latitude, that is an error unless --lenient is given.",
      )
      .argument("<tracks>", `${tracks}; or a file that "index" wrote`)
      .argument(
        "<picture>",
        "PNG, JPEG, WebP, AVIF, GIF or GeoTIFF; its corners are in a .json or a world file beside it or in the GeoTIFF, or given by --bounds, which goes before them, or unknown",
      )
      .option("--bounds <w,s,e,n>", "longitudes and latitudes of the picture's edges", parseBounds)
      .option("--no-sidecar", "files beside the picture are not read")
      .option("--k <number>", "how many tracks to tell", parseCount("--k"), 5)
      .option(
        "--corner-tolerance <share>",
        "how far corners that are known may be off, in shares of the longer side, up to 0.1 (default: 0.03)",
        parseCornerTolerance,
      )
      .option("--html <file>", "a page that shows the picture with the tracks over it")
      .option("--json", "the answer as JSON"),
    "always",
  ).action((source: string, picture: string, options: FindCommandOptions) =>
    stoppable((signal) => find(source, picture, options, signal)),
  );
  addReadingOptions(
    program
      .command("index")
      .description(
        "Prepares a large collection, so that find need not read it again. What is broken among the tracks is left out and named, as find does.",
      )
      .argument("<tracks>", tracks)
      .requiredOption("--out <file>", "where the index goes"),
    "always",
  ).action((source: string, options: IndexCommandOptions) =>
    stoppable((signal) => index(source, options, signal)),
  );
  addReadingOptions(
    program
      .command("train")
      .description(
        "For researchers: trains TrajCross embeddings on windows of tracks. Needs @tensorflow/tfjs.",
      )
      .argument("<tracks>", tracks)
      .requiredOption("--out <folder>", "where the model goes")
      .addOption(
        new Option("--preset <name>", "default is ours, paper the paper's")
          .choices(["default", "paper"])
          .default("default"),
      )
      .option("--epochs <number>", "default: the preset's", parseCount("--epochs"))
      .option("--length <number>", "points of a window", parseCount("--length"), 20)
      .option("--seed <number>", "of everything random", parseNumber("--seed"), 0)
      .option("--checkpoint <folder>", "where the training is saved, to go on after an interruption"),
    "always",
  ).action((source: string, options: TrainCommandOptions) =>
    stoppable((signal) => train(source, options, signal)),
  );
  addReadingOptions(
    program
      .command("evaluate")
      .description(
        "For researchers: how often a model, or the line reader without any training, finds the right window of some tracks.",
      )
      .argument("<tracks>", tracks)
      .option("--model <folder>", "a model that train wrote; without it the line reader")
      .option("--count <number>", "windows at most", parseCount("--count"), 500)
      .option("--length <number>", "points of a window", parseCount("--length"), 20)
      .option("--seed <number>", "of everything random", parseNumber("--seed"), 0),
    "always",
  ).action((source: string, options: EvaluateOptions) =>
    stoppable((signal) => evaluate(source, options, signal)),
  );
  program
    .command("train-reader")
    .description("Trains the line reader anew, or further. Needs @tensorflow/tfjs; no data.")
    .requiredOption(
      "--checkpoint <folder>",
      "where the training is saved after each epoch; one that is there is continued",
    )
    .requiredOption("--out <file>", "where the .onnx file goes")
    .option(
      "--epochs <number>",
      "of 512 new pictures each; more than a finished run had train it further",
      parseCount("--epochs"),
      130,
    )
    .option("--seed <number>", "of everything random", parseNumber("--seed"), 1)
    .option(
      "--from <folder>",
      "the checkpoint of another run, whose parameters this one begins with; a run that is continued has begun already",
    )
    .option("--threads <number>", "threads of one operator", parseCount("--threads"))
    .action((options: TrainReaderCommandOptions) => stoppable((signal) => trainLineReader(options, signal)));
  return program;
}
