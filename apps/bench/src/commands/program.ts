import { join, resolve } from "node:path";
import { StateError, ValueError } from "@wayweave/geo-core";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { DatasetId } from "../datasets/catalogue.js";
import { type Download, downloads as officialDownloads } from "../datasets/fetch.js";
import { checkoutFolder } from "../datasets/locate.js";
import { type AnyExperiment, type PresetName, presetNames } from "../experiments/experiment.js";
import { type CliContext, exitCodes } from "./context.js";
import { parseRowPattern } from "./row-pattern.js";

export interface CliOptions {
  readonly experiments: readonly AnyExperiment[];
  /** @defaultValue the publishers' own */
  readonly downloads?: Readonly<Partial<Record<DatasetId, Download>>>;
}

/**
 * Runs the command line and returns the exit code. Results go to standard output, everything else to standard error.
 *
 * @param args the arguments after the script's name; without a command they mean `run all`, none at all
 *   `run all --preset quick`
 */
export async function runCli(args: readonly string[], options: CliOptions): Promise<number> {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    process.stderr.write(
      "\nstopping after the current step; finished rows are kept. Ctrl-C again to stop now.\n",
    );
    controller.abort(new StateError("interrupted"));
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    let code: number = exitCodes.done;
    const context: CliContext = {
      experiments: options.experiments,
      downloads: options.downloads ?? officialDownloads,
      signal: controller.signal,
    };
    const program = createProgram(context, (result) => {
      code = result;
    });
    await program.parseAsync(withCommand(args), { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    if (controller.signal.aborted) return exitCodes.interrupted;
    return error instanceof ValueError ? exitCodes.usage : exitCodes.failed;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

/** `--out DIR` alone is `run all --out DIR`. */
function withCommand(args: readonly string[]): string[] {
  const [first] = args;
  const isHelp = first === "--help" || first === "-h";
  const hasCommand = first !== undefined && (isHelp || !first.startsWith("-"));
  return hasCommand ? [...args] : ["run", "all", ...args];
}

/** The commands are imported when they are called: `--help` need not wait for the report's plots. */
function createProgram(context: CliContext, finish: (code: number) => void): Command {
  const program = new Command("wayweave-bench")
    .description("Reproduces the tables and figures of the papers and writes a report.")
    .exitOverride()
    .showHelpAfterError("(--help shows what there is)")
    .addHelpText(
      "after",
      `
Examples:
  wayweave-bench                                   every table at the quick preset, about 10 minutes
  wayweave-bench list                              what there is
  wayweave-bench run e2dtc/table3 --preset quick   one table
  wayweave-bench run e2dtc/table2 e2dtc/table3 --seeds 1 --data ~/trips
  wayweave-bench fetch geolife                     downloads GeoLife into the cache
  wayweave-bench report                            writes report.html again from the results
  wayweave-bench verify                            computes every metric again from the raw outputs

Data is looked for in --data, $WAYWEAVE_DATA, ../shared/data beside the checkout, and the cache that fetch
writes into; where it is nowhere, synthetic data stands in and every table says so.`,
    );
  addList(program, context, finish);
  addRun(program, context, finish);
  addReport(program, context, finish);
  addFetch(program, context, finish);
  addCompare(program, finish);
  addVerify(program, context, finish);
  return program;
}

function addList(program: Command, context: CliContext, finish: (code: number) => void): void {
  program
    .command("list")
    .description(
      "lists the experiments, whether their results are older than the code, and the data that is found",
    )
    .addOption(dataOption())
    .addOption(outOption())
    .option("--json", "prints JSON")
    .action(async (flags) => {
      const { listCommand } = await import("./list.js");
      finish(await listCommand(flags, context));
    });
}

function addRun(program: Command, context: CliContext, finish: (code: number) => void): void {
  program
    .command("run")
    .description("runs experiments; rows that are on disk already are taken from there")
    .argument("<experiment...>", "ids (see list), or all")
    .addOption(
      new Option("--preset <name>", "how large").choices(presetNames).default("quick" satisfies PresetName),
    )
    .option("--seeds <n>", "how many seeds (default: the experiment's own number, mostly 3)", positiveInteger)
    .addOption(dataOption())
    .addOption(outOption())
    .option("--engine <name>", "the engine that trains and infers", "auto")
    .option(
      "--only <regexp>",
      "runs only the rows whose “system on dataset” matches, or holds this text as it stands; others are taken from disk or left out",
      parseRowPattern,
    )
    .option(
      "--threads <n>",
      "threads of each runtime; 1 makes trainings equal to the last bit",
      positiveInteger,
    )
    .addOption(new Option("--fresh", "runs every row again").conflicts("fromPublished"))
    .option(
      "--from-published",
      "takes the runs that the results file in --out was published with, where this code and this data made them: adds seeds to it",
    )
    .option("--json", "prints the results as JSON")
    .addHelpText(
      "after",
      `
Examples:
  wayweave-bench run all
  wayweave-bench run e2dtc/table3 --preset standard
  wayweave-bench run e2dtc/table3 --data none      on synthetic data
  wayweave-bench run e2dtc/table3 --preset standard --seeds 5 --from-published      runs the seeds that the committed results lack
  wayweave-bench run e2dtc/table3 --only "centroid + k-means on Porto"
  wayweave-bench run all --json > results.json

Ctrl-C keeps the rows that are finished; the same command again goes on from there.`,
    )
    .action(async (ids: string[], flags) => {
      const { runCommand } = await import("./run.js");
      finish(await runCommand(ids, flags, context));
    });
}

function addReport(program: Command, context: CliContext, finish: (code: number) => void): void {
  program
    .command("report")
    .description("writes report.html from the results files")
    .addOption(outOption())
    .option("--json", "prints JSON")
    .action(async (flags) => {
      const { reportCommand } = await import("./report.js");
      finish(await reportCommand(flags, context));
    });
}

function addFetch(program: Command, context: CliContext, finish: (code: number) => void): void {
  program
    .command("fetch")
    .description(
      "downloads a dataset from its publisher into the cache, going on where an earlier fetch stopped",
    )
    .argument("<dataset>", "geolife, porto, … (see list), or encoders")
    .addOption(new Option("--to <dir>", "the cache to download into").argParser(userPath))
    .option("--dry-run", "shows the URL and where the file would go, and downloads nothing")
    .option("--json", "prints JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  wayweave-bench fetch geolife\n  wayweave-bench fetch porto --dry-run\n  wayweave-bench fetch encoders\n",
    )
    .action(async (dataset: string, flags) => {
      const { fetchCommand } = await import("./fetch.js");
      finish(await fetchCommand(dataset, flags, context));
    });
}

function addCompare(program: Command, finish: (code: number) => void): void {
  program
    .command("compare")
    .description(
      "compares the figures of two folders of results; * marks what differs beyond the spread of the seeds",
    )
    .argument("<a>", "a folder that run wrote", userPath)
    .argument("<b>", "another", userPath)
    .option("--all", "shows what agrees too")
    .option("--json", "prints JSON")
    .addHelpText("after", "\nExample:\n  wayweave-bench compare apps/bench/results ~/my-results\n")
    .action(async (a: string, b: string, flags) => {
      const { compareCommand } = await import("./compare.js");
      finish(await compareCommand(a, b, flags));
    });
}

function addVerify(program: Command, context: CliContext, finish: (code: number) => void): void {
  program
    .command("verify")
    .description(
      "computes the metrics of results again from the raw outputs beside them, and fails where one differs",
    )
    .argument("[experiment...]", "ids (see list); all where none is given")
    .addOption(outOption())
    .option("--json", "prints JSON")
    .addHelpText("after", "\nExamples:\n  wayweave-bench verify\n  wayweave-bench verify e2dtc/table3\n")
    .action(async (ids: string[], flags) => {
      const { verifyCommand } = await import("./verify.js");
      finish(await verifyCommand(ids, flags, context));
    });
}

function dataOption(): Option {
  return new Option("--data <dir>", "where the data is; none for synthetic data").argParser((value) =>
    value === "none" ? value : userPath(value),
  );
}

function outOption(): Option {
  return new Option("--out <dir>", "where results go")
    .argParser(userPath)
    .default(join(checkoutFolder(), "apps", "bench", "results"), "apps/bench/results");
}

/** Relative to where the user typed the command, also through `npm run bench`, which changes the folder. */
function userPath(value: string): string {
  const typedIn = process.env.npm_lifecycle_event === "bench" ? process.env.INIT_CWD : undefined;
  return resolve(typedIn ?? process.cwd(), value);
}

function positiveInteger(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number <= 0)
    throw new InvalidArgumentError(`must be a positive integer, got ${value}`);
  return number;
}
